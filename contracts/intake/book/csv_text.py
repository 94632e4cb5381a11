"""Files of text as tables: in which encoding, by which mark their cells are divided."""

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import IO, Protocol

from contracts.intake.book.bounds import LONGEST_TEXT, Bounds
from contracts.intake.book.people import word
from contracts.intake.book.table import Cells, Line, Table, UnreadableError
from contracts.intake.sentence import Sentence

ENDINGS = (".csv", ".tsv", ".txt")
_MARKS = ",\t;"
_CHUNK = 1 << 16
_LOOKED_AT = 40
"""Lines that are looked at for the mark between cells."""
_NAMED = {"cp932": "Shift_JIS", "utf-16": "UTF-16"}


class Opened(Protocol):
    """Opens a file anew, to be read from its beginning."""

    def __call__(self) -> IO[bytes]: ...


def csv_table(name: str, opened: Opened, known: frozenset[str], bounds: Bounds) -> Table:
    """The table of a file of text. ``known`` are headings, folded: the mark that makes the most of them divides the cells.

    Raises UnreadableError where the file is in no encoding that people use.
    """
    encoding = _encoding(opened, bounds)
    mark = _mark(opened, encoding, known)
    told = []
    if encoding in _NAMED:
        told.append(Sentence("文字コード{encoding}として読みました", encoding=_NAMED[encoding]))
    if mark != ",":
        marks = {"\t": Sentence("タブ"), ";": Sentence("セミコロン")}
        told.append(Sentence("{mark}で区切られたものとして読みました", mark=marks[mark]))
    return Table(name, _lines(opened, encoding, mark, bounds), told=tuple(told))


def _encoding(opened: Opened, bounds: Bounds) -> str:
    with opened() as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp932"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with opened() as file:
                while chunk := file.read(_CHUNK):
                    bounds.check(len(chunk))
                    decoder.decode(chunk)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableError(Sentence("UTF-8でもShift_JISでもないので読めません"))


def _mark(opened: Opened, encoding: str, known: frozenset[str]) -> str:
    with opened() as file:
        text = TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        looked_at = [line for _number, line in zip(range(_LOOKED_AT), _pieces(text), strict=False)]

    def headings(mark: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(looked_at, delimiter=mark))
        except csv.Error:
            return 0, 0
        most = max((sum(word(cell) in known for cell in row if len(cell) < 64) for row in rows), default=0)
        return most, max((len(row) for row in rows[:1]), default=0)

    return max(_MARKS, key=headings)


def _pieces(text: TextIOWrapper) -> Iterator[str]:
    """The lines of a text, none of them longer than a line may be."""
    while line := text.readline(LONGEST_TEXT * 4):
        if len(line) == LONGEST_TEXT * 4:
            raise UnreadableError(Sentence("一行が長すぎます"))
        yield line


def _lines(opened: Opened, encoding: str, mark: str, bounds: Bounds) -> Iterator[Line]:
    with opened() as file:
        text = TextIOWrapper(file, encoding=encoding, newline="")
        try:
            for number, row in enumerate(csv.reader(_pieces(text), delimiter=mark, strict=True), start=1):
                bounds.row()
                cells: Cells = {column: _plain(cell) for column, cell in enumerate(row) if cell and not cell.isspace()}
                if cells:
                    yield number, cells
        except (csv.Error, UnicodeDecodeError) as error:
            raise UnreadableError(Sentence("CSVとして読めません（{error}）", error=error)) from None


def _plain(cell: str) -> str:
    # ="0012" keeps a spreadsheet from making a number of a code.
    return cell[2:-1] if len(cell) > 3 and cell.startswith('="') and cell.endswith('"') else cell
