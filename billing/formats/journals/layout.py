"""What a package's file is: its columns, how its cells are quoted, its encoding; and what of a slip every package needs."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import NamedTuple

from billing.terms.account import TaxCategory
from billing.terms.slip import Account, Slip, SlipEntry

Cells = list[str | int]
BOM, CP932 = "\ufeff", "cp932"
MOST_TOLD = 20
"""Characters at fault that are told one by one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file: the header row (() for none), the rows of one slip with the numbers it takes, how they are written.

    ``quoted`` puts every text in quotes, and numbers bare. ``most_rows`` is what the package takes in one file.
    """

    header: tuple[str, ...]
    rows: Callable[[Slip, Iterator[int]], Iterator[Cells]]
    encoding: str
    bom: bool = False
    quoted: bool = False
    most_rows: int | None = None


class Unwritable(NamedTuple):
    """A character that the encoding lacks: the slip's number, row and column of the file from 1, and the character."""

    slip: str
    row: int
    column: int
    character: str


class UnwritableSlipsError(Exception):
    """Characters that the encoding lacks: the first MOST_TOLD of them, and how many in all."""

    def __init__(self, found: list[Unwritable], count: int) -> None:
        super().__init__(f"{count} characters")
        self.found, self.count = found, count


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a row: an account with its tax, and what stands on it. ``tax_yen`` lies in ``gross_yen``."""

    account: Account
    tax_name: str
    percent: int | None = None
    net_yen: int = 0
    tax_yen: int = 0
    is_receivable: bool = False

    @property
    def gross_yen(self) -> int:
        """With the tax in it."""
        return self.net_yen + self.tax_yen


def side(entry: SlipEntry) -> Side:
    """The account's side of an entry, its yen without a sign."""
    return Side(entry.account, entry.tax_name, entry.percent, abs(entry.net_yen), abs(entry.tax_yen))


def receivable(slip: Slip, yen: int) -> Side:
    """The receivable's side of so many yen, without a sign."""
    return Side(slip.receivable, slip.receivable_tax, net_yen=abs(yen), is_receivable=True)


def pair(slip: Slip, entry: SlipEntry) -> tuple[Side, Side]:
    """Debit and credit of an entry: what is owed to us is a debit of the receivable, what we owe a credit. Never below zero."""
    own, theirs = side(entry), receivable(slip, entry.gross_yen)
    return (theirs, own) if entry.net_yen > 0 else (own, theirs)


def words(slip: Slip, entry: SlipEntry, said: str | None = None) -> str:
    """摘要: the numbers of the invoice and its group, and what the entry is; a reversal says so."""
    whose = " ".join(filter(None, (slip.invoice, slip.group, "取消" if slip.reversal else "")))
    return f"{whose} {said or dated(slip, entry, in_full=False)}"


def dated(slip: Slip, entry: SlipEntry, *, in_full: bool) -> str:
    """What the entry is and for which month: with its year where that is asked for or not the slip's; never of a settlement."""
    if entry.category is TaxCategory.OUT_OF_SCOPE:
        return entry.words
    year, month = entry.month.split("-")
    shown = f"{int(year)}年" if in_full or int(year) != slip.on.year else ""
    return f"{entry.words} {shown}{int(month)}月分"


def memo(slip: Slip, at: int) -> str:
    """The stable id of a row of a slip: it comes back in the package's own exports."""
    return f"CSOC:{slip.number}#{at}"


class _Bare(csv.Dialect):
    """Quotes only where a cell needs them; lines end with CR LF, as every package asks for."""

    delimiter, quotechar, doublequote = ",", '"', True
    lineterminator = "\r\n"
    quoting = csv.QUOTE_MINIMAL


class _Quoted(csv.Dialect):
    """Every text in quotes, numbers bare."""

    delimiter, quotechar, doublequote = ",", '"', True
    lineterminator = "\r\n"
    quoting = csv.QUOTE_NONNUMERIC


def write(
    out: Callable[[bytes], object], layout: Layout, rows: Iterable[Cells], first_row: int, *, of: str = ""
) -> None:
    """Write the rows ``of`` a slip, each on a line of its own. Raises UnwritableSlipsError with what the encoding lacks in them; then
    nothing is written.
    """
    text, kept = StringIO(), [[_on_one_line(value) for value in row] for row in rows]
    csv.writer(text, _Quoted if layout.quoted else _Bare).writerows(kept)
    try:
        encoded = text.getvalue().encode(layout.encoding)
    except UnicodeEncodeError:
        encoded = b""
    if not encoded or (layout.encoding == CP932 and _PRIVATE.search(text.getvalue())):
        found = list(_unwritable(kept, layout.encoding, first_row, of))
        if found:
            raise UnwritableSlipsError(found[:MOST_TOLD], len(found))
    out(encoded)


_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
"""外字: what they are hangs on the machine, though cp932 has a place for them."""


def _on_one_line(value: str | int) -> str | int:
    """A text without line breaks and tabs: packages read a line as a row, whatever is in quotes."""
    return _BREAKS.sub(" ", value) if isinstance(value, str) else value


def _unwritable(rows: list[Cells], encoding: str, first_row: int, of: str) -> Iterator[Unwritable]:
    for number, row in enumerate(rows, first_row):
        for column, value in enumerate(row, 1):
            text = str(value)
            if not text.isascii():
                yield from (Unwritable(of, number, column, one) for one in text if _lacks(encoding, one))


def _lacks(encoding: str, character: str) -> bool:
    if _PRIVATE.match(character):
        return encoding == CP932
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return True
    return False
