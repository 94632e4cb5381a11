"""Any file, however broken or hostile, ends in a clear message: in bounded time and memory, with nothing written."""

import os
import resource
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from contracts.intake.book import apart
from contracts.intake.book.bounds import MOST_FAULTS
from contracts.intake.book.listed import Asked
from contracts.intake.book.read import read_book
from tests.conftest import ROOT
from tests.contracts.book import hostile
from tests.contracts.book.build import as_folder, sound, stored, take_path

MEMORY, SECONDS = 512 << 20, 30

# Reads a book in a process of its own, and says how it ended; its memory is held from the outside.
READER = """
import sys
from pathlib import Path
from contracts.intake.book.read import read_book
book = read_book(Path(sys.argv[1]))
print(book.count(), len(book.faults), book.untold, sep="\\n")
for fault in book.faults[:3]:
    print(str(fault)[:300])
"""
TAKEN_AS_IT_IS = (hostile.lying_dimension, hostile.wide_merges)


def held() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read_by_a_process(path: Path) -> list[str]:
    """What a process says that has no more memory than it may have."""
    answer = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "csoc_admin.settings"},
        preexec_fn=held,
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-800:]
    return answer.stdout.splitlines()


@pytest.mark.parametrize("make", hostile.ON_A_DISK, ids=lambda make: make.__name__)
def test_whatever_lies_on_a_disk_ends_in_time_and_memory(make, tmp_path):
    path = make(tmp_path)
    began = time.monotonic()
    _rows, faults, _untold, *said = read_by_a_process(path)
    assert time.monotonic() - began < SECONDS
    assert int(faults) > 0
    assert all(len(line) > 5 for line in said)


@pytest.mark.parametrize("make", hostile.BROUGHT, ids=lambda make: make.__name__)
def test_any_file_ends_in_time_and_memory(make, tmp_path, monkeypatch):
    """Read by a process of its own, which has no more memory for a larger file, and is not stopped but comes to its end."""
    monkeypatch.setattr(apart, "MEMORY", MEMORY)
    monkeypatch.setattr(apart, "MEMORY_A_BYTE", 0)
    path = make(tmp_path)
    began = time.monotonic()
    book = apart.read_apart(path, Asked())
    assert time.monotonic() - began < SECONDS
    if make in TAKEN_AS_IT_IS:
        assert (book.count(), book.faults) == (1, [])
    else:
        assert book.faults
        said = [str(fault) for fault in book.faults]
        assert all(len(line) > 5 for line in said)
        assert not any("読むのを止めました" in line for line in said)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (hostile.far_cell, "見出しのない列に値があります（XFD1048576、x）"),
        (hostile.bomb, "台帳が大きすぎます"),
        (hostile.nested, ".zipの中に.csvがありません"),
        (hostile.pipe, "普通のファイルではない"),
        (hostile.pipe_within, "普通のファイルではない"),
        (hostile.loop, "開けません"),
        (hostile.device, "普通のファイルではない"),
        (hostile.broken_workbook, "Excelのブックとして読めません"),
        (hostile.laughs, "Excelのブックとして読めません"),
        (hostile.unshared, "Excelのブックとして読めません"),
        (hostile.shared_before_the_first, "Excelのブックとして読めません"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_command_says_what_is_wrong_and_writes_nothing(make, says, tmp_path):
    answer = take_path(make(tmp_path))
    assert answer.refused
    assert says in answer.faults[0]["message"]
    assert stored() == {}


def test_faults_without_end_are_told_up_to_a_thousand_and_the_rest_counted(tmp_path):
    book = read_book(hostile.endless_faults(tmp_path))
    assert len(book.faults) == MOST_FAULTS
    assert book.untold > MOST_FAULTS
    assert not book.comparable


def test_a_blank_in_the_farthest_corner_costs_nothing(tmp_path):
    book = read_book(hostile.far_blanks(tmp_path))
    assert (book.count(), book.faults, book.notes) == (1, [], [])


def test_more_rows_than_such_a_file_has(tmp_path):
    path = tmp_path / "customers.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("code,name\n" + "1,1\n" * 210_000)
    (fault,) = read_book(path).faults
    assert "行が多すぎます" in str(fault)


def test_a_file_without_leave_to_read(tmp_path, monkeypatch):
    path = hostile.workbook(tmp_path / "book.xlsx", hostile.ONE)

    def refuse(*_args, **_more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (fault,) = read_book(path).faults
    assert "開けません" in str(fault)


@pytest.mark.parametrize("name", ["a" * 300 + ".xlsx", "a\0b.xlsx"])
def test_a_name_that_no_file_has(name, tmp_path):
    (fault,) = read_book(tmp_path / name).faults
    assert "開けません" in str(fault)


def test_a_workbook_within_an_archive_is_not_unpacked(tmp_path):
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(hostile.workbook(tmp_path / "inner.xlsx", hostile.ONE), "inner.xlsx")
    (fault,) = read_book(path).faults
    assert ".zipの中に.csvがありません" in str(fault)


def test_an_old_workbook_is_called_old(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    (fault,) = read_book(path).faults
    assert "古い形式" in str(fault)


@pytest.mark.django_db
def test_one_unknown_sheet_is_one_fault(tmp_path):
    rows = sound()
    rows["けいやくs"] = rows.pop("contracts")
    answer = take_path(as_folder(rows, tmp_path))
    assert [(fault["sheet"], fault["message"]) for fault in answer.faults] == [("けいやくs", "知らないシートです")]


@pytest.mark.django_db
def test_one_misspelt_column_is_one_fault(tmp_path):
    path = as_folder(sound(), tmp_path)
    text = (path / "contracts.csv").read_text(encoding="utf-8")
    (path / "contracts.csv").write_text(text.replace("linked_service", "linked_servise"), encoding="utf-8")
    (fault,) = take_path(path).faults
    assert (fault["sheet"], fault["row"], fault["column"]) == ("contracts", 1, "linked_servise")
    assert "対応サービスコード" in fault["message"]


@pytest.mark.django_db
def test_a_row_whose_own_code_cannot_be_read_is_not_called_missing(tmp_path):
    path = as_folder(sound(), tmp_path)
    (path / "customers.csv").write_text("code,name\n#N/A,見本\n", encoding="utf-8")
    (fault,) = take_path(path).faults
    assert (fault["sheet"], fault["row"], fault["column"]) == ("customers", 2, "code")
    assert "A2のセルがエラーです（#N/A）" in fault["message"]
