"""A value on record as a cell and back: the same value, whatever it is; and what a file or a spreadsheet would change is not in the cell."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from billing.facts.recorded import OF_THE_BOOK
from contracts.facts.recorded import columns_of
from contracts.intake.book.cells import CellError
from contracts.intake.book.record_cells import LONGEST_PIECE, as_cell, joined, pieces, reader

COLUMNS = {(table.name, column.name): column for table in OF_THE_BOOK for column in columns_of(table, OF_THE_BOOK)}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
ODD_TEXT = st.text(st.sampled_from("\\u0 \t\r\n=+-@…'\"_xあ𠮷\x7f\u3000\ufeff\ufffe"), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=6,
)


def back(column, value):
    """What the cell of a value says."""
    return reader(column)(as_cell(column, value))


@given(ANY_TEXT | ODD_TEXT)
@example(" ")
@example("終わりに空き ")
@example("\\u0020")
def test_a_text_comes_back(text):
    cell = as_cell(COLUMNS["entries", "reason"], text)
    if not text:
        assert cell is None
        return
    assert reader(COLUMNS["entries", "reason"])(cell) == text
    assert cell == cell.strip()
    assert cell[0] not in "=+-@"
    assert not any(letter in cell for letter in "\t\r\n\x7f\ufeff\ufffe\uffff")


@given(JSON)
def test_a_value_of_the_history_comes_back(value):
    column = COLUMNS["entries", "after"]
    if value is None:
        assert as_cell(column, value) is None
        return
    assert back(column, value) == value
    assert not any(letter in as_cell(column, value) for letter in "\t\r\n\x7f\ufeff\ufffe\uffff")


@given(st.datetimes(datetime(1950, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))
def test_a_moment_comes_back_to_the_microsecond(moment):
    assert back(COLUMNS["notices", "recorded_at"], moment) == moment


@given(st.dates())
def test_a_day_comes_back(day):
    cell = as_cell(COLUMNS["notices", "arrived_on"], day)
    assert isinstance(cell, date) is (1901 <= day.year <= 9000)
    assert reader(COLUMNS["notices", "arrived_on"])(cell) == reader(COLUMNS["notices", "arrived_on"])(f"{day}") == day


@given(st.integers(0, 2**63 - 1))
def test_a_number_comes_back_however_large(number):
    assert back(COLUMNS["prices", "amount_yen"], number) == number


@pytest.mark.parametrize("length", [1, LONGEST_PIECE, LONGEST_PIECE + 1, 3 * LONGEST_PIECE, 3 * LONGEST_PIECE + 5])
@pytest.mark.parametrize("letters", ["x", " ", "…", "a …"])
def test_a_long_text_goes_on_in_pieces(length, letters):
    text = (letters * length)[:length]
    first, *others = pieces(text)
    for piece in others:
        first = joined(first, piece)
    assert first == text
    assert all(len(piece) <= LONGEST_PIECE + 2 for piece in pieces(text))


@pytest.mark.parametrize(("before", "piece"), [("x", "…y"), ("x…", "y"), (None, "…y"), ("x…", None), (1, "…y")])
def test_what_is_no_piece_of_a_text_is_refused(before, piece):
    with pytest.raises(CellError):
        joined(before, piece)


@pytest.mark.parametrize("raw", ["\\u0000", "\\ud800", 1.5, True])
def test_what_no_database_holds_is_refused(raw):
    with pytest.raises(CellError):
        reader(COLUMNS["entries", "reason"])(raw)
