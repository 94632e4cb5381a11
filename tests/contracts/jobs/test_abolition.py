"""廃止: every EDR option of every customer ends on one day (10-11) — counted first, carried out in steps, resumed where it failed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Abolition, Entry, Job, Notice, Target
from contracts.operations import abolition, jobs
from contracts.operations.refusal import Refused
from contracts.terms.unit import Ground
from tests.contracts.book import build as had
from tests.contracts.jobs.busy import busy, facts_left

pytestmark = pytest.mark.django_db
ANNOUNCED, ENDS = date(2025, 4, 1), date(2025, 9, 30)


@pytest.fixture
def take(tmp_path):
    """Take in a book of so many units, two in five of which have EDR options; those of U-03, U-08 … end sooner, by notice."""

    def taken(units):
        had.must_take(had.book(*busy(units), _second_customer()), tmp_path / "book")

    return taken


def _second_customer():
    """Options of another customer, one of which would end later than all others."""
    agreed = {"accepted": "2024-03-10", "starts": "2024-04-01", "of": "U-X", "application": "A-X"}
    options = {name: agreed[name] for name in ("accepted", "starts", "application")}
    return [
        had.customer("C-2", "株式会社もう一つ"),
        had.unit("U-X", "C-2"),
        had.premium("T-X", **agreed),
        had.module(number="M-X", **agreed),
        had.edr("E-X", on="T-X", **options),
        had.licence(number="L-X", on="T-X", **options),
        had.notice("L-X", "2025-05-10", "2025-12-31"),
    ]


def abolish(person, **said):
    counted = abolition.extent(ENDS).options
    given = {
        "announced_on": ANNOUNCED,
        "ends_on": ENDS,
        "reference": "告知 1",
        "reason": "提供終了",
        "on": date(2025, 6, 30),
    }
    return abolition.abolish(by=person, **(given | {"counted": counted} | said))


def edr_ends():
    found = Target.objects.filter(number__regex="^[EL]-").order_by("number")
    return {number: f"{on}" for number, on in found.values_list("number", "ends_on")}


def test_every_option_of_every_customer_ends_and_what_ends_sooner_keeps_its_end(take, person):
    take(10)
    assert abolition.extent(ENDS) == abolition.Extent(options=6, units=3, customers=2)
    abolish(person)
    job = jobs.run("abolition", ENDS)
    assert (job.state, job.done, job.total, job.count, job.asked_by) == ("done", 3, 3, 6, "eigyo")
    day = f"{ENDS}"
    sooner = {"E-03": "2025-06-03", "L-03": "2025-06-03", "E-08": "2025-06-08", "L-08": "2025-06-08"}
    going_on = ("E-01", "L-01", "E-06", "L-06", "E-X", "L-X")
    assert edr_ends() == sooner | dict.fromkeys(going_on, day)
    notices = Notice.objects.filter(ground=Ground.ABOLISHED.value)
    assert sorted(notices.values_list("target__number", "arrived_on", "requested_for")) == sorted(
        (number, ANNOUNCED, ENDS) for number in going_on
    )
    told = Entry.objects.filter(operation="notice", actor="eigyo", reason="提供終了")
    assert sorted(told.values_list("subject", flat=True)) == sorted(going_on)


def test_run_again_it_finds_nothing(take, person):
    take(10)
    abolish(person)
    job = jobs.run("abolition", ENDS)
    kept = facts_left()
    jobs.run_again(job, by=person, reason="確認")
    assert jobs.run("abolition", ENDS).count == 0
    assert {**facts_left(), "history": []} == {**kept, "history": []}


def test_a_number_that_has_changed_is_refused(take, person):
    take(10)
    with pytest.raises(Refused, match="5件から6件に変わりました"):
        abolish(person, counted=5)
    assert not Abolition.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"announced_on": date(2025, 7, 1)}, "announced_on", id="announced tomorrow"),
        pytest.param({"announced_on": date(2025, 6, 30), "ends_on": date(2025, 6, 29)}, "ends_on", id="ends before it"),
    ],
)
def test_days_out_of_order_are_refused(said, field, take, person):
    take(5)
    with pytest.raises(Refused) as refused:
        abolish(person, **said)
    assert (refused.value.reason.field, refused.value.reason.clause) == (field, "10-11")


def test_one_abolition_a_day(take, person):
    take(5)
    abolish(person)
    with pytest.raises(Refused, match="既に登録"):
        abolish(person)


def test_resumed_where_a_step_failed(take, person, monkeypatch):
    """The unit half way through is rolled back as a whole; what is done is not done again."""
    monkeypatch.setattr(abolition, "UNITS_AT_ONCE", 1)
    take(10)
    abolish(person)
    really, called = abolition.refresh_worklist, []

    def fail_once(ids):
        called.append(ids)
        if len(called) == 2:
            raise ValueError("途中で失敗")
        return really(ids)

    monkeypatch.setattr(abolition, "refresh_worklist", fail_once)
    with pytest.raises(ValueError, match="途中で失敗"):
        jobs.run("abolition", ENDS)
    job = Job.objects.get()
    assert (job.state, job.done, job.count, job.error) == ("running", 1, 2, "ValueError: 途中で失敗")
    assert Notice.objects.filter(ground=Ground.ABOLISHED.value).count() == 2
    job = jobs.run("abolition", ENDS)
    assert (job.state, job.done, job.total, job.count) == ("done", 3, 3, 6)
    assert len(called) == 4
    assert Entry.objects.filter(operation="notice", reason="提供終了").count() == 6


def test_another_day_is_not_caught_up_by_a_later_one(take, person):
    """Each abolition is its own: a later one that is done stands for no other."""
    take(10)
    later = ENDS + timedelta(days=31)
    abolish(person, ends_on=later, counted=6)
    jobs.run("abolition", later)
    abolish(person, counted=0)
    assert jobs.run("abolition", ENDS).total == 0
    assert jobs.work_of("abolition").catches_up is False


def test_a_step_takes_the_same_queries_whatever_it_ends(take, person, monkeypatch):
    take(25)
    abolish(person)
    taken = []
    for units in (1, 5):
        monkeypatch.setattr(abolition, "UNITS_AT_ONCE", units)
        with CaptureQueriesContext(connection) as queries:
            step = abolition.end_abolished(ENDS, 0)
        assert step.count == 2 * units
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 40
