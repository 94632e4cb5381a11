"""計算し直し: every closed month computed anew from the facts that it had seen, and set against what it billed.

Facts that arrived after a close are no excuse to pass a unit over: facts are told in any revision (contracts.models.fact), so
each month is computed in its own. What cannot be computed is counted, by its reason; nothing else is vouched for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from billing.facts.ledger import OF_HELD, billed, closed_months, left_out
from billing.facts.load import Owned, accounts
from billing.facts.span import UnitRange, targets_of
from billing.models import ChargeLine, Month, ParkedTarget
from billing.terms.account import Fee, UnbillableError
from billing.terms.corrections import FEE_NAMES, late, owed, succeeding
from billing.terms.month import due
from billing.terms.payers import divided, succeeded
from billing.terms.policy import Policy
from contracts.facts.ids import Ids
from contracts.facts.load import load_units
from contracts.models import BillingStart, ManagementUnit, Target
from contracts.terms.art12_termination import ends
from contracts.terms.days import ONE_DAY, Period, next_month
from contracts.terms.unit import ContradictionError

UNITS_AT_ONCE = 500


@dataclass(slots=True)
class Tally:
    """What was computed anew: months, targets in them, derived values; and what could not be, by its reason."""

    months: int = 0
    targets: int = 0
    derived: int = 0
    not_computed: Counter[str] = field(default_factory=Counter)


def months_are_what_they_had_seen(tally: Tally) -> Iterator[str]:
    """Each closed month's own lines are what the facts it had seen come to, per target and fee."""
    policies = closed_months()
    closed = list(Month.objects.exclude(closed_at=None).order_by("month"))
    tally.months = len(closed)
    for units in ranges():
        targets = targets_of(units)
        stored, parked = _billed_by_month(targets, units, closed), _parked(targets, closed)
        # Months closed one after the other on the same facts are read together.
        for revision, some in groupby(closed, key=lambda month: month.facts_revision):
            yield from _of_range(units, list(some), revision, stored, parked, policies, tally)


Sums = dict[tuple[int, int, date, Fee, int], int]
"""Yen by target, unit, month, fee and customer."""


def _of_range(
    units: UnitRange,
    months: Sequence[Month],
    revision: int,
    stored: Sums,
    parked: set[tuple[int, int]],
    policies: Mapping[date, Policy],
    tally: Tally,
) -> Iterator[str]:
    """The months of one revision of the facts; of ``stored`` what is theirs is taken out."""
    numbers: dict[int, str] = {}
    days = Period(months[0].month, next_month(months[-1].month))
    for target in accounts(units, days, as_of=revision):
        numbers[target.target_id] = target.account.number
        for month in months:
            anew = _computed(target, month, policies[month.month])
            if isinstance(anew, str):
                known = (target.target_id, month.pk) in parked
                tally.not_computed[anew] += 1
                if not known:
                    yield f"{month}：{target.account.number}を計算し直せません：{anew}"
                continue
            tally.targets += 1
            for (fee, payer), yen in anew.items():
                was = stored.pop((target.target_id, target.unit_id, month.month, fee, payer), 0)
                if was != yen:
                    yield _differs(month.month, target.account.number, fee, was, yen)
    theirs = {month.month for month in months}
    for key in [key for key in stored if key[2] in theirs]:
        target_id, _unit, on, fee, _payer = key
        if was := stored.pop(key):
            number = numbers.get(target_id) or f"対象ID {target_id}"
            yield _differs(on, number, fee, was, 0)


def _computed(target: Owned, month: Month, policy: Policy) -> dict[tuple[Fee, int], int] | str:
    """What a target's own lines of a month come to by fee and customer; or why they cannot be computed."""
    if target.contradiction is not None:
        return target.contradiction.reason
    try:
        lines = due(target.account, Period(month.month, next_month(month.month)), policy.settlement_tax).lines
    except UnbillableError as error:
        return error.reason
    sums: defaultdict[tuple[Fee, int], int] = defaultdict(int)
    for line in lines:
        for payer, part in divided(line, target.payers, month.month):
            sums[line.fee, payer] += part.amount_yen
    return dict(sums)


def _billed_by_month(targets: Ids, units: UnitRange, months: Sequence[Month]) -> Sums:
    """What the months' own lines come to: corrections, and settlements billed by finance's decision, are of other months."""
    rows = ChargeLine.objects.filter(units.of("unit_id"), month__in=months).exclude(fee=Fee.CORRECTION).order_by()
    found: defaultdict[tuple[int, int, date, Fee, int], int] = defaultdict(int)
    columns = ("unit_id", "month__month", "fee", "cause", "customer_id", "amount_yen")
    for target, unit, month, fee, cause, payer, yen in targets.rows(rows, "target_id", *columns):
        if not cause.startswith(OF_HELD):
            found[target, unit, month, Fee(fee), payer] += yen
    return dict(found)


def _parked(targets: Ids, months: Sequence[Month]) -> set[tuple[int, int]]:
    """The targets that the months were closed without, each with the month's id."""
    rows = ParkedTarget.objects.filter(month__in=months)
    return {(target, month) for target, month in targets.rows(rows, "target_id", "month_id")}


def _differs(month: date, number: str, fee: Fee, was: int, anew: int) -> str:
    name = FEE_NAMES.get(fee, str(fee))
    return f"{month:%Y-%m}：{number}の{name}は、締めた時の事実では{anew:,}円ですが、{was:,}円を請求しています。"


def billed_is_owed(tally: Tally) -> Iterator[str]:
    """Billed + corrections = owed, per target, month and fee, by the facts that the last closed month had seen."""
    months = closed_months()
    if not months:
        return
    last = Month.objects.exclude(closed_at=None).latest("month")
    days = Period(min(months), next_month(last.month))
    for units in ranges():
        targets = targets_of(units)
        stored, known = billed(units, targets=targets), left_out(targets)
        for target in accounts(units, days, as_of=last.facts_revision):
            number = target.account.number
            if target.contradiction is not None:
                if (target.target_id, target.contradiction.reason) not in known:
                    yield f"{number}を計算し直せません：{target.contradiction.reason}"
                continue
            closing = next_month(last.month) - ONE_DAY
            now = owed(target.account, months, target.payers, closing)
            whose = target.target_id, target.unit_id
            sums = succeeding(stored.sums.get(whose, {}), target.payers, closing)
            standing = stored.standing.get(whose)
            if standing is not None:
                standing = standing._replace(held_for=succeeded(target.payers, standing.held_for, closing))
            found = late(now, sums, standing, closing=next_month(last.month), cause="")
            yield from (f"{number}：{correction.line.basis}" for correction in found.corrections)
            if found.held is not None:
                yield f"{number}：保留すべき解除調定金が台帳と異なります（{found.held.basis}）。"


def derived_values_are_implied(tally: Tally) -> Iterator[str]:
    """The days stored with each target are those that its facts come to: 課金開始日 and the end (第10条第10項, 第12条)."""
    for units in ranges():
        targets = list(Target.objects.filter(units.of("unit_id")).order_by("pk"))
        ids = Ids(target.pk for target in targets)
        starts = dict(ids.rows(BillingStart.objects.standing(), "target_id", "starts_on"))
        known = load_units({target.unit_id for target in targets})
        implied: dict[int, dict[str, Any]] = {}
        for pk, unit in known.items():
            try:
                implied[pk] = {number: end.on for number, end in ends(unit).items()}
            except ContradictionError as error:
                tally.not_computed[error.reason] += 1
        for target in targets:
            if starts.get(target.pk) != target.billing_starts_on:
                yield _derived(target.number, "課金開始日", target.billing_starts_on, starts.get(target.pk))
            if target.unit_id not in implied:
                continue
            tally.derived += 1
            end = implied[target.unit_id].get(target.number)
            if end != target.ends_on:
                yield _derived(target.number, "終了日", target.ends_on, end)


def _derived(number: str, what: str, stored: date | None, implied: date | None) -> str:
    return f"{number}の{what}が{stored or 'なし'}と記録されていますが、事実からは{implied or 'なし'}です。"


def ranges() -> Iterator[UnitRange]:
    """All management units, UNITS_AT_ONCE together."""
    after = 0
    while units := list(
        ManagementUnit.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:UNITS_AT_ONCE]
    ):
        yield UnitRange(after, units[-1])
        after = units[-1]
