"""A record in which facts were put right or taken back: the ten sheets say what stands, and come back into an empty database."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from contracts.models import Breach, Change, FactCorrection, LinkedServiceState, Outage, Price
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_incidents import BREACHES, OUTAGES
from contracts.operations.corrections.of_services import STATES
from contracts.operations.corrections.of_targets import CHANGES, PRICES
from tests.contracts.book.build import book, change, must_take, sheets_of, take_path
from tests.contracts.book.restored import export, goes_round, undone
from tests.contracts.book.test_round_trip import everything
from tests.contracts.corrections.desk import agreed
from tests.snapshot import once

pytestmark = pytest.mark.django_db

ON = date(2025, 8, 10)


def of(model, **narrowed):
    return model.objects.standing().get(**narrowed)


def licences():
    return of(Change, target__number="O-LIC", what="quantity")


def lead():
    return User.objects.get_or_create(username="責任者")[0]


def right(kind, row, **says):
    (put, *_beside) = put_right(kind, [row], says, ground=agreed(), on=ON, by=lead())
    return put.now


def back(kind, row):
    take_back(kind, [row], ground=agreed(), on=ON, by=lead())


def put_right_twice(folder):
    """Three changes of one thing for one day, of which the last stands."""
    must_take(everything(), folder / "in")
    right(CHANGES, right(CHANGES, licences(), to_number=1050), to_number=1100)


def recorded_anew(folder):
    """A change that was taken back, and another of the same thing for the same day, by another application."""
    must_take(everything(), folder / "in")
    back(CHANGES, licences())
    anew = change("O-LIC", "quantity", 1150, "2025-07-15", application="A-9", accepted="2025-05-11")
    must_take(book(anew), folder / "anew")


def moved_onto_its_day(folder):
    """Two changes of one thing: one is taken back, and the other moved onto its day."""
    must_take(everything(), folder / "in")
    must_take(
        book(change("O-LIC", "quantity", 1400, "2025-08-15", application="A-9", accepted="2025-05-11")), folder / "more"
    )
    first, second = Change.objects.standing().filter(target__number="O-LIC").order_by("effective_on")
    back(CHANGES, first)
    right(CHANGES, second, effective_on=date(2025, 7, 15))


def of_every_sheet(folder):
    """One row of each sheet that can be put right keeps its key and says something else; another is taken back."""
    must_take(everything(), folder / "in")
    right(PRICES, of(Price, target__number="T-1", fee="monthly"), amount_yen=300_001)
    right(STATES, of(LinkedServiceState, from_on="2025-06-01"), ends_on=date(2031, 12, 31))
    claimed = of(Outage, contract__target__number="T-1", claimed_on="2025-08-12")
    right(OUTAGES, claimed, claimed_on=date(2025, 8, 9))
    right(BREACHES, of(Breach, guarantee="uptime"), claimed_on=date(2025, 7, 16))
    back(BREACHES, of(Breach, guarantee="notification"))
    back(PRICES, of(Price, target__number="T-2", fee="one_time"))


CORRECTED = [put_right_twice, recorded_anew, moved_onto_its_day, of_every_sheet]


def had(made, folder):
    """In the empty database what was made: the first time by the verbs, later by its rows."""
    once(f"corrected: {made.__name__}", lambda: made(folder))


@pytest.mark.parametrize("made", CORRECTED)
def test_the_ten_sheets_go_out_and_come_back(made, tmp_path):
    before = undone(lambda: had(made, tmp_path), lambda: sheets_of(export(tmp_path / "book")))
    come_back(tmp_path / "book", before)


def test_the_ten_sheets_of_a_workbook_come_back(tmp_path):
    def seen():
        export(tmp_path / "book.xlsx")
        return sheets_of(export(tmp_path / "before"))

    before = undone(lambda: had(of_every_sheet, tmp_path), seen)
    come_back(tmp_path / "book.xlsx", before)


def come_back(path, before):
    """Into the empty database, as they were, and without the record."""
    answer = take_path(path)
    assert (answer.faults, answer.status) == ([], "taken")
    assert ten(sheets_of(export(path.parent / "after"))) == ten(before)
    assert not FactCorrection.objects.exists()


def ten(sheets):
    """The sheets that people fill in, without those of the record."""
    return {name: text for name, text in sheets.items() if not name.startswith("recorded") and name != "format"}


@pytest.mark.parametrize("made", CORRECTED)
def test_the_record_goes_out_and_comes_back(made, tmp_path):
    goes_round(lambda: had(made, tmp_path), tmp_path)
    assert FactCorrection.objects.exists()


@pytest.mark.parametrize("made", CORRECTED)
def test_its_own_book_taken_in_again_adds_nothing(made, tmp_path):
    had(made, tmp_path)
    counted = Change.objects.count(), Price.objects.count(), LinkedServiceState.objects.count()
    again = take_path(export(tmp_path / "out"))
    assert (again.faults, again.added) == ([], {})
    assert (Change.objects.count(), Price.objects.count(), LinkedServiceState.objects.count()) == counted


def test_one_change_of_the_day_is_written(tmp_path):
    had(recorded_anew, tmp_path)
    assert Change.objects.filter(target__number="O-LIC", what="quantity", effective_on="2025-07-15").count() == 2
    lines = sheets_of(export(tmp_path / "out"))["changes"].splitlines()
    assert [line for line in lines if line.startswith("O-LIC,")] == ["O-LIC,quantity,1150,A-9,2025-05-11,2025-07-15,"]
