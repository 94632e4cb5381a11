"""The months ahead as they are foreseen are what is then billed, line by line, while nothing new becomes known; and MRR adds up."""

from collections import Counter
from contextlib import suppress
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from billing.models import ChargeLine, ForecastMovement, ForecastRow, Month
from billing.operations.close_month import close_month
from billing.operations.forecast import forecast, months_from
from billing.operations.propose import propose_month
from contracts.models import Customer, FactsRevision, ManagementUnit
from contracts.operations.refusal import Refused
from contracts.operations.transfers import TransferAsked, transfer_unit
from tests.properties.test_bills import FEW, decides, does
from tests.properties.test_preview_is_what_follows import NEXT, ON, VERBS, unit  # noqa: F401

AFTER = date(2027, 9, 1)
MONTHS_CLOSED = 5
MONTHLY = ("committed", "expected", "renewal")


def foreseen(row, month):
    """The yen of a month by customer, unit, target and fee; a monthly fee's bands together."""
    found = Counter()
    rows = ForecastRow.objects.filter(forecast=row, first_month__lte=month, last_month__gte=month)
    for one in rows.exclude(series="mrr"):
        if one.series in dict(ChargeLine._meta.get_field("fee").choices) or one.series in MONTHLY:
            fee = "monthly" if one.series in MONTHLY else one.series
            found[one.customer_id, one.unit_id, one.target_id, fee] += one.yen
    return found


def billed(month):
    rows = ChargeLine.objects.filter(month__month=month).order_by()
    sums = rows.values_list("customer_id", "unit_id", "target_id", "fee").annotate(Sum("amount_yen"))
    return Counter({tuple(key): yen for *key, yen in sums})


def adds_up(row):
    """From each closing to the next, of all and of each customer; what passes from one to another comes to nothing."""
    result = row.result
    for at, _month in enumerate(result["closings"][1:], 1):
        moved = sum(yen[at] for yen in result["movements"].values())
        assert result["mrr"][at - 1] + moved == result["mrr"][at]
        assert result["movements"].get("passed", [0] * 99)[at] == 0
        assert sum(yen[at] for yen in result["mrr_kinds"].values()) == result["mrr"][at]
        assert sum(yen[at] for yen in result["regrouped"].values()) == 0
    for one in ForecastMovement.objects.filter(forecast=row):
        others = ForecastMovement.objects.filter(forecast=row, customer=one.customer_id, month=one.month)
        assert sum(other.yen for other in others) == one.after_yen - one.before_yen


@FEW
@given(VERBS, st.booleans(), st.none() | st.dates(date(2025, 7, 1), date(2025, 12, 31)))
def test_what_is_foreseen_is_what_is_billed(unit, verbs, decide, passes_on):  # noqa: F811
    """Corrections of closed months, what was decided, transfers to come; month after month, each closed on the facts as they stand."""
    with transaction.atomic():
        by = User.objects.create_user("anybody")
        does(unit, by, verbs)
        if decide:
            decides(by)
        if passes_on is not None:
            passed_on(unit, passes_on, by)
        row = forecast(12, on=ON, by=by)
        adds_up(row)
        revision = FactsRevision.current()
        for at, month in enumerate(months_from(NEXT, MONTHS_CLOSED)):
            proposal = propose_month(month, on=AFTER, by=by)
            parked = [one["number"] for one in proposal.result["parked"]]
            assert (not parked) or row.result["parked_count"]
            close_month(month, on=AFTER, by="試験", leave_out=parked)
            assert foreseen(row, month) == billed(month)
            assert sum(yen[at] for yen in row.result["series"].values()) == Month.objects.get(month=month).total_yen
            bridge = {cause: yen for cause, (_count, yen) in proposal.result["bridge"].items() if yen}
            assert row.result["bridge"][f"{month:%Y-%m}"] == bridge
        assert FactsRevision.current() == revision
        transaction.set_rollback(True)


def passed_on(of, on, by):
    """The unit passes to another customer from a day on; refused, it stays."""
    other, _made = Customer.objects.get_or_create(code="C-2", defaults={"name": "別"})
    asked = TransferAsked(receiver=other, from_on=on, agreed_on=ON, document="合意書")
    with suppress(Refused), transaction.atomic():
        transfer_unit(ManagementUnit.objects.get(pk=of.pk), asked, on=ON, by=by)
