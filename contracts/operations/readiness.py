"""通信環境の準備 (第8条第1項) and 課金開始日: days that are recorded once they are known."""

from dataclasses import replace
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.load import load_units
from contracts.facts.writing import Writing
from contracts.models import BillingStart, Contract, FactsRevision, Price, Target
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import ContradictionError, Unit


class NotEligibleError(Refused):
    """The unit could not be as it would be; ``findings`` are all the reasons."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            _("この課金開始日では利用資格を満たしません。"), field="starts_on", clause=findings[0].violation.clause
        )
        self.findings = findings


@transaction.atomic
def record_readiness(contract: Contract, *, ready_on: date, by: User, reason: str) -> Contract:
    """Record the day on which the customer's network was ready (8-1); a day on record is put right with a reason."""
    FactsRevision.advance()
    contract = Contract.objects.select_for_update(no_key=True).select_related("target").get(pk=contract.pk)
    if contract.ready_on is not None and not reason.strip():
        raise Refused(_("記録済みの日を改めるには理由が必要です。"), field="reason", clause="8-1")
    before = {"ready_on": contract.ready_on}
    contract.ready_on = ready_on
    contract.save(update_fields=["ready_on"])
    target = contract.target
    after = {"ready_on": ready_on}
    history.record(
        "readiness", "contract", target.number, by=by, unit_id=target.unit_id, before=before, after=after, reason=reason
    )
    refresh_worklist([target.unit_id])
    return contract


def with_start(unit: Unit, number: str, starts_on: date) -> Unit:
    """The unit as it would be, had the target that 課金開始日."""
    return replace(
        unit,
        contracts=tuple(replace(c, starts_on=starts_on) if c.number == number else c for c in unit.contracts),
        options=tuple(replace(o, starts_on=starts_on) if o.number == number else o for o in unit.options),
    )


def broken_by_start(target: Target, starts_on: date) -> list[Finding]:
    """What the unit would break, did the target start on the day, that it does not break now."""
    unit = load_units([target.unit_id])[target.unit_id]
    try:
        return broken_with_start(unit, with_start(unit, target.number, starts_on))
    except ContradictionError:
        return []


def broken_with_start(before: Unit, after: Unit) -> list[Finding]:
    """What a unit breaks by starts decided otherwise. Raises ContradictionError where its facts cannot all be true.

    Starts are decided one by one: what would be whole, did all that has no start yet start with the earliest that
    moves, is not broken.
    """
    was = {target.number: target.starts_on for target in before.targets}
    moved = [target.starts_on for target in after.targets if target.starts_on != was.get(target.number)]
    together, day = after, min((day for day in moved if day is not None), default=None)
    if day is not None:
        for waiting in [target.number for target in after.targets if target.starts_on is None]:
            together = with_start(together, waiting, day)
    alone, anyway = brought_by(judge(after), judge(before)), judge(together)
    return [finding for finding in alone if finding.refused and any(_holds(other, finding) for other in anyway)]


def _holds(other: Finding, finding: Finding) -> bool:
    first = finding.first
    over = other.last is not None and other.last < first
    return other.violation.key == finding.violation.key and other.first <= first and not over


@transaction.atomic
def set_start(target: Target, *, starts_on: date, on: date, by: User) -> Target:
    """Decide the 課金開始日 of a target that has none yet; its minimum term and its monthly fee run from it (第5条, 第13条).

    Raises NotEligibleError where the unit would not be eligible then, Refused where there is a start already.
    """
    writing = Writing.begin(by=by, on=on)
    target = Target.objects.select_for_update(no_key=True).get(pk=target.pk)
    if target.billing_starts_on is not None:
        raise Refused(_("課金開始日は既に%(day)sと決まっています。") % {"day": target.billing_starts_on}, clause="13")
    findings = broken_by_start(target, starts_on)
    if findings:
        raise NotEligibleError(findings)
    writing.add(BillingStart(target=target, starts_on=starts_on))
    target.billing_starts_on = starts_on
    target.save(update_fields=["billing_starts_on"])
    before, after = {"billing_starts_on": None}, {"billing_starts_on": starts_on}
    kind = "option" if target.kind == "option" else "contract"
    history.record("start", kind, target.number, by=by, unit_id=target.unit_id, before=before, after=after)
    _price_from(writing, target, starts_on)
    refresh_worklist([target.unit_id])
    return target


def _price_from(writing: Writing, target: Target, starts_on: date) -> None:
    """A monthly price quoted before the start was known stands from the start on, should that lie before the price's day."""
    first = Price.objects.standing().filter(target=target, fee="monthly").order_by("from_on").first()
    if first is None or first.from_on is None or first.from_on <= starts_on:
        return
    before = {"from_on": first.from_on}
    writing.replace(first, because=_("課金開始日の決定"), from_on=starts_on)
    after = {"from_on": starts_on}
    history.record("start", "price", target.number, by=writing.by, unit_id=target.unit_id, before=before, after=after)
