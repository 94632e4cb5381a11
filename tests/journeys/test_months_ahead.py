"""The months ahead in the life of two units: seen, changed by a letter, seen anew, and closed as they were seen; and nothing more."""

from collections import Counter
from datetime import date

from django.db.models import Sum

from billing.models import ChargeLine, ForecastEvent, ForecastMovement, ForecastRow, Month
from billing.operations.forecast import forecast
from billing.operations.propose import propose_month
from billing.reports.ahead import stale
from contracts.models import Customer, ManagementUnit
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.transfers import TransferAsked, merge_customer
from tests.contracts.book.build import book, must_take
from tests.journeys.test_corrections import sound  # noqa: F401 — after each, the ledger holds together
from tests.journeys.test_moves import ON, TWO_UNITS, begun, lead, moved  # noqa: F401

LATE = date(2027, 1, 5)
MONTHLY = ("committed", "expected", "renewal")


def foreseen(row, month):
    """By customer, unit and target, yen of a month; MRR and what is firm of it left out."""
    day, found = date.fromisoformat(f"{month}-01"), Counter()
    rows = ForecastRow.objects.filter(forecast=row, first_month__lte=day, last_month__gte=day)
    for one in rows.filter(series__in=[*MONTHLY, "initial", "one_time", "settlement", "outage", "sla", "correction"]):
        found[one.customer.code, one.unit.code, one.target.number] += one.yen
    return {key: yen for key, yen in found.items() if yen}


def billed(month):
    rows = ChargeLine.objects.filter(month__month=f"{month}-01").order_by()
    sums = rows.values_list("customer__code", "unit__code", "target__number").annotate(Sum("amount_yen"))
    return {tuple(key): yen for *key, yen in sums if yen}


def movements(row, month):
    rows = ForecastMovement.objects.filter(forecast=row, month=f"{month}-01")
    return {(code, what): yen for code, what, yen in rows.values_list("customer__code", "movement", "yen")}


def bridge(month, by):
    proposal = propose_month(date.fromisoformat(f"{month}-01"), on=LATE, by=by)
    assert proposal.result["last"]["yen"] + sum(yen for _n, yen in proposal.result["bridge"].values()) == (
        proposal.total_yen
    )
    return {cause: yen for cause, (_count, yen) in proposal.result["bridge"].items() if yen}


def test_what_is_moved_passes_from_one_to_the_other_and_is_billed_as_foreseen(begun, lead):  # noqa: F811
    """I-54, I-68: no 解約 and no 新規; the bridge of the proposal counts each unit's own days."""
    begun.close("2025-04", "2025-05")
    moved(lead, "M-2")
    row = forecast(12, on=ON, by=lead)
    assert movements(row, "2025-06") == {("C-1", "passed"): -31_001, ("C-2", "passed"): 31_001}
    assert movements(row, "2025-07") == {}
    for month in ("2025-06", "2025-07", "2025-08"):
        assert row.result["bridge"][month] == bridge(month, lead)
        begun.close(month)
        assert foreseen(row, month) == billed(month)


def test_a_letter_makes_it_stale_and_the_months_are_then_as_seen_anew(begun, lead):  # noqa: F811
    """A notice of 2025-07-01 for 2025-12-31; seen before, it ran on. The end is told, then MRR falls, and nothing more."""
    begun.close("2025-04", "2025-06")
    before = forecast(12, on=date(2025, 7, 1), by=lead)
    told = dict(foreseen(before, "2026-01"))
    asked = NoticeAsked(("M-1",), date(2025, 7, 1), date(2025, 12, 31))
    receive_notice(ManagementUnit.objects.get(code="U-1"), asked, on=date(2025, 7, 2), by=lead)
    assert stale(before)
    row = forecast(12, on=date(2025, 7, 2), by=lead)
    assert not stale(row)
    assert foreseen(row, "2026-01") == {key: yen for key, yen in told.items() if key[2] != "M-1"}
    (end,) = ForecastEvent.objects.filter(what="end")
    assert (end.target.number, end.on, end.before_yen, end.after_yen) == ("M-1", date(2026, 1, 1), 50_000, 0)
    assert movements(row, "2026-01") == {("C-1", "less"): -50_000}
    assert sum(len(movements(row, month)) for month in row.result["months"]) == 1
    assert row.result["risk"]["notice"] == [1, 50_000]
    for month in row.result["months"][:8]:
        begun.close(month)
        assert foreseen(row, month) == billed(month)
    assert billed("2026-02") == foreseen(row, "2026-01")
    assert not ForecastRow.objects.filter(series="settlement").exists()


def test_what_comes_late_is_in_the_first_month_and_no_other(begun, lead):  # noqa: F811
    """A book brings another unit of months that are closed: the next bill has them, and only it."""
    begun.close("2025-04", "2025-06")
    moved(lead, "M-2", from_on=date(2025, 6, 1), on=date(2025, 7, 3))
    row = forecast(12, on=date(2025, 7, 3), by=lead)
    late = ForecastRow.objects.filter(series="correction")
    assert sum(late.values_list("yen", flat=True)) == 0
    assert {(one.customer.code, one.first_month, one.months) for one in late} == {
        ("C-1", date(2025, 7, 1), 1),
        ("C-2", date(2025, 7, 1), 1),
    }
    for month in ("2025-07", "2025-08"):
        begun.close(month)
        assert foreseen(row, month) == billed(month)
    assert Month.objects.get(month="2025-07-01").total_yen == sum(foreseen(row, "2025-07").values())


def test_a_customer_that_is_merged_is_nobodys_loss(begun, lead):  # noqa: F811
    """合併 from 2025-09-01: what one had the other has; then the one is nothing, and nothing is said of it any more."""
    begun.close("2025-04", "2025-05")
    asked = TransferAsked(
        receiver=Customer.objects.get(code="C-2"), from_on=date(2025, 9, 1), agreed_on=ON, document="合併契約書"
    )
    merge_customer(Customer.objects.get(code="C-1"), asked, on=ON, by=lead)
    row = forecast(12, on=ON, by=lead)
    whole = 90_000 + 50_000 + 30_001 + 1_000
    assert movements(row, "2025-09") == {("C-1", "passed"): -whole, ("C-2", "passed"): whole}
    assert sum(len(movements(row, month)) for month in row.result["months"]) == 2
    begun.close("2025-06", "2025-10")
    for month in ("2025-08", "2025-09", "2025-10"):
        assert foreseen(row, month) == billed(month)


def test_who_was_charged_before_comes_back(story, lead, tmp_path):  # noqa: F811
    """復活: charged in 2025, then nothing for longer than the months behind; and who never was, is 新規."""
    must_take(book(*TWO_UNITS), tmp_path / "book")
    story.close("2025-04", "2025-05")
    row = forecast(12, on=ON, by=lead)
    assert {what for _code, what in movements(row, "2025-04")} == {"new"}
