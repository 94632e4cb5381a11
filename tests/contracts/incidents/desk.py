"""Incidents as they are recorded, claims as they come, and what then is on record."""

from datetime import date, datetime

from django.utils import timezone

from contracts import clock
from contracts.judge.claims import standing
from contracts.models import Breach, Outage, WorkItem
from contracts.operations import claims
from contracts.operations.claims import plain_of
from contracts.operations.incidents import record_notification, record_outage, restore_outage
from contracts.operations.worklist import refresh_worklist
from tests.contracts.book.build import take

NOW = "2027-01-01 09:00"


def day(text):
    """A day from ``2025-04-01``."""
    return date.fromisoformat(text)


def moment(text):
    """A moment in Japan from ``2025-04-01 09:30``; None stays None."""
    return timezone.make_aware(datetime.fromisoformat(text)) if text else None


class Desk:
    """One book and what is recorded on top of it."""

    def __init__(self, path, users):
        self.path, self.by = path, users.objects.create_superuser("受付")

    def has(self, rows):
        """Take a book in."""
        assert take(rows, self.path / "book").faults == []

    def outage(self, known, restored, *numbers, fault="company", **said):
        """An outage of the contracts of those numbers; the row of the first."""
        said = {"fault": fault, "fault_reason": "基盤の障害" if fault else ""} | said
        record_outage(
            known_at=moment(known), restored_at=moment(restored), numbers=numbers, by=self.by, now=moment(NOW), **said
        )
        rows = Outage.objects.standing().filter(known_at=moment(known)).select_related("contract__target")
        return rows.get(contract__target__number=numbers[0]) if numbers else None

    def restored(self, row, at):
        return restore_outage(row, restored_at=moment(at), by=self.by, now=moment(NOW))

    def late(self, number, detected, notified):
        """A notification that came too late."""
        at = {"detected_at": moment(detected), "notified_at": moment(notified)}
        return record_notification(number, **at, by=self.by, now=moment(NOW))

    def fault(self, row, fault, reason="調査の結果"):
        return claims.decide_fault(row, fault=fault, reason=reason, by=self.by, on=clock.today())

    def claim(self, row, claimed, on=None):
        return claims.receive_claim(row, claimed_on=day(claimed), document="請求 1", on=day(on or claimed), by=self.by)

    def grant(self, row, on="2026-12-01"):
        return claims.grant_claim(row, on=day(on), by=self.by)

    def refuse(self, row, reason="契約者の設定による", on="2026-12-01"):
        return claims.refuse_claim(row, reason=reason, on=day(on), by=self.by)

    def standing(self, row, on):
        """How the claim of a row stands on a day."""
        return standing(plain_of(self.newest(row)), day(on))

    def newest(self, row):
        """What stands of the row now."""
        rows = type(row).objects.select_related("contract__target")
        row = rows.get(pk=row.pk)
        return self.newest(row.replaced_by) if row.replaced_by else row

    def list(self, on):
        """The worklist's claims of a day: (subject, clause, from, until) each."""
        rows = [*Outage.objects.standing(), *Breach.objects.standing()]
        refresh_worklist({row.contract.target.unit_id for row in rows}, on=day(on))
        shown = (
            WorkItem.objects.filter(kind__in=["claim", "claim_due"])
            .exclude(shown_from__gt=day(on))
            .exclude(until_on__lt=day(on))
        )
        return [
            (item.subject, item.clause, f"{item.from_on}", f"{item.until_on}")
            for item in shown.order_by("subject", "clause")
        ]
