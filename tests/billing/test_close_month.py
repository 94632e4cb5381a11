"""Closing a month: when, in what order, only once, whatever stops it half way."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.models import ChargeLine, Month, MonthChunk, ParkedTarget
from billing.operations import close_month as operation
from contracts.models import Price
from tests.billing.ledger import close, close_refused, exported, fingerprint, state, summed, units
from tests.contracts.book.build import (
    book,
    breach,
    customer,
    edr,
    licence,
    module,
    must_take,
    outage,
    premium,
    price,
    priced,
    sound,
    take,
    tier,
    unit,
)

pytestmark = pytest.mark.django_db

PRICED = [*priced("T-1", 300_000, 50_000), *priced("M-1", 100_000, 20_000)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(operation, "UNITS_A_CHUNK", 5)


class PowerCutError(Exception):
    """What stops a run half way."""


@pytest.fixture
def power_cut(small_chunks, monkeypatch):
    """Let a close go down inside its third chunk, its lines already written; calling it gives the power back."""
    insert, written = operation.insert_lines, []

    def insert_then_stop(month_id, *rest):
        insert(month_id, *rest)
        written.append(month_id)
        if len(written) == 3:
            raise PowerCutError

    def run(month):
        monkeypatch.setattr(operation, "insert_lines", insert_then_stop)
        with pytest.raises(PowerCutError):
            close(month)
        monkeypatch.setattr(operation, "insert_lines", insert)

    return run


def quiet(*months):
    """The ledger after one quiet run, which is then taken back."""
    with transaction.atomic():
        for month in months:
            close(month)
        result = state()
        transaction.set_rollback(True)
    return result


@pytest.mark.parametrize(
    ("month", "last"), [("2025-04", "2025-04-30"), ("2025-12", "2025-12-31"), ("2028-02", "2028-02-29")]
)
def test_a_month_is_not_over_on_its_last_day(month, last, tmp_path):
    must_take(sound(*PRICED), tmp_path)
    assert "まだ終わっていません" in close_refused(month, on=last)
    assert Month.objects.count() == 0


@pytest.mark.parametrize(
    ("month", "after"), [("2025-04", "2025-05-01"), ("2025-12", "2026-01-01"), ("2028-02", "2028-03-01")]
)
def test_a_month_is_over_on_the_day_after(month, after, tmp_path):
    must_take(sound(*PRICED), tmp_path)
    close(month, on=after)
    assert Month.objects.exclude(closed_at=None).count() == 1


def test_until_stops_at_the_first_month_that_is_not_over(tmp_path):
    must_take(sound(*PRICED), tmp_path)
    assert "2025-06" in close_refused("2025-04", until="2025-08", on="2025-06-30")
    assert [f"{month}" for month in Month.objects.order_by("month")] == ["2025-04", "2025-05"]


@pytest.mark.parametrize("month", ["2025-03", "2025-06", "2026-04"])
def test_months_are_closed_in_order(month, tmp_path):
    must_take(sound(*PRICED), tmp_path)
    close("2025-04")
    assert "2025-05" in close_refused(month)
    assert Month.objects.count() == 1


def test_a_month_that_could_not_be_closed_keeps_the_next_from_being_closed(tmp_path):
    must_take(sound(), tmp_path)
    close_refused("2025-04")
    assert "2025-04" in close_refused("2025-05")


def test_a_second_call_changes_nothing(tmp_path):
    must_take(sound(*PRICED), tmp_path)
    assert "を締めました" in close("2025-04")
    before = fingerprint()
    assert "既に締めています" in close("2025-04")
    assert fingerprint() == before


def test_a_closed_month_stays_as_it_is_when_facts_come_in_late(tmp_path):
    must_take(sound(*PRICED), tmp_path / "first")
    close("2025-04")
    before = fingerprint()
    must_take({"prices": [price("T-1", "monthly", 1, "2025-04-10")[1]]}, tmp_path / "second")
    close("2025-04")
    assert fingerprint() == before


def test_stopped_half_way_and_called_again_ends_as_one_quiet_run(power_cut, tmp_path):
    must_take(units(23), tmp_path)
    wanted = quiet("2025-04")
    power_cut("2025-04")
    assert MonthChunk.objects.count() == 2
    assert ChargeLine.objects.count() == 20
    assert Month.objects.get().closed_at is None
    close("2025-04")
    assert state() == wanted
    assert len(wanted.lines) == 46
    assert len(wanted.chunks) == 5


def test_a_stopped_month_goes_on_where_it_stopped(power_cut, tmp_path):
    must_take(units(23), tmp_path)
    power_cut("2025-04")
    kept = list(ChargeLine.objects.order_by("pk").values_list())
    close("2025-04")
    assert list(ChargeLine.objects.order_by("pk").values_list())[: len(kept)] == kept


def test_facts_that_came_in_between_are_computed_for_the_whole_month(power_cut, tmp_path):
    must_take(units(23), tmp_path / "first")
    power_cut("2025-04")
    later = {"prices": [price("T-00", "monthly", 900, "2025-04-16")[1], price("T-22", "one_time", 7, "2025-04-01")[1]]}
    must_take(later, tmp_path / "second")
    with transaction.atomic():
        for model in (MonthChunk, ChargeLine, Month):
            model.objects.all().delete()
        wanted = quiet("2025-04")
        transaction.set_rollback(True)
    close("2025-04")
    assert state() == wanted
    assert summed(exported("2025-04", tmp_path))["2025-04", "T-00", "monthly"] == 500 + 450


def test_facts_written_while_the_month_is_computed_are_in_it(small_chunks, tmp_path):
    must_take(units(12), tmp_path / "first")
    waiting = [{"prices": [price("T-00", "one_time", 7, "2025-04-01")[1]]}]

    def write(done, total):
        if waiting:
            must_take(waiting.pop(), tmp_path / "second")

    outcome = operation.close_month(date(2025, 4, 1), on=date(2025, 5, 1), by="試験", progress=write)
    assert outcome.closed
    assert ChargeLine.objects.filter(fee="one_time").count() == 1
    assert Month.objects.get().line_count == ChargeLine.objects.count() == 25


def test_a_chunk_that_is_computed_is_not_computed_again(small_chunks, tmp_path, monkeypatch):
    """A close beside this one took the range already, between the look and the grasp: it is skipped."""
    must_take(units(12), tmp_path)
    wanted = quiet("2025-04")
    compute = operation.compute_range

    def beside(month_id, some, period):
        compute(month_id, some, period)
        compute(month_id, some, period)

    monkeypatch.setattr(operation, "compute_range", beside)
    close("2025-04")
    assert state() == wanted


def test_no_monthly_price_parks_the_target_and_the_rest_goes_on(tmp_path):
    must_take(sound(*priced("T-1", 300_000, 50_000), price("M-1", "initial", 0)), tmp_path)
    assert "締めていません" in close_refused("2025-04")
    parked = ParkedTarget.objects.get()
    assert (parked.target.number, parked.clause) == ("M-1", "13")
    assert "月額費用" in parked.reason
    assert Month.objects.get().closed_at is None
    assert list(ChargeLine.objects.values_list("target__number", "amount_yen")) == [("T-1", 300_000)]


def test_no_initial_price_parks_the_target_in_the_month_of_acceptance(tmp_path):
    must_take(sound(*priced("T-1", 1000, 50_000), price("M-1", "monthly", 500, "2025-04-01")), tmp_path)
    close_refused("2025-03")
    parked = ParkedTarget.objects.get()
    assert (parked.target.number, parked.clause) == ("M-1", "13")
    assert "初期費用" in parked.reason
    assert list(ChargeLine.objects.values_list("target__number", "fee")) == [("T-1", "initial")]


@pytest.mark.parametrize(
    ("accepted", "yen"),
    [("2025-03-01", [50_000]), ("2025-03-31", [50_000]), ("2025-02-28", []), ("2025-04-01", [])],
    ids=["its first day", "its last day", "the day before it", "the day after it"],
)
def test_an_initial_fee_is_due_in_the_month_of_its_acceptance(accepted, yen, tmp_path):
    """第13条: from the first day of the month to its last."""
    agreed = [tier(accepted=accepted), module(accepted=accepted)]
    must_take(book(customer(), unit(), agreed, priced("T-1", 300_000, 50_000), priced("M-1", 500)), tmp_path)
    close("2025-03")
    assert list(ChargeLine.objects.filter(fee="initial").values_list("amount_yen", flat=True)) == yen


def test_a_price_that_begins_a_day_late_parks(tmp_path):
    must_take(sound(*priced("T-1", 1000), *priced("M-1", 500, from_on="2025-04-02")), tmp_path)
    close_refused("2025-04")
    assert ParkedTarget.objects.get().target.number == "M-1"


def test_leaving_out_by_name_closes_and_is_on_record(tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path)
    close("2025-04", leave_out=["M-1"])
    month = Month.objects.get()
    assert month.closed_at is not None
    assert month.left_out == ["M-1"]
    assert (month.line_count, month.total_yen) == (1, 1000)


@pytest.mark.parametrize("names", [["T-1"], ["M-1", "T-1"], ["X-9"]])
def test_only_what_is_parked_can_be_left_out(names, tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path)
    assert "除外できません" in close_refused("2025-04", leave_out=names)
    assert Month.objects.get().closed_at is None


def test_leaving_out_one_of_two_does_not_close(tmp_path):
    must_take(sound(), tmp_path)
    close_refused("2025-04", leave_out=["M-1"])
    assert Month.objects.get().closed_at is None


def test_once_the_price_is_there_the_month_closes_with_the_full_amount(tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path / "first")
    close_refused("2025-04")
    must_take({"prices": [row for _, row in priced("M-1", 500)]}, tmp_path / "second")
    close("2025-04")
    assert summed(exported("2025-04", tmp_path)) == {
        ("2025-04", "T-1", "monthly"): 1000,
        ("2025-04", "M-1", "monthly"): 500,
    }
    assert ParkedTarget.objects.count() == 0


def test_the_largest_amounts_that_a_book_can_state_are_billed(tmp_path):
    """Ten million licences at ten billion yen: the month and the settlement of a year still fit."""
    rows = book(
        premium(),
        edr(),
        licence("期間ライセンス", 10**7),
        *(priced(number, 10**10, 10**10) for number in ("T-1", "O-EDR", "O-LIC")),
        ("notices", {"target": "O-LIC", "arrived_on": "2025-04-01", "requested_for": "2025-04-01", "basis": "company"}),
    )
    assert not take(rows, tmp_path).refused
    close("2025-04")
    got = summed(exported("2025-04", tmp_path))
    assert got["2025-04", "O-LIC", "monthly"] + got["2025-04", "O-LIC", "settlement"] == 12 * 10**17


def test_a_price_of_0_is_a_price_and_no_line(tmp_path):
    must_take(sound(*priced("T-1", 1000), *priced("M-1", 0)), tmp_path)
    close("2025-04")
    assert summed(exported("2025-04", tmp_path)) == {("2025-04", "T-1", "monthly"): 1000}


def test_a_month_without_anything_due_is_closed_all_the_same(tmp_path):
    must_take(sound(*PRICED), tmp_path)
    close("2024-01")
    assert exported("2024-01", tmp_path) == []


@pytest.mark.parametrize("rich", [False, True])
def test_a_chunk_asks_the_same_number_of_queries_whatever_it_holds(rich, tmp_path):
    counted = []
    for count in (5, 40):
        more = []
        if rich:
            for number in range(count):
                more += [
                    outage(f"T-{number:02}", "2025-04-02 00:00", "2025-04-04 12:00", "2025-04-20"),
                    breach(f"T-{number:02}", "2025-04-02 00:00", "2025-04-20"),
                    (
                        "notices",
                        {"target": f"M-{number:02}", "arrived_on": "2025-04-01", "requested_for": "", "basis": ""},
                    ),
                ]
        with transaction.atomic():
            take(units(count, *more), tmp_path / str(count))
            with CaptureQueriesContext(connection) as queries:
                close("2025-04")
            assert ChargeLine.objects.count() >= count * 2
            transaction.set_rollback(True)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_prices_of_other_months_are_not_mixed_up(tmp_path):
    must_take(sound(*PRICED, price("T-1", "monthly", 310_000, "2025-06-01")), tmp_path)
    close("2025-04", until="2025-06")
    assert list(Price.objects.filter(target__number="T-1", fee="monthly").values_list("amount_yen", flat=True)) == [
        300_000,
        310_000,
    ]
    got = {month: summed(exported(month, tmp_path))[month, "T-1", "monthly"] for month in ("2025-05", "2025-06")}
    assert got == {"2025-05": 300_000, "2025-06": 310_000}


def test_a_unit_that_comes_in_later_is_in_the_next_month(tmp_path):
    must_take(sound(*PRICED), tmp_path / "first")
    close("2025-04")
    new = {
        "contracts": [
            module(
                "個別ログ収集モジュール",
                item="タイプ1",
                number="M-2",
                application="A-2",
                accepted="2025-05-10",
                starts="2025-05-20",
            )[1]
        ],
        "prices": [row for _, row in priced("M-2", 31_000, 5)],
    }
    must_take(new, tmp_path / "second")
    close("2025-05")
    got = summed(exported("2025-05", tmp_path))
    assert (got["2025-05", "M-2", "initial"], got["2025-05", "M-2", "monthly"]) == (5, 12_000)
