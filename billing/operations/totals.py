"""合計: what an application comes to in yen before it is accepted, by the computation of the month itself; nothing is written.

The accounts are made of the judged unit and of the prices that acceptance would write, and billed as months bill them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from billing.facts.plain import monthly_prices, plain_account
from billing.terms.account import Account, Dated, Fee, Line, OneTime, UnbillableError
from billing.terms.art13_charges import monthly_lines
from billing.terms.month import due
from contracts.judge.application import Judgement
from contracts.judge.prospect import outcomes
from contracts.terms.art13_change_fees import CHARGED, ChargedChange
from contracts.terms.days import ONE_DAY, Period, month_of, month_period, months_between, next_month
from contracts.terms.unit import Target, Unit


@dataclass(slots=True)
class Totals:
    """What an application comes to, in yen before tax.

    ``initial_yen`` falls due on acceptance: initial fees and one-time fees of changes. ``monthly_yen`` is a whole month once all
    of it has begun; of changes the difference. ``first_yen`` is what the first month adds to the bill in which anything of it
    is charged. ``committed_yen`` are the monthly fees of what is concluded up to the end of each minimum term (第5条, 10-8) or
    first term (10-9), with the initial fees. ``missing`` is what cannot be computed, and why: the figures that would need it are without that target.
    """

    initial_yen: int = 0
    monthly_yen: int = 0
    first_month: date | None = None
    first_yen: int = 0
    committed_yen: int = 0
    committed_until: date | None = None
    missing: list[UnbillableError] = field(default_factory=list)

    def known(self, yen: Callable[[], int]) -> int:
        """The yen of one target for one figure; 0 where they cannot be computed, and then it is said what is missing."""
        try:
            return yen()
        except UnbillableError as missing:
            if str(missing) not in map(str, self.missing):
                self.missing.append(missing)
            return 0


def totals(judgement: Judgement, *, accepted_on: date) -> Totals:
    """The totals of a judged application, were it accepted on that day. One query where it changes what is there already."""
    found = Totals()
    pairs = list(_pairs(judgement, accepted_on))
    begins = [day for pair in pairs for day in pair.begins]
    months = sorted({month_of(day) for day in (accepted_on, *begins)})
    whole = next_month(month_of(max(begins))) if begins else None
    until = {outcome.number: outcome.committed_until for outcome in outcomes(judgement, accepted_on=accepted_on)}
    by_month: dict[date, int] = {}
    for pair in pairs:
        ends_on = until.get(pair.after.number)
        found.initial_yen += found.known(partial(_falling_due, pair, accepted_on))
        found.monthly_yen += found.known(partial(_added, pair, whole)) if whole else 0
        committed = found.known(partial(_committed, pair, ends_on, accepted_on))
        found.committed_yen += committed
        if committed and ends_on:
            found.committed_until = max(found.committed_until or ends_on, ends_on)
        for month in months:
            yen = found.known(partial(_added, pair, month))
            by_month[month] = by_month.get(month, 0) + yen
    charged = [month for month in sorted(by_month) if by_month[month]]
    if charged:
        found.first_month, found.first_yen = charged[0], by_month[charged[0]]
    return found


@dataclass(slots=True)
class _Pair:
    """One target as it is charged before (None: not there yet) and after, and the days on which something of it begins."""

    before: Account | None
    after: Account
    begins: list[date]


def _pairs(judgement: Judgement, accepted_on: date) -> Iterator[_Pair]:
    new = judgement.merged.new
    known = {target.number for target in judgement.before.targets}
    asked = {row.values["target"] for sheet in ("changes", "prices") for row in new[sheet]}
    stored = monthly_prices(asked & known)
    brought = [row.values for row in new["prices"]]
    for target in judgement.after.targets:
        number = target.number
        own = [values for values in brought if values["target"] == number]
        if number not in known:
            starts = [target.starts_on] if target.starts_on else []
            yield _Pair(None, _account(judgement.after, target, own, (), accepted_on), starts)
        elif number in asked:
            changes = [row.values["effective_on"] for row in new["changes"] if row.values["target"] == number]
            days = changes + [values["from_on"] for values in own if values["fee"] == "monthly" and values["from_on"]]
            before = _account(judgement.before, target, (), stored.get(number, ()), None)
            after = _account(judgement.after, target, own, stored.get(number, ()), None)
            after.charged_changes = tuple(_charged(judgement, number, accepted_on))
            yield _Pair(before, after, days)


def _account(
    unit: Unit, target: Target, brought: Sequence[Mapping[str, object]], stored: Dated, accepted_on: date | None
) -> Account:
    """The account of a target as the terms and those prices have it; ``accepted_on`` None where it was accepted before."""
    dated = dict(stored)
    account = plain_account(unit, target, (), accepted_on=accepted_on)
    one_time = []
    for values in brought:
        yen, on = values["amount_yen"], values["from_on"]
        assert isinstance(yen, int)
        if values["fee"] == "initial":
            account.initial_yen = yen
        elif isinstance(on, date) and values["fee"] == "monthly":
            dated[on] = yen
        elif isinstance(on, date):
            one_time.append(OneTime(on, yen, "", str(values.get("application") or "")))
    account.monthly, account.one_time = tuple(sorted(dated.items())), tuple(one_time)
    return account


def _charged(judgement: Judgement, number: str, accepted_on: date) -> Iterator[ChargedChange]:
    for row in judgement.merged.new["changes"]:
        if row.values["target"] == number and row.values["what"] in CHARGED:
            yield ChargedChange(accepted_on, row.values["effective_on"], row.values["application"])


def _added(pair: _Pair, month: date) -> int:
    """What a month charges more by it. Raises UnbillableError."""
    period = month_period(month)
    before = _yen(due(pair.before, period).lines) if pair.before is not None else 0
    return _yen(due(pair.after, period).lines) - before


def _falling_due(pair: _Pair, accepted_on: date) -> int:
    lines = due(pair.after, month_period(month_of(accepted_on))).lines
    return _yen(lines, lambda line: line.fee in (Fee.INITIAL, Fee.ONE_TIME))


def _committed(pair: _Pair, until: date | None, accepted_on: date) -> int:
    """The initial fee, and the monthly fees up to the last day of the minimum term; 0 for what is there already."""
    account = pair.after
    if pair.before is not None or account.starts_on is None or until is None:
        return 0
    stop = until + ONE_DAY
    months = [Period(month, min(next_month(month), stop)) for month in months_between(account.starts_on, until)]
    monthly = sum(_yen(monthly_lines(account, some)) for some in months)
    return monthly + _falling_due(pair, accepted_on)


def _yen(lines: Sequence[Line], wanted: Callable[[Line], bool] = lambda line: True) -> int:
    return sum(line.amount_yen for line in lines if wanted(line))
