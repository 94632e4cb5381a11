"""入金の一覧: a CSV of receipts as banks and packages write it, read into rows of number, day, yen and payer."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from unicodedata import normalize

from django.utils.translation import gettext as _

from contracts.intake.book import written
from contracts.intake.book.written import NoSuchDayError

LARGEST_FILE = 5_000_000
MOST_ROWS = 20_000
HEADINGS = {
    "number": ("請求書番号", "請求番号", "番号", "invoice"),
    "on": ("入金日", "取引日", "日付", "date"),
    "yen": ("入金額", "入金金額", "お預り金額", "預入金額", "金額", "amount"),
    "payer": ("振込人名", "振込依頼人名", "依頼人名", "取引先", "摘要", "payer"),
}
"""The headings that a column is known by, the likeliest first."""
_DASHES = re.compile(r"(?<=\d)[‐‑‒–—―−ー](?=\d)")
"""What stands for a hyphen between figures: banks have ｰ, which is the long vowel of kana."""
NUMBER = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{5}(?!\d)")


class UnreadableReceiptsError(Exception):
    """The file is no list of receipts, and why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A row of the file: its line, the invoice's number ('' for none), the day and the yen (None where they cannot be read)."""

    line: int
    number: str
    on: date | None
    yen: int | None
    payer: str


def read_receipts(content: bytes) -> list[Receipt]:
    """The rows of a file in UTF-8 or cp932. Raises UnreadableReceiptsError where headings are missing, or there is too much of it."""
    if len(content) > LARGEST_FILE:
        raise UnreadableReceiptsError(_("ファイルは%(most)sバイトまでです") % {"most": f"{LARGEST_FILE:,}"})
    try:
        lines = list(csv.reader(StringIO(_text(content), newline="")))
    except csv.Error as error:
        raise UnreadableReceiptsError(_("CSVとして読めません（%(why)s）") % {"why": error}) from None
    first, columns = _headings(lines)
    rows = list(_rows(lines, first, columns))
    if not rows:
        raise UnreadableReceiptsError(_("見出しの下に行がありません"))
    if len(rows) > MOST_ROWS:
        raise UnreadableReceiptsError(_("行は%(most)sまでです") % {"most": f"{MOST_ROWS:,}"})
    return rows


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # No cell of a list holds it, and PostgreSQL keeps no text with it.
        return text.replace("\x00", "")
    raise UnreadableReceiptsError(_("文字コードがUTF-8でもShift_JISでもありません"))


def _headings(lines: list[list[str]]) -> tuple[int, dict[str, int]]:
    """The line of the headings, and the place of each column; banks write lines of their own above them."""
    for at, cells in enumerate(lines):
        plain = [normalize("NFKC", cell).strip().lower() for cell in cells]
        columns = {
            name: next(plain.index(word) for word in words if word in plain)
            for name, words in HEADINGS.items()
            if any(word in plain for word in words)
        }
        if {"on", "yen"} <= columns.keys():
            return at + 1, columns
    raise UnreadableReceiptsError(_("入金日と金額の見出しがありません"))


def _rows(lines: list[list[str]], first: int, columns: dict[str, int]) -> Iterator[Receipt]:
    for at, cells in enumerate(lines[first:], first + 1):
        if not any(cell.strip() for cell in cells):
            continue

        def cell(name: str, cells: list[str] = cells) -> str:
            place = columns.get(name)
            return normalize("NFKC", cells[place]).strip() if place is not None and place < len(cells) else ""

        given = _DASHES.sub("-", cell("number"))
        numbers = set(NUMBER.findall(given or _DASHES.sub("-", normalize("NFKC", " ".join(cells)))))
        number = numbers.pop() if len(numbers) == 1 else given
        yield Receipt(at, number[:64], _day(cell("on")), _yen(cell("yen")), cell("payer")[:255])


def _day(text: str) -> date | None:
    try:
        found = written.day(text)
    except NoSuchDayError:
        return None
    return found[0] if found else None


def _yen(text: str) -> int | None:
    """An amount as banks and spreadsheets write it: 1,234, ¥1,234, 1234円, 1234.00; ▲ and − below zero. None where it is none."""
    plain = re.sub(r"[,¥\\円\s]", "", text)
    plain = re.sub(r"^[▲△−]", "-", re.sub(r"\.0+$", "", plain))
    return int(plain) if re.fullmatch(r"[+-]?\d{1,15}", plain) else None
