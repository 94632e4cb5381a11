"""What the month reads of a contract: what decides is read whole, whatever the month; of others no more than the month needs."""

from datetime import date

import pytest

from billing.facts.load import accounts
from billing.facts.span import UnitRange
from contracts.facts.writing import Writing
from contracts.models import Breach, Change, Outage, Price
from contracts.terms.days import month_period
from tests.contracts.book.build import book, breach, change, module, must_take, outage, price, priced, sound, tier
from tests.rewrite import rewrite

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


WHOLE = book(
    tier(),
    module(),
    *priced("T-1", 300_000),
    *priced("M-1", 100_000),
    *(price("T-1", "one_time", 1, on) for on in ("2025-05-12", "2025-06-12", "2025-07-10")),
    change("T-1", "category", "プレミアム", "2025-06-01", accepted="2025-05-10"),
    outage("T-1", "2025-05-01 00:00", "2025-05-03 00:00", "2025-06-02"),
    outage("T-1", "2025-06-01 00:00", "2025-06-03 00:00", "2025-07-02"),
    breach("T-1", "2025-05-05 00:00", "2025-06-05"),
    breach("T-1", "2025-06-05 00:00", "2025-07-05"),
    LATER[0],
)


def taken_back(rows):
    """The facts withdrawn: they stay on record."""
    writing = Writing.begin(by="試験", on=date(2025, 8, 1))
    for row in rows:
        writing.withdraw(row, because="誤り")


def excused(rows):
    """The incidents put down to the customer (11-2)."""
    rewrite(rows, fault="customer", fault_reason="契約者の設定による")


@pytest.mark.parametrize("gone", [taken_back, excused])
@pytest.mark.parametrize(
    ("model", "moment", "name"), [(Outage, "known_at", "outages"), (Breach, "occurred_at", "breaches")]
)
def test_an_incident_that_does_not_count_is_not_read(model, moment, name, gone, tmp_path):
    """Neither the one granted in the month, nor the others beside it."""
    must_take(WHOLE, tmp_path)
    first, _second = getattr(read("2025-06")["T-1"], name)
    gone(model.objects.filter(**{f"{moment}__month": 6}))
    assert getattr(read("2025-06")["T-1"], name) == (first,)
    gone(model.objects.standing().all())
    assert getattr(read("2025-06")["T-1"], name) == ()
    assert getattr(read("2025-07")["T-1"], name) == ()


@pytest.mark.parametrize("model", [Outage, Breach])
def test_nothing_is_read_for_a_grant_that_was_taken_back(model, tmp_path):
    must_take(WHOLE, tmp_path)
    taken_back((Breach if model is Outage else Outage).objects.all())
    assert read("2025-06")["T-1"].monthly[-1] == (date(2025, 8, 1), 400_000)
    taken_back(model.objects.filter(claimed_on__lt="2025-07-01"))
    assert read("2025-06")["T-1"].monthly == ((date(2025, 4, 1), 300_000),)


def test_fees_changes_and_prices_that_were_taken_back_do_not_count(tmp_path):
    must_take(WHOLE, tmp_path)
    taken_back(Price.objects.filter(fee="one_time", from_on="2025-07-10"))
    taken_back(Price.objects.filter(from_on="2025-08-01"))
    found = read("2025-06")["T-1"]
    assert [f"{fee.on:%m-%d}" for fee in found.one_time] == ["05-12", "06-12"]
    assert found.monthly == ((date(2025, 4, 1), 300_000),)
    taken_back(Change.objects.all())
    found = read("2025-06")["T-1"]
    assert found.charged_changes == ()
    assert [f"{fee.on:%m-%d}" for fee in found.one_time] == ["06-12"]
    assert [category for _on, category in found.categories] == ["advanced"]
