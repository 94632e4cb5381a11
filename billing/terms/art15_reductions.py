"""第15条（料金の減額）, 別紙4: reductions for outages and for breaches of the guarantee, their claim deadlines and the cap."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from billing.terms.account import Account, Breach, Fee, Line, Outage, TaxCategory, price_on, yen
from contracts.terms.art15_claims import UNIT, breach_claim_deadline, outage_claim_deadline, whole_units
from contracts.terms.catalog import Category
from contracts.terms.days import month_of

GUARANTEES = {"uptime": "稼働率", "notification": "セキュリティインシデントの通知"}
"""第11条第1項: the two guarantees, 別紙1第1項 and 第2項."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction of one contract's month (the month of the outage or breach), claimed in time."""

    fee: Fee
    month: date
    claimed_on: date
    amount_yen: int
    quantity: int
    unit_price_yen: int
    first: date
    last: date
    clause: str
    basis: str
    cause: str

    def line(self) -> Line:
        """The line it becomes, in the month of its claim; reductions are negative."""
        return Line(
            self.fee,
            self.first,
            self.last,
            self.quantity,
            self.unit_price_yen,
            -self.amount_yen,
            TaxCategory.RETURN,
            self.clause,
            self.basis,
            self.cause,
        )


def outage_units(outage: Outage) -> int:
    """Whole 24 hours from when the company knew to restoration (15-1, 別紙4-1)."""
    return whole_units(outage.known_at, outage.restored_at)


def reduction_lines(account: Account, month: date) -> Iterator[Line]:
    """The reductions granted in a month: those claimed in it (第15条). Raises UnbillableError where a served day has no price."""
    for reduction in capped([*outage_reductions(account), *breach_reductions(account)]):
        if month_of(reduction.claimed_on) == month and reduction.amount_yen > 0:
            yield reduction.line()


def outage_reductions(account: Account) -> Iterator[Reduction]:
    """15-1: units of 24 hours × monthly fee ÷ 30, by the month in which the units start, floored (I-19)."""
    for outage in account.outages:
        units = outage_units(outage)
        if outage.claimed_on is None or outage.claimed_on > outage_claim_deadline(outage.restored_at.date()):
            continue
        fees: defaultdict[date, list[tuple[date, int]]] = defaultdict(list)
        for unit in range(units):
            day = (outage.known_at + unit * UNIT).date()
            if account.serves(day):
                fees[month_of(day)].append((day, price_on(account, day)))
        for month, of_month in fees.items():
            yield _outage_reduction(outage, month, of_month, outage.claimed_on)


def _outage_reduction(outage: Outage, month: date, fees: list[tuple[date, int]], claimed_on: date) -> Reduction:
    total = sum(fee for _, fee in fees)
    amount = total // 30
    distinct = sorted({fee for _, fee in fees})
    hours = (outage.restored_at - outage.known_at) / timedelta(hours=1)
    priced = " + ".join(f"{sum(1 for _, f in fees if f == fee)} × {yen(fee)}" for fee in distinct)
    flag = "、1か月の月額を超える I-22" if amount > max(distinct) else ""
    basis = (
        f"利用不能 {outage.known_at:%Y-%m-%d %H:%M}〜{outage.restored_at:%Y-%m-%d %H:%M}（{hours:.1f}時間 ÷ 24）："
        f"{month:%Y-%m}分 {priced} ÷ 30 = {yen(amount)}（I-19{flag}）"
    )
    return Reduction(
        fee=Fee.OUTAGE,
        month=month,
        claimed_on=claimed_on,
        amount_yen=amount,
        quantity=len(fees),
        unit_price_yen=distinct[-1],
        first=fees[0][0],
        last=fees[-1][0],
        clause="15-1",
        basis=basis,
        cause=f"outage {outage.known_at:%Y-%m-%dT%H:%M}",
    )


def breach_reductions(account: Account) -> Iterator[Reduction]:
    """15-2: a tenth of the contract's monthly fee, once a guarantee and month (I-20); none for ベーシック (11-1, I-21)."""
    granted: set[tuple[str, date]] = set()
    for breach in sorted(account.breaches, key=lambda b: b.occurred_at):
        day = breach.occurred_at.date()
        key = breach.guarantee, month_of(day)
        if breach.claimed_on is None or breach.claimed_on > breach_claim_deadline(day) or key in granted:
            continue
        if not account.serves(day) or _category_on(account, day) is Category.BASIC:
            continue
        granted.add(key)
        yield _breach_reduction(breach, price_on(account, day), breach.claimed_on)


def _breach_reduction(breach: Breach, fee: int, claimed_on: date) -> Reduction:
    day = breach.occurred_at.date()
    amount = fee // 10
    basis = (
        f"品質保証の違背（{GUARANTEES[breach.guarantee]}、{breach.occurred_at:%Y-%m-%d %H:%M}）："
        f"月額 {yen(fee)} ÷ 10 = {yen(amount)}（I-20）"
    )
    return Reduction(
        fee=Fee.SLA,
        month=month_of(day),
        claimed_on=claimed_on,
        amount_yen=amount,
        quantity=1,
        unit_price_yen=fee,
        first=day,
        last=day,
        clause="15-2",
        basis=basis,
        cause=f"breach {breach.guarantee}",
    )


def capped(reductions: list[Reduction]) -> list[Reduction]:
    """15-2: where outage and breach reduce one contract's month, together at most its monthly fee.

    What was claimed first is granted first, in one month the outage before the breach; the rest is cut (I-26).
    An outage alone has no limit (I-22).
    """
    by_month: defaultdict[date, list[Reduction]] = defaultdict(list)
    for reduction in reductions:
        by_month[reduction.month].append(reduction)
    kept: list[Reduction] = []
    for together in by_month.values():
        if {reduction.fee for reduction in together} != {Fee.OUTAGE, Fee.SLA}:
            kept += together
            continue
        left = max(reduction.unit_price_yen for reduction in together)
        for reduction in sorted(together, key=lambda r: (month_of(r.claimed_on), r.fee is Fee.SLA, r.first, r.cause)):
            amount = min(reduction.amount_yen, left)
            left -= amount
            if amount < reduction.amount_yen:
                cut = f"{reduction.basis}、15-1との合計は月額が限度のため {yen(amount)}（第15条第2項、I-26）"
                reduction = replace(reduction, amount_yen=amount, basis=cut)
            kept.append(reduction)
    return kept


def _category_on(account: Account, day: date) -> Category | None:
    found = None
    for from_on, category in account.categories:
        if from_on <= day:
            found = category
    return found
