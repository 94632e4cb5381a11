"""What of a proposal is kept as its result: the sums of the month, beside those of the month before."""

from datetime import date
from typing import Any

from django.db.models import Count, Sum

from billing.models import ChargeLine, Month
from billing.operations.before_ledger import first_month, summary
from billing.operations.proposal_sums import Sums
from contracts.facts.party_names import named
from contracts.models import Customer
from contracts.terms.days import month_period

CUSTOMERS_SHOWN = 50


def by_fee(last: Month | None) -> dict[str, tuple[int, int]]:
    """Lines and yen of each fee in the month before."""
    if last is None:
        return {}
    sums = ChargeLine.objects.filter(month=last).order_by().values_list("fee").annotate(Count("pk"), Sum("amount_yen"))
    return {fee: (lines, yen) for fee, lines, yen in sums}


def told(sums: Sums, month: date) -> dict[str, Any]:
    """The result as it is kept."""
    last = Month.last_closed(before=month)
    shown = sums.customers.most_common(CUSTOMERS_SHOWN)
    customers = Customer.objects.filter(pk__in=[pk for pk, _ in shown])
    customers = customers.annotate(called=named("customer", "", on=month_period(month).last))
    names = {pk: (code, name) for pk, code, name in customers.values_list("pk", "code", "called")}
    rest = sum(sums.customers.values()) - sum(yen for _, yen in shown)
    return {
        "fees": dict(sums.fees),
        "kinds": dict(sums.kinds),
        "customers": [{"code": names[pk][0], "name": names[pk][1], "yen": yen} for pk, yen in shown],
        "other_customers": {"count": len(sums.customers) - len(shown), "yen": rest},
        "last": {"month": f"{last}", "yen": last.total_yen} if last else None,
        "bridge": dict(sums.bridge),
        "parked": sums.parked,
        "parked_count": sums.parked_count,
        "held": {"count": sums.held[0], "yen": sums.held[1]},
        "corrections": dict(sums.corrections),
        "unusual": sums.unusual.told(),
        "before_ledger": _before_ledger(month, last),
    }


def _before_ledger(month: date, last: Month | None) -> dict[str, Any]:
    """What falls due before the ledger begins and is never billed: all of it with the first month, then what has come in since."""
    begins = first_month() or month
    found = summary(begins, since=last.facts_revision if last else 0)
    rows = [
        {"number": one.number, "first": f"{one.months[0]:%Y-%m}", "last": f"{one.months[-1]:%Y-%m}", "yen": one.yen}
        for one in found.shown
    ]
    return {"begins": f"{begins:%Y-%m}", "count": found.count, "yen": found.yen, "rows": rows}
