"""前月と並べて: what of a proposal is another than the month before, kept row by row, and what of it has to be looked at, both ways.

A first month of the ledger has none beside it: of it only what is negative is kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.facts.load import Owned
from billing.models import ChargeLine, Month, Proposal, ProposalCustomer, ProposalDifference
from billing.operations.proposal_sums import Difference
from billing.operations.unusual import TIMES
from billing.terms.account import Line
from billing.terms.bridge import Cause, Monthly
from billing.terms.payers import ELSEWHERE
from contracts.models.bulk import create_all

HELD = "held"
"""The cause of what is computed and held (I-18): it is told, and no part of the difference."""


def once(customer: int, unit: int, target: int, kind: str, line: Line | ChargeLine, cause: str = "") -> Difference:
    """A line of a fee that is not monthly: all of it is the difference."""
    yen = line.amount_yen
    return Difference(customer, unit, target, kind, cause or str(line.fee), yen, now_yen=yen, basis=line.basis)


def of_monthly(
    owned: Owned, kind: str, causes: Mapping[Cause, int], before: Monthly, now: Monthly, basis: str
) -> Iterator[Difference]:
    """Why the monthly fees of one target come to more or less, cause by cause; whose it is: the last one's who pays for its unit."""
    payers = [payer.customer for payer in owned.payers if payer.customer != ELSEWHERE]
    for cause, yen in causes.items():
        yield Difference(
            *(payers[-1], owned.unit_id, owned.target_id, kind, cause.value, yen),
            *(before.amount_yen, now.amount_yen, before.unit_price_yen, now.unit_price_yen, basis),
        )


def forget_others(proposal: Proposal) -> None:
    """Drop the rows of proposals that this one takes the place of. By their numbers: joined, all rows that there are would be looked at."""
    others = list(Proposal.objects.filter(month=proposal.month).exclude(pk=proposal.pk).values_list("pk", flat=True))
    for rows in (ProposalDifference.objects, ProposalCustomer.objects):
        rows.filter(proposal__in=others).delete()


def keep_differences(proposal: Proposal, found: Iterable[Difference]) -> None:
    """Write the rows of a part, in its transaction."""
    first = Month.last_closed(before=proposal.month) is None
    create_all(
        ProposalDifference,
        [
            ProposalDifference(
                proposal=proposal,
                customer_id=one.customer,
                unit_id=one.unit,
                target_id=one.target,
                **{name: getattr(one, name) for name in Difference._fields[3:]},
            )
            for one in found
            if not first or one.yen < 0
        ],
    )


def keep_customers(proposal: Proposal, now: Mapping[int, int], before: Month | None) -> None:
    """Write the customers who differ from ``before``, and those that come to nothing or less; ``now``: yen by who has lines."""
    was = _by_customer(before)
    rows = []
    for customer in sorted({*was, *now}):
        kind = "stays" if customer in was and customer in now else "new" if customer in now else "gone"
        yen, before_yen = now.get(customer, 0), was.get(customer, 0)
        differs = before is not None and (kind != "stays" or yen != before_yen)
        if differs or yen < 0 or (customer in now and yen == 0):
            rows.append(
                ProposalCustomer(
                    proposal=proposal,
                    customer_id=customer,
                    kind=kind if before else "stays",
                    before_yen=before_yen,
                    now_yen=yen,
                    yen=yen - before_yen,
                )
            )
    create_all(ProposalCustomer, rows)


def _by_customer(month: Month | None) -> dict[int, int]:
    if month is None:
        return {}
    sums = ChargeLine.objects.filter(month=month).order_by().values_list("customer_id").annotate(Sum("amount_yen"))
    return dict(sums)


class Found(NamedTuple):
    """Something to look at before a month is closed: a code, of which rows it is, and the condition on them."""

    code: str
    of_customers: bool
    rows: Q


FELL = Q(cause="price", yen__lt=0, price_before__gte=F("price_now") * TIMES)
ROSE = Q(cause="price", yen__gt=0, price_now__gte=F("price_before") * TIMES)

FOUND = (
    Found("price_fell", False, FELL),
    Found("price_rose", False, ROSE),
    Found("customer_negative", True, Q(now_yen__lt=0)),
    Found("customer_zero", True, Q(now_yen=0) & ~Q(kind="gone")),
    Found("customer_gone", True, Q(kind="gone")),
    Found("customer_new", True, Q(kind="new")),
    Found("corrected_down", False, Q(cause="correction", yen__lt=0)),
    Found("corrected_up", False, Q(cause="correction", yen__gte=0)),
    Found("given_back", False, Q(cause__in=["outage", "sla"])),
    Found("settled", False, Q(cause="settlement")),
    Found("held", False, Q(cause=HELD)),
    Found("price_down", False, Q(cause="price", yen__lt=0)),
    Found("price_up", False, Q(cause="price", yen__gt=0)),
    Found("ended", False, Q(cause="ended")),
)
"""In the order in which they are told: what is hardly meant first."""


def differences_of(proposal: Proposal) -> QuerySet[ProposalDifference]:
    """The rows of contracts and options."""
    return ProposalDifference.objects.filter(proposal=proposal)


def customers_of(proposal: Proposal) -> QuerySet[ProposalCustomer]:
    """The rows of customers."""
    return ProposalCustomer.objects.filter(proposal=proposal)


def found_beside(proposal: Proposal) -> dict[str, list[int]]:
    """How many rows each of FOUND has, and what they add up to in yen; what has none is left out. Two queries."""
    told: dict[str, list[int]] = {}
    for of_customers, rows in ((False, differences_of(proposal)), (True, customers_of(proposal))):
        asked = [found for found in FOUND if found.of_customers is of_customers]
        counts = {f"{found.code}_count": Count("pk", filter=found.rows) for found in asked}
        sums = {f"{found.code}_yen": Sum("yen", filter=found.rows) for found in asked}
        row = rows.order_by().aggregate(**counts, **sums)
        told |= {found.code: [row[f"{found.code}_count"], row[f"{found.code}_yen"] or 0] for found in asked}
    return {found.code: told[found.code] for found in FOUND if told[found.code][0]}


def found_in(proposal: Proposal) -> dict[str, list[int]]:
    """What a computed proposal keeps of found_beside, what is hardly meant first: a database may hand keys back in another order."""
    kept = proposal.result.get("found", {})
    return {found.code: kept[found.code] for found in FOUND if found.code in kept}


def so_far(proposal: Proposal) -> dict[str, list[int]]:
    """Of a proposal that is not computed to its end: rows and yen by cause, of the ranges done."""
    rows = differences_of(proposal).order_by().values_list("cause").annotate(Count("pk"), Sum("yen"))
    return {cause: [count, yen] for cause, count, yen in rows}
