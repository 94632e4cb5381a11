"""A book read by a process of its own: the same book, whatever is in the file; what breaks that process is a fault of the book."""

import pickle
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from contracts.intake.book import apart
from contracts.intake.book.apart import Limits, StoppedError, mark_apart, read_apart, read_into
from contracts.intake.book.listed import Asked
from contracts.intake.book.marking import Marks
from contracts.intake.book.read import Book, read_book
from tests.conftest import SAMPLE

CASES = Path(__file__).with_name("cases") / "workbooks"


IN_A_PROCESS = (
    *(SAMPLE, CASES / "02_text_slash_days.xlsx", CASES / "16a_formula_no_cache.xlsx"),
    *(CASES / "27_flat_list.xlsx", CASES / "30_password.xlsx"),
)
"""Every sheet; notes; faults in rows half read; a list, with all of these; and what cannot be read at all."""


def same(here: Book, there: Book, path: Path) -> None:
    assert list(there.rows) == list(here.rows)
    assert [fault.message.replace(str(path), path.name) for fault in here.faults] == [f.message for f in there.faults]
    assert [str(note) for note in there.notes] == [str(note) for note in here.notes]
    assert (there.places, there.listed, there.comparable) == (here.places, here.listed, here.comparable)
    assert there.unreadable == here.unreadable
    assert there.half_read == here.half_read


@pytest.mark.parametrize("path", IN_A_PROCESS, ids=lambda path: path.name)
def test_it_is_the_same_book(path):
    same(read_book(path), read_apart(path, Asked()), path)


@pytest.mark.parametrize("path", [SAMPLE, *sorted(CASES.iterdir())], ids=lambda path: path.name)
def test_all_that_was_read_is_passed_on(path):
    """As that process writes it and this one believes it, without the process: a book comes out as it went in."""
    out = BytesIO()
    read_into(path, Asked(), out)
    out.seek(0)
    same(read_book(path), apart._loaded(out), path)


def test_what_is_asked_of_a_list_arrives():
    asked = Asked(said={"名義": "契約者", "種類": "FireWall-1"}, columns={"備考": ""})
    here, there = read_book(CASES / "27_flat_list.xlsx", asked), read_apart(CASES / "27_flat_list.xlsx", asked)
    assert list(there.rows) == list(here.rows)
    assert there.rows["linked_services"]


def test_how_far_it_is_is_told(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("target,fee,amount_yen\n" + "".join(f"M-{n},initial,1\n" for n in range(3_500)))
    told: list[int] = []
    assert read_apart(path, Asked(), counted=told.append).count() == 3_500
    assert told == [1_000, 2_000, 3_000]


@pytest.mark.parametrize(
    "limits",
    [
        pytest.param(Limits(16 << 20, 20, 64 << 20, 60.0), id="memory"),
        pytest.param(Limits(512 << 20, 20, 64 << 20, 0.05), id="the clock"),
        pytest.param(Limits(512 << 20, 20, 100, 60.0), id="what it writes"),
    ],
)
def test_beyond_its_bounds_it_is_a_fault(limits, monkeypatch):
    monkeypatch.setattr(apart.Limits, "of", lambda _path: limits)
    book = read_apart(SAMPLE, Asked())
    assert "読むのを止めました" in str(book.faults[0])
    assert not book.comparable
    with TemporaryFile() as out, pytest.raises(StoppedError):
        mark_apart(SAMPLE, Marks(), out)


def test_the_process_knows_no_secret(monkeypatch, tmp_path):
    seen = {}

    class Popen:
        def __init__(self, arguments, **given):
            seen.update(given, arguments=arguments)
            raise OSError("not started")

    monkeypatch.setenv("SECRET_KEY", "a secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://user:password@host/name")
    monkeypatch.setattr(apart.subprocess, "Popen", Popen)
    with pytest.raises(OSError, match="not started"):
        read_apart(SAMPLE, Asked())
    assert set(seen["env"]) <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONHASHSEED"}


def test_what_it_says_is_not_believed():
    """A process that a file has got hold of makes nothing here but books."""

    class Evil:
        def __reduce__(self):
            return eval, ("1/0",)

    with pytest.raises(StoppedError):
        apart._loaded(BytesIO(pickle.dumps(("", Evil()))))
    with pytest.raises(StoppedError):
        apart._loaded(BytesIO(pickle.dumps(("customers", []))[:-3]))


def test_rows_go_in_pieces():
    out = BytesIO()
    read_into(SAMPLE, Asked(), out, at_once=7)
    out.seek(0)
    assert list(apart._loaded(out).rows) == list(read_book(SAMPLE).rows)
