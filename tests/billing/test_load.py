"""What the month reads of a contract: what decides is read whole, whatever the month; of others no more than the month needs."""

from datetime import date

import pytest

from billing.facts.load import UnitRange, accounts
from contracts.terms.days import month_period
from tests.contracts.book.build import book, breach, change, module, must_take, outage, price, priced, sound, tier

pytestmark = pytest.mark.django_db

LATER = price("T-1", "monthly", 400_000, "2025-08-01"), price("M-1", "monthly", 200_000, "2025-08-01")


def read(month):
    """The accounts of a month, by number."""
    days = month_period(date.fromisoformat(f"{month}-01"))
    return {owned.account.number: owned.account for owned in accounts(UnitRange(0, 10**9), days)}


CLAIMS = [
    *(
        outage("T-1", "2025-05-29 00:00", "2025-06-03 00:00", "2025-05-31"),
        breach("T-1", "2025-04-10 00:00", "2025-04-20"),
    ),
    *priced("T-1", 300_000),
    *priced("M-1", 100_000),
    *LATER,
]


@pytest.mark.parametrize(
    ("month", "outages", "breaches"),
    [
        pytest.param("2025-04", 1, 1, id="the breach is granted, and judged beside the outage to come"),
        pytest.param("2025-05", 0, 0, id="claimed, and not over yet (I-37)"),
        pytest.param("2025-06", 1, 1, id="over: granted"),
        pytest.param("2025-07", 0, 0, id="nothing more"),
    ],
)
def test_claims_are_read_whole_where_one_is_granted(month, outages, breaches, tmp_path):
    must_take(sound(*CLAIMS), tmp_path)
    found = read(month)
    assert (len(found["T-1"].outages), len(found["T-1"].breaches)) == (outages, breaches)
    assert (found["M-1"].outages, found["M-1"].breaches) == ((), ())
    assert len(found["T-1"].monthly) == (2 if outages else 1)
    assert len(found["M-1"].monthly) == 1


@pytest.mark.parametrize(
    ("claimed", "granted"),
    [
        pytest.param("2025-05-31", ["2025-06"], id="before it is over"),
        pytest.param("2025-06-01", ["2025-06"], id="on the first day of the month"),
        pytest.param("2025-06-30", ["2025-06"], id="on the last day of the month"),
        pytest.param("2025-07-01", ["2025-07"], id="a day later"),
    ],
)
@pytest.mark.parametrize("restored", ["2025-06-01 00:00", "2025-06-03 09:00"])
def test_the_month_in_which_a_claim_is_read(claimed, restored, granted, tmp_path):
    must_take(sound(*priced("T-1", 1), outage("T-1", "2025-05-29 00:00", restored, claimed)), tmp_path)
    assert [month for month in ("2025-05", "2025-06", "2025-07") if read(month)["T-1"].outages] == granted


def test_fees_are_read_whole_where_a_change_owes_one(tmp_path):
    """I-39: which fee is whose rests on all of them; of a contract without changes the month's own will do."""
    rows = book(
        tier(),
        module(),
        *(price(number, "one_time", 1, on) for number in ("T-1", "M-1") for on in ("2025-05-12", "2025-07-10")),
        change("T-1", "category", "プレミアム", "2025-06-01", accepted="2025-05-10"),
    )
    must_take(rows, tmp_path)
    days = {
        month: {number: [f"{fee.on:%m-%d}" for fee in account.one_time] for number, account in read(month).items()}
        for month in ("2025-05", "2025-06", "2025-07")
    }
    assert days == {
        "2025-05": {"T-1": ["05-12", "07-10"], "M-1": ["05-12"]},
        "2025-06": {"T-1": ["05-12", "07-10"], "M-1": []},
        "2025-07": {"T-1": ["05-12", "07-10"], "M-1": ["07-10"]},
    }
    (change_,) = read("2025-07")["T-1"].charged_changes
    assert change_ == (date(2025, 5, 10), date(2025, 6, 1), "A-2")


def test_a_month_reads_a_fixed_number_of_queries(tmp_path, django_assert_max_num_queries):
    must_take(sound(*CLAIMS, *(price("T-1", "one_time", 1, f"2025-06-{n:02}") for n in range(1, 20))), tmp_path)
    with django_assert_max_num_queries(16):
        read("2025-06")
