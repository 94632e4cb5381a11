"""第15条（料金の減額）, 別紙4: what a contract's outages and breaches take off its months, and at most how much."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import chain

from billing.terms.account import Account, Breach, Fee, Line, price_on, yen
from billing.terms.art15_outages import outage_reductions
from billing.terms.reduction import Reduction
from contracts.terms.art15_claims import breach_claim_deadline, granted_on
from contracts.terms.catalog import Category
from contracts.terms.days import month_of
from contracts.terms.editions import terms_on

GUARANTEES = {"uptime": "稼働率", "notification": "セキュリティインシデントの通知"}
"""第11条第1項: the two guarantees, 別紙1第1項 and 第2項."""


def reductions(account: Account) -> list[Reduction]:
    """All that the account's claims take off, by claim and month, each at most what the month leaves it (第15条).

    Raises UnbillableError where a served day has no price.
    """
    return capped([*outage_reductions(account), *breach_reductions(account)])


def reduction_lines(account: Account, month: date) -> Iterator[Line]:
    """The reductions granted in a month (I-37). Raises UnbillableError where a served day has no price."""
    outages = ((outage.claimed_on, outage.restored_at) for outage in account.outages)
    breaches = ((breach.claimed_on, breach.occurred_at) for breach in account.breaches)
    claims = ((on, over_at) for on, over_at in chain(outages, breaches) if on is not None)
    if month not in {month_of(granted_on(on, over_at.date())) for on, over_at in claims}:
        return
    for reduction in reductions(account):
        if month_of(reduction.granted_on) == month and reduction.amount_yen > 0:
            yield reduction.line()


def breach_reductions(account: Account) -> Iterator[Reduction]:
    """15-2: a tenth of the contract's monthly fee, once a guarantee and month; none for ベーシック (11-1, I-21).

    Which part of the fee it is goes by the edition of the breach's day (I-61).

    The breach claimed first counts, of one day the one that occurred first (I-20): a later claim for another breach of the
    month adds nothing and takes nothing back.
    """
    counted: set[tuple[str, date]] = set()
    in_time = [breach for breach in account.breaches if _claimed_in_time(breach)]
    for breach in sorted(in_time, key=lambda b: (b.claimed_on, b.occurred_at)):
        day = breach.occurred_at.date()
        key = breach.guarantee, month_of(day)
        if key in counted or not account.serves(day) or _category_on(account, day) is Category.BASIC:
            continue
        counted.add(key)
        assert breach.claimed_on is not None
        yield _breach_reduction(breach, price_on(account, day), breach.claimed_on)


def _claimed_in_time(breach: Breach) -> bool:
    return breach.claimed_on is not None and breach.claimed_on <= breach_claim_deadline(breach.occurred_at.date())


def _breach_reduction(breach: Breach, fee: int, claimed_on: date) -> Reduction:
    day = breach.occurred_at.date()
    parts = terms_on(day).breach_parts
    amount = fee // parts
    basis = (
        f"品質保証の違背（{GUARANTEES[breach.guarantee]}、{breach.occurred_at:%Y-%m-%d %H:%M}）："
        f"月額 {yen(fee)} ÷ {parts} = {yen(amount)}（I-20）"
    )
    return Reduction(
        fee=Fee.SLA,
        month=month_of(day),
        claimed_on=claimed_on,
        granted_on=granted_on(claimed_on, day),
        amount_yen=amount,
        quantity=1,
        unit_price_yen=fee,
        first=day,
        last=day,
        clause="15-2",
        basis=basis,
        cause=f"breach {breach.guarantee} {granted_on(claimed_on, day):%Y-%m}",
    )


def capped(found: Iterable[Reduction]) -> list[Reduction]:
    """15-2, I-26: outage and breach of one contract's month together give at most its monthly fee, or what 15-1 gives alone.

    What was claimed first stands, an outage before a breach of the same day; what is over is cut from the later. The fee is
    the highest that the month's reductions rest on. 15-1 alone has no limit: above the month's fee it is flagged (I-22).
    """
    by_month: defaultdict[date, list[Reduction]] = defaultdict(list)
    for reduction in found:
        by_month[reduction.month].append(reduction)
    return [kept for together in by_month.values() for kept in _of_month(together)]


def _of_month(together: list[Reduction]) -> Iterator[Reduction]:
    fee = max(reduction.unit_price_yen for reduction in together)
    of_outages = sum(reduction.amount_yen for reduction in together if reduction.fee is Fee.OUTAGE)
    limit, given = max(fee, of_outages), 0
    for reduction in sorted(together, key=_order):
        amount = min(reduction.amount_yen, limit - given)
        basis = reduction.basis
        if amount < reduction.amount_yen:
            basis += f"、その月の減額は合わせて{yen(limit)}が限度で、先に{yen(given)}を減額したため {yen(amount)}（第15条第2項、I-26）"
        given += amount
        above_fee = amount > 0 and given > fee
        if above_fee:
            basis += f"、その月の減額は合わせて{yen(given)}となり、月額{yen(fee)}を超える（I-22）"
        yield replace(reduction, amount_yen=amount, basis=basis, above_fee=above_fee)


def _order(reduction: Reduction) -> tuple[date, bool, date, date, str]:
    """The order in which reductions of one month stand: by the day of the claim, an outage before a breach (I-26)."""
    return reduction.claimed_on, reduction.fee is Fee.SLA, reduction.granted_on, reduction.first, reduction.cause


def _category_on(account: Account, day: date) -> Category | None:
    found = None
    for from_on, category in account.categories:
        if from_on <= day:
            found = category
    return found
