"""What a book is handed over as: a workbook, a folder or an archive of text files, or one such file."""

import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from contracts.intake.book import workbook
from contracts.intake.book.bounds import MOST_FILES, Bounds, of_archive, too_large
from contracts.intake.book.csv_text import ENDINGS, csv_table
from contracts.intake.book.headings import sheet_called
from contracts.intake.book.table import Table, UnreadableError
from contracts.intake.sentence import Sentence

MOST_BYTES_OF_TEXT = 1 << 30
_WORKBOOKS = (".xlsx", ".xlsm")


def files_of(path: Path) -> list[Path]:
    """The files that make up a book, in order: regular files alone. Raises UnreadableError where there are none."""
    try:
        if path.is_dir():
            return _files_of_folder(path)
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableError(Sentence("普通のファイルではないので読めません（{path}）", path=path))
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise UnreadableError(_no_book(path)) from None
        raise UnreadableError(Sentence("開けません（{error}）", error=error)) from None
    if path.suffix.lower() not in (*_WORKBOOKS, ".zip", ".xls", *ENDINGS):
        raise UnreadableError(_no_book(path))
    return [path]


def _no_book(path: Path) -> Sentence:
    return Sentence("台帳は.xlsxのファイルか、.csvのフォルダーか、その.zipです（{path}）", path=path)


def _files_of_folder(path: Path) -> list[Path]:
    found = []
    with os.scandir(path) as entries:
        for count, entry in enumerate(entries, start=1):
            if count > MOST_FILES:
                raise UnreadableError(Sentence("ファイルが多すぎます（{path}）", path=path))
            if not _is_table(PurePosixPath(entry.name)):
                continue
            if not stat.S_ISREG(os.stat(entry.path).st_mode):
                raise UnreadableError(Sentence("普通のファイルではないので読めません（{path}）", path=entry.path))
            found.append(Path(entry.path))
    if not found:
        raise UnreadableError(Sentence("フォルダーに.csvがありません（{path}）", path=path))
    return sorted(found)


def tables_of(path: Path, known: frozenset[str], *, timed: bool = True) -> Iterator[Table]:
    """The tables of a book, one after the other, each to be read before the next is asked for; ``timed``: within a time.

    Raises UnreadableError for what is no book; a file that alone cannot be read raises it when it is read.
    """
    files = files_of(path)
    try:
        if path.is_dir() or path.suffix.lower() in ENDINGS:
            size = sum(file.stat().st_size for file in files)
            if size > MOST_BYTES_OF_TEXT:
                raise too_large(size)
            bounds = Bounds(size, timed)
            for file in files:
                yield csv_table(file.stem, partial(file.open, "rb"), known, bounds)
        elif workbook.is_old_office_file(path):
            raise UnreadableError(workbook.why_not(path))
        else:
            yield from _of_archive(path, known, timed=timed)
    except OSError as error:
        raise UnreadableError(Sentence("開けません（{error}）", error=error)) from None


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        parts = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as error:
        raise UnreadableError(
            Sentence("Excelのブックとして読めません（{error}）", error=workbook.shortly(error))
        ) from None
    with parts:
        yield parts


def _of_archive(path: Path, known: frozenset[str], *, timed: bool) -> Iterator[Table]:
    with _archive(path) as parts:
        bounds = of_archive(path, parts, timed=timed)
        if workbook.is_workbook(parts):
            yield from workbook.tables(path, parts, bounds)
            return
        if path.suffix.lower() in _WORKBOOKS:
            raise UnreadableError(Sentence("Excelのブックとして読めません（{error}）", error="xl/workbook.xml"))
        texts = sorted((_name(part), part) for part in parts.infolist() if _is_text(part))
        if not texts:
            raise UnreadableError(Sentence(".zipの中に.csvがありません（{path}）", path=path))
        for name, part in texts:
            if part.flag_bits & 1:
                raise UnreadableError(
                    Sentence(
                        "台帳はパスワードで保護されています。保護を外して保存し直してください（{path}）", path=path
                    )
                )
            yield csv_table(PurePosixPath(name).stem, partial(parts.open, part), known, bounds)


def _is_text(part: zipfile.ZipInfo) -> bool:
    return not part.is_dir() and not part.filename.startswith("__MACOSX") and _is_table(PurePosixPath(_name(part)))


def _is_table(name: PurePosixPath) -> bool:
    """Whether a file of that name is a sheet: a .txt only where it is called like one, and none that a program hides."""
    ending = name.suffix.lower()
    if name.name.startswith((".", "~$")) or ending not in ENDINGS:
        return False
    return ending != ".txt" or sheet_called(name.stem)[0] is not None


def _name(part: zipfile.ZipInfo) -> str:
    """The name of a file in an archive: without the mark of UTF-8 it is of Windows in Japanese."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("cp932")
    except UnicodeError:
        return part.filename
