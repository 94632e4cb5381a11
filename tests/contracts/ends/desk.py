"""Notices as people give them, jobs as the days go by, and everything that is then on record."""

from datetime import date, timedelta

from django.conf import settings
from django.test import override_settings

from contracts.models import Effect, ManagementUnit, Notice, Target, WorkItem
from contracts.operations.jobs import run_due
from contracts.operations.notices import (
    NoticeAsked,
    correct_notice,
    plan_notice,
    receive_notice,
    withdraw_notice,
)
from contracts.terms.unit import Ground
from tests.contracts.book.build import book, take


def day(text):
    """A day from ``2025-04-01``; None stays None."""
    return date.fromisoformat(text) if text else None


class Desk:
    """One unit's book and what happens to it; ``nothing_more`` at the end says that nothing was left untold."""

    def __init__(self, path, users):
        self.path, self.books = path, 0
        self.by = users.objects.create_superuser("受付", email="desk@example.jp")
        self.told = set()

    def has(self, *facts):
        """Take facts in by the book."""
        self.books += 1
        answer = take(book(*facts), self.path / str(self.books))
        assert answer.faults == []

    @property
    def unit(self):
        return ManagementUnit.objects.get(code="U-1")

    def asked(self, *targets, arrived, names=None, at_term_end=False, ground=Ground.NOTICE):
        return NoticeAsked(targets, day(arrived), day(names), at_term_end, ground, "解約 1")

    def notice(self, *targets, arrived, names=None, on=None, at_term_end=False, ground=Ground.NOTICE):
        """A notice received on the day of its arrival, or ``on``; what was shown, number by number."""
        asked = self.asked(*targets, arrived=arrived, names=names, at_term_end=at_term_end, ground=ground)
        entered = day(on or arrived)
        plan = plan_notice(self.unit, asked, on=entered)
        receive_notice(self.unit, asked, on=entered, by=self.by)
        return {one.target.number: f"{one.after.on}" for one in plan.moved}

    def standing(self, target):
        return Notice.objects.get(target__number=target, withdrawn_on=None)

    def withdrawn(self, target, *, on, reason=""):
        """The standing notice of a target taken back."""
        row = self.standing(target)
        return withdraw_notice(row, on=day(on), document="同意 1", reason=reason, by=self.by)

    def corrected(self, target, *, on, reason="", **said):
        """The standing notice of a target put right."""
        row, instead = self.standing(target), self.asked(target, **said)
        return correct_notice(row, instead, on=day(on), document="同意 2", reason=reason, by=self.by)

    def days_go_by(self, first, last=None):
        """The jobs of every morning from first to last; the check of the whole ledger, which changes nothing, on the last one."""
        on, until = day(first), day(last or first)
        while on <= until:
            names = [scheduled for scheduled in settings.SCHEDULE if on == until or scheduled.name != "check"]
            with override_settings(SCHEDULE=names):
                assert {job.state for job in run_due(on)} == {"done"}
            on += timedelta(days=1)

    def ends(self):
        """The ends on record by target."""
        rows = Target.objects.exclude(ends_on=None).order_by("number")
        return {number: f"{on}" for number, on in rows.values_list("number", "ends_on")}

    def happened(self, *told):
        """Every effect there is: (day, target, kind, clause) each, the day first; told once."""
        rows = Effect.objects.order_by("on", "target__number", "kind")
        found = [(f"{on}", *rest) for on, *rest in rows.values_list("on", "target__number", "kind", "clause")]
        new = [one for one in found if one not in self.told]
        assert new == list(told)
        self.told = set(found)

    def nothing_more(self):
        """Every effect has been told, and none is there twice or was taken off."""
        rows = Effect.objects.values_list("on", "target__number", "kind", "clause")
        assert {(f"{on}", *rest) for on, *rest in rows} == self.told
        assert len(rows) == len(self.told)

    def list(self, on, *kinds):
        """The worklist of a day: (kind, target, clause) each; of those kinds only, where any are named."""
        shown = WorkItem.objects.order_by("kind", "subject")
        return [
            (item.kind, item.subject, item.clause)
            for item in shown
            if (item.shown_from is None or item.shown_from <= day(on))
            and (item.until_on is None or item.until_on >= day(on))
            and (not kinds or item.kind in kinds)
        ]
