"""Small forms: lines as they are filled in, and a desk at which they are judged, received and accepted.

What a test does not say has a lawful default: unit U-1 of customer C-1, applied for on 2025-03-01, accepted on 2025-03-10,
billed from 2025-04-01, entered by one person and accepted by another.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from contracts.facts.load import load_units
from contracts.judge.application import judge_application
from contracts.models import Entry, ManagementUnit, WorkItem
from contracts.operations import applications as operations
from tests.contracts.book.build import book, must_take

APPLIED, RECEIVED, ACCEPTED, START = "2025-03-01", "2025-03-05", "2025-03-10", "2025-04-01"
IPS_KIND = "McAfee Network Security Platform"
CONSENT = {"premium_consent_on": "2025-02-01", "consent_given_by": "見本 花子", "consent_document": "同意書 1"}


def day(text):
    """A day from ``2025-04-01``; None stays None."""
    return date.fromisoformat(text) if isinstance(text, str) else text


def moment(text):
    """A moment of Japan from ``2025-05-10 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Tokyo"))


def tier(category="advanced", key="#1", *, starts=START, **said):
    """新しい契約: a category."""
    return {"key": key, "verb": "contract", "category": category, "billing_starts_on": starts} | said


def premium(key="#1", **said):
    """新しい契約: プレミアム with the customer's consent and its document."""
    return tier("premium", key, **(CONSENT | said))


def module(module_type="cloud_log", kind="", item="", key="#2", *, links="", starts=START, **said):
    """新しい契約: a module; クラウドログ収集, which needs least, unless said."""
    line = {"key": key, "verb": "contract", "category": "module", "module_type": module_type, "kind": kind}
    return line | {"item": item, "linked_service": links, "billing_starts_on": starts} | said


def ips(item="IPS/タイプA", key="#2", links="S-1", **said):
    """新しい契約: IPS/IDS連携, the linking module with no condition of its own."""
    return module("ips_ids", IPS_KIND, item, key, links=links, **said)


def option(name, on="#1", key="#3", *, starts=START, **said):
    """新しいオプション on a contract of the unit, or of this form by its key."""
    return {"key": key, "verb": "option", "contract": on, "option": name, "billing_starts_on": starts} | said


def edr(on="#1", key="#8", **said):
    """EDR運用オプション."""
    return option("edr_operation", on, key, **said)


def licence(kind="mssp", quantity="100", on="#1", key="#9", **said):
    """EDRライセンス."""
    facts = {"licence_type": kind, "product": "insight", "quantity": quantity}
    return option("edr_licence", on, key, **(facts | said))


def _changed(verb, field, target, to, on, key, said):
    return {"key": key, "verb": verb, "target": target, field: to, "effective_on": on} | said


def upgrade(to="premium", on="2025-05-01", target="T-1", key="#1", **said):
    """カテゴリの変更."""
    return _changed("category", "to_category", target, to, on, key, said)


def other_item(to="IPS/タイプB", on="2025-05-01", target="M-IPS", key="#1", **said):
    """品目の変更."""
    return _changed("item", "to_item", target, to, on, key, said)


def years(to, on="2025-05-01", target="O-KEEP", key="#1", **said):
    """保管年数の変更."""
    return _changed("retention_years", "to_years", target, to, on, key, said)


def licences(to, on="2025-05-01", target="O-LIC", key="#1", **said):
    """ライセンス数の変更."""
    return _changed("quantity", "to_quantity", target, to, on, key, said)


def quoted(target, fee, yen, from_on="", key="#1", **said):
    """料金の見積り."""
    return {"key": key, "verb": "price", "target": target, "fee": fee, "amount_yen": yen, "from_on": from_on} | said


def refusals(judgement):
    """(clause, key of the line, field) of everything that stands against acceptance."""
    return {(remark.clause, remark.line, remark.field) for remark in judgement.refused}


def said(remark):
    """The sentence of a remark."""
    return remark.fault.message if remark.fault else str(remark.violation)


class Desk:
    """Two people at work: one enters and receives, the other decides. Facts come first by a book."""

    def __init__(self, path):
        self.path, self.books = path, 0
        self.enters = User.objects.create_user("enters", first_name="入力")
        self.decides = User.objects.create_user("decides", first_name="決裁")

    def has(self, *facts):
        """Take a book in; customer C-1 and unit U-1 unless the facts name their own."""
        self.books += 1
        must_take(book(*facts), self.path / str(self.books))

    def unit(self, code="U-1"):
        return ManagementUnit.objects.get(code=code)

    def facts(self, code="U-1"):
        """The unit as the terms see it."""
        pk = self.unit(code).pk
        return load_units([pk])[pk]

    def judged(self, *lines, unit="U-1", number="A-9", applied=APPLIED, on=ACCEPTED):
        return judge_application(self.unit(unit), lines, number=number, applied_on=day(applied), on=day(on))

    def drafted(self, *lines, unit="U-1", applied=APPLIED, by=None):
        return operations.save_draft(
            None, unit=self.unit(unit), lines=lines, applied_on=day(applied), version=0, by=by or self.enters
        )

    def received(self, *lines, unit="U-1", applied=APPLIED, on=None, by=None):
        """Received whatever the judgement says: for a word why, where it refuses."""
        application = self.drafted(*lines, unit=unit, applied=applied, by=by)
        return operations.receive(application, on=day(on or applied), by=by or self.enters, reason="契約者の依頼")

    def accept(self, application, on=ACCEPTED, by=None):
        """What a person does: look at the judgement, then accept what it was made on."""
        seen = operations.judge(application, on=day(on)).seen
        newest = operations.newest_entry()
        return operations.accept(application, on=day(on), by=by or self.decides, seen=seen, entries_seen=newest)

    def accepted(self, *lines, unit="U-1", applied=APPLIED, on=ACCEPTED):
        return self.accept(self.received(*lines, unit=unit, applied=applied), on=on)


TOLD_ELSEWHERE = ("price", "minimum_term", "renewal", "ending", "pair", "alone")
"""Rows of what is coming and of prices have tests of their own."""


def worklist(unit="U-1"):
    """(kind, subject, clause, from, to) of every row of a unit."""
    rows = (
        WorkItem.objects.filter(unit__code=unit)
        .exclude(kind__in=TOLD_ELSEWHERE)
        .order_by("kind", "subject", "clause", "from_on")
    )
    return [
        (kind, subject, clause, first and str(first), last and str(last))
        for kind, subject, clause, first, last in rows.values_list("kind", "subject", "clause", "from_on", "until_on")
    ]


def told_since(pk=0):
    """(operation, record, subject) of every entry of the history after one."""
    return list(Entry.objects.filter(pk__gt=pk).order_by("pk").values_list("operation", "record", "subject"))
