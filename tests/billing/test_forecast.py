"""見通し: the months ahead are what their closes then bill, and everything told of them adds up."""

from collections import Counter
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db.models import Sum

from billing.models import ChargeLine, Forecast, ForecastRow, Month
from billing.operations.close_month import close_month
from billing.operations.forecast import forecast, months_from
from billing.operations.propose import propose_month
from contracts import clock
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2025, 6, 20)
LATE = date(2027, 12, 1)
MONTHLY = ("committed", "expected", "renewal")
OF_MONTHLY_FEES = {"new", "ended", "price", "quantity", "days"}

book = world("the sample", lambda: import_book(SAMPLE, by="試験", on=clock.today()))


@pytest.fixture
def finance(db: None) -> User:
    return User.objects.create_user("keiri")


def told(row: Forecast, month: date) -> Counter[tuple[int, int, int, str]]:
    """What a month comes to by customer, unit, target and fee."""
    found: Counter[tuple[int, int, int, str]] = Counter()
    rows = ForecastRow.objects.filter(forecast=row, first_month__lte=month, last_month__gte=month)
    for one in rows:
        if one.series in MONTHLY or one.series in dict(ChargeLine._meta.get_field("fee").choices):
            fee = "monthly" if one.series in MONTHLY else one.series
            found[one.customer_id, one.unit_id, one.target_id, fee] += one.yen
    return found


def billed(month: date) -> Counter[tuple[int, int, int, str]]:
    """What a closed month billed, in the same shape."""
    rows = ChargeLine.objects.filter(month__month=month).values_list("customer_id", "unit_id", "target_id", "fee")
    return Counter({tuple(key): yen for *key, yen in rows.annotate(Sum("amount_yen")).order_by()})


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("closed", [0, 5])
def test_every_month_ahead_is_what_its_close_bills(finance: User, closed: int) -> None:
    for month in months_from(date(2025, 1, 1), closed):
        close_month(month, on=LATE, by="試験")
    row = forecast(24, on=ON if closed else date(2025, 1, 20), by=finance)
    assert row.state == "done"
    for at, month in enumerate(months_from(row.first_month, row.months)):
        proposal = propose_month(month, on=LATE, by=finance)
        close_month(month, on=LATE, by="試験")
        assert told(row, month) == billed(month), month
        total = sum(yen[at] for yen in row.result["series"].values())
        assert total == Month.objects.get(month=month).total_yen
        assert sum(yen[at] for yen in row.result["kinds"].values()) == total
        assert sum(yen[at] for yen in row.result["managers"].values()) == total
        bridge = row.result["bridge"][f"{month:%Y-%m}"]
        if proposal.result["last"]:
            assert bridge == {cause: yen for cause, (_count, yen) in proposal.result["bridge"].items() if yen}
