"""An abolition put right or taken back: declared at once, carried out by its job, every end as if it had been so from the start (I-51)."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from contracts.models import Abolition, FactCorrection, Job, Notice
from contracts.operations import abolition, jobs
from contracts.operations.corrections.of_abolitions import correct_abolition, take_abolition_back, units_of
from contracts.operations.refusal import Refused
from tests.contracts.corrections.desk import agreed, slip
from tests.contracts.jobs.test_abolition import ANNOUNCED, ENDS, abolish, edr_ends, take  # noqa: F401

pytestmark = pytest.mark.django_db
LATER, ON = date(2025, 10, 31), date(2025, 7, 15)
GOING_ON = ("E-01", "L-01", "E-06", "L-06", "E-X", "L-X")


@pytest.fixture
def declared(take, person):  # noqa: F811
    take(10)
    row = abolish(person)
    jobs.run("abolition", ENDS)
    return row


def right(row, person, *, ground=None, **said):
    said = {"announced_on": ANNOUNCED, "ends_on": ENDS, "reference": "告知 1"} | said
    return correct_abolition(row, **said, ground=ground or slip(), on=ON, by=person)


def ends_of(numbers):
    return {number: on for number, on in edr_ends().items() if number in numbers}


def carried_out(*days):
    for day in days:
        assert jobs.run("abolition", day).state == "done"


def test_another_day_ends_all_of_them_then(declared, person):
    before = edr_ends()
    now = right(declared, person, ends_on=LATER)
    assert Job.objects.get(on=ENDS).state == Job.objects.get(on=LATER).state == "waiting"
    carried_out(ENDS, LATER)
    assert ends_of(GOING_ON) == dict.fromkeys(GOING_ON, f"{LATER}")
    assert ends_of(set(before) - set(GOING_ON)) == {n: on for n, on in before.items() if n not in GOING_ON}
    declared.refresh_from_db()
    assert (declared.replaced_by, declared.withdrawn_on) == (now, ON)
    assert list(FactCorrection.objects.values_list("kind", "was", "now")) == [("abolition", declared.pk, now.pk)]
    assert {row.withdrawn_because for row in Notice.objects.exclude(withdrawn_on=None)} == {"書き間違い"}


def test_in_whichever_order_its_jobs_run(declared, person):
    right(declared, person, ends_on=LATER)
    carried_out(LATER, ENDS)
    assert ends_of(GOING_ON) == dict.fromkeys(GOING_ON, f"{LATER}")


def test_an_earlier_day_takes_those_that_ended_between(declared, person):
    right(declared, person, ends_on=date(2025, 6, 5), announced_on=date(2025, 3, 1))
    carried_out(date(2025, 6, 5), ENDS)
    assert ends_of((*GOING_ON, "E-08", "E-03")) == dict.fromkeys((*GOING_ON, "E-08"), "2025-06-05") | {
        "E-03": "2025-06-03"
    }


def test_the_announcement_alone(declared, person):
    right(declared, person, announced_on=date(2025, 3, 1), reference="告知 2")
    carried_out(ENDS)
    notices = Notice.objects.standing().filter(ground="abolished")
    assert set(notices.values_list("arrived_on", "reference")) == {(date(2025, 3, 1), "告知 2")}
    written = Notice.objects.count()
    jobs.ask("abolition", ENDS, by=person)
    carried_out(ENDS)
    assert Notice.objects.count() == written
    assert ends_of(GOING_ON) == dict.fromkeys(GOING_ON, f"{ENDS}")


def test_taken_back_nothing_ends_by_it(declared, person):
    take_abolition_back(declared, ground=agreed(), on=ON, by=person)
    assert not Abolition.objects.standing().exists()
    carried_out(ENDS)
    assert ends_of(GOING_ON) == dict.fromkeys(GOING_ON, "None") | {"E-X": "2025-12-31", "L-X": "2025-12-31"}
    assert not Notice.objects.standing().filter(ground="abolished").exists()
    carried_out(ENDS)
    abolish(person)
    carried_out(ENDS)
    assert ends_of(GOING_ON) == dict.fromkeys(GOING_ON, f"{ENDS}")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"announced_on": date(2025, 7, 16)}, "announced_on"),
        ({"ends_on": date(2025, 3, 31)}, "ends_on"),
        ({}, ""),
        ({"ground": slip(leads=False), "ends_on": LATER}, "ground"),
        ({"ground": slip(reason=""), "ends_on": LATER}, "reason"),
    ],
)
def test_what_cannot_be_is_refused(declared, person, said, field):
    with pytest.raises(Refused) as refused:
        right(declared, person, **said)
    assert refused.value.reason.field == field
    assert Abolition.objects.get() == declared


def test_two_never_stand_for_a_day(declared, person):
    other = abolish(person, ends_on=LATER, counted=abolition.extent(LATER).options)
    with pytest.raises(Refused, match="既に登録されています"):
        right(other, person, ends_on=ENDS)
    right(other, person, ends_on=LATER, reference="告知 3")


def test_the_units_concerned_are_counted(declared):
    assert len(units_of(declared)) == len(units_of(declared, ends_on=LATER)) == 3
    assert len(units_of(declared, ends_on=date(2025, 6, 5))) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE contracts_abolition SET ends_on = '2026-01-01'",
        "UPDATE contracts_abolition SET withdrawn_on = NULL, withdrawn_because = ''",
    ],
)
def test_the_database_keeps_what_was_declared(declared, person, statement):
    take_abolition_back(declared, ground=slip(), on=ON, by=person)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
