"""見通し: the months ahead are what their closes then bill, and everything told of them adds up."""

from collections import Counter
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from billing.facts.span import UnitRange
from billing.models import ChargeLine, Forecast, ForecastEvent, ForecastMovement, ForecastRow, Month
from billing.models.forecast import RISKS
from billing.operations import forecast as operation
from billing.operations.bills_of_units import monthly
from billing.operations.close_month import close_month
from billing.operations.forecast import ask_for_forecast, compute_forecast, forecast, months_from
from billing.operations.forecast_range import computed
from billing.operations.propose import propose_month
from billing.reports.ahead import newest, stale
from contracts import clock
from contracts.facts.load import read_units
from contracts.models import FactsRevision, ManagementUnit, Price, Target, WorkItem
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from contracts.terms.days import next_month
from tests.conftest import SAMPLE
from tests.rewrite import rewrite
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


def is_what_its_close_bills(finance: User, on: date) -> None:
    row = forecast(12, on=on, by=finance)
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


def test_every_month_ahead_is_what_its_close_bills_where_none_is_closed(book: None, finance: User) -> None:
    is_what_its_close_bills(finance, date(2025, 1, 20))


def test_it_is_of_twelve_to_twenty_four_months(book: None, finance: User) -> None:
    for months in (11, 25):
        with pytest.raises(Refused, match="12か月から24か月まで"):
            ask_for_forecast(months, on=ON, by=finance)


def test_it_goes_on_where_it_stood_and_is_computed_once(
    book: None, finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A range that fails leaves what is done; called again, each range is there once. Many ranges come to what one does."""
    whole = forecast(12, on=ON, by=finance)
    monkeypatch.setattr(operation, "UNITS_AT_ONCE", 7)
    asked = ask_for_forecast(12, on=ON, by=finance)
    assert ask_for_forecast(24, on=ON, by=finance) == asked
    seen = []

    def fails_at_the_third(of: object, units: UnitRange) -> dict[str, object]:
        seen.append(units)
        if len(seen) == 3:
            raise OSError("ディスクがいっぱい")
        return computed(of, units)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(operation, "computed", fails_at_the_third)
        assert compute_forecast(asked.pk) == "failed"
    asked.refresh_from_db()
    assert "ディスクがいっぱい" in asked.error
    assert asked.parts.count() == 2
    assert newest() == whole
    Forecast.objects.filter(pk=asked.pk).update(state="running")
    assert compute_forecast(asked.pk) == compute_forecast(asked.pk) == "done"
    asked.refresh_from_db()
    assert asked.result == whole.result
    assert (asked.done, asked.total) == (30, 30)
    assert not asked.parts.exists()


def _five_closed() -> None:
    for month in months_from(date(2025, 1, 1), 5):
        close_month(month, on=LATE, by="試験")


closed = world("five months closed", _five_closed, book)


@pytest.fixture
def five_closed(closed: None, finance: User) -> User:
    """Whoever looks at what comes after the five months."""
    return finance


def test_every_month_ahead_is_what_its_close_bills_where_five_are_closed(five_closed: User) -> None:
    is_what_its_close_bills(five_closed, ON)


def test_mrr_leads_from_opening_to_closing_and_on_to_the_bill(five_closed: User) -> None:
    """By customer, by kind and in all; from MRR by part months to the monthly fees, whose differences are the proposal's."""
    row = forecast(12, on=ON, by=five_closed)
    result = row.result
    assert result["closings"][-12:] == result["months"]
    for position in range(1, len(result["closings"])):
        moved = sum(yen[position] for yen in result["movements"].values())
        assert result["mrr"][position - 1] + moved == result["mrr"][position]
        assert sum(yen[position] for yen in result["mrr_kinds"].values()) == result["mrr"][position]
        assert sum(yen[position] for yen in result["regrouped"].values()) == 0
    for one in ForecastMovement.objects.all():
        same = ForecastMovement.objects.filter(customer=one.customer_id, month=one.month)
        assert sum(other.yen for other in same) == one.after_yen - one.before_yen
    before = result["last"]["monthly"]
    for position, month in enumerate(result["months"]):
        monthly = sum(result["series"][what][position] for what in MONTHLY if what in result["series"])
        causes = result["bridge"][month]
        assert sum(yen for cause, yen in causes.items() if cause in OF_MONTHLY_FEES) == monthly - before
        before = monthly
    assert sum(sum(yen) for yen in result["series"].values()) == row.total_yen == result["total"]
    assert sum(result["mrr"]) > 0
    assert {"new", "more", "less"} <= set(result["movements"])


def test_every_yen_of_todays_mrr_is_of_one_risk(five_closed: User) -> None:
    row = forecast(12, on=ON, by=five_closed)
    charged = ForecastRow.objects.filter(series__in=row.result["risk"]).aggregate(yen=Sum("yen"))["yen"]
    units = read_units(ManagementUnit.objects.values_list("pk", flat=True))
    assert charged == sum(one.yen for one in monthly(units, on=ON).monthly.values()) > 0
    assert ForecastRow.objects.filter(series__in=row.result["risk"]).values("target").distinct().count() == len(
        ForecastRow.objects.filter(series__in=row.result["risk"])
    )


def test_open_eligibility_and_a_known_end_are_at_risk(five_closed: User) -> None:
    ending = Target.objects.filter(ends_on__gte=ON, billing_starts_on__lte=ON).order_by("pk")[0]
    steady = Target.objects.filter(ends_on=None, billing_starts_on__lte=ON).order_by("pk")[0]
    settled = Target.objects.filter(ends_on=None, billing_starts_on__lte=ON).order_by("pk")[1]
    for target, on in ((steady, None), (settled, ON)):
        WorkItem.objects.create(
            key=f"試験|{target.number}",
            kind="eligibility",
            unit=target.unit,
            subject=target.number,
            clause="7-1",
            text="試験",
            settled_on=on,
        )
    forecast(12, on=ON, by=five_closed)
    risk = dict(
        ForecastRow.objects.filter(series__in=dict(RISKS), target__in=[ending, steady, settled]).values_list(
            "target__number", "series"
        )
    )
    assert risk == {ending.number: "notice", steady.number: "eligibility", settled.number: risk[settled.number]}
    assert risk[settled.number] in ("free", "soon")


def test_a_fact_or_a_close_since_makes_it_stale_and_the_newest_alone_has_rows(five_closed: User) -> None:
    first = forecast(12, on=ON, by=five_closed)
    assert not stale(first)
    second = forecast(18, on=ON, by=five_closed)
    assert newest() == second
    for model in (ForecastRow, ForecastMovement, ForecastEvent):
        assert set(model.objects.values_list("forecast", flat=True)) == {second.pk}
    first.refresh_from_db()
    assert first.result["total"] == first.total_yen
    FactsRevision.advance()
    assert stale(second)
    third = forecast(12, on=ON, by=five_closed)
    close_month(third.first_month, on=LATE, by="試験")
    assert stale(third)
    assert forecast(12, on=ON, by=five_closed).first_month == next_month(third.first_month)


def test_what_has_no_price_is_told_and_the_rest_goes_on(five_closed: User) -> None:
    steady = Target.objects.filter(ends_on=None, billing_starts_on__lt=date(2025, 5, 1)).order_by("pk")[0]
    number = steady.number
    early = Price.objects.filter(target__number=number, fee="monthly", from_on__lt=date(2025, 6, 1))
    rewrite(early, from_on=date(2030, 1, 1))
    row = forecast(12, on=ON, by=five_closed)
    assert [(one["number"], one["month"]) for one in row.result["parked"]] == [(number, "2025-06")]
    assert row.result["parked_count"] == 1
    assert row.total_yen > 0


def test_a_row_is_written_a_run_and_not_a_month(five_closed: User) -> None:
    """What makes a hundred thousand contracts bearable: a handful of rows a contract, and queries that do not grow with months."""
    taken = []
    forecast(12, on=ON, by=five_closed)
    for months in (12, 24):
        with CaptureQueriesContext(connection) as queries:
            forecast(months, on=ON, by=five_closed)
        taken.append(len(queries))
        assert ForecastRow.objects.count() < 9 * Target.objects.count()
    # Twice the months are no more queries, but for a batch of rows more.
    assert taken[1] <= taken[0] + 5
