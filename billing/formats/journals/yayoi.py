"""弥生会計 (弥生インポート形式): 25 items, no header, cp932. 内税 by default; 別記 where finance asks for it."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from billing.formats.journals.layout import Cells, Layout, Side, memo, pair, receivable, words
from billing.terms.account import TaxCategory
from billing.terms.slip import Slip

MOST_ROWS = 1000
"""What 弥生会計 オンライン takes at a time."""

SINGLE, FIRST, MIDDLE, LAST, ONLY = "2000", "2110", "2100", "2101", "2111"
"""識別フラグ: a journal that is no slip; the lines of a compound one; a slip of one line."""

JOURNAL, TRANSFER = 0, 3
"""タイプ: 仕訳, 振替伝票."""

Sided = tuple[Side | None, Side | None, str]
"""Debit, credit and 摘要 of a line."""


def _inclusive(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
    """A journal an entry, its tax inside."""
    for at, entry in enumerate(slip.entries, 1):
        debit, credit = (_cells(slip, one) for one in pair(slip, entry))
        yield _line(slip, SINGLE, next(numbers), debit, credit, (words(slip, entry), JOURNAL, at))


def _separate(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
    """One compound slip: the receivable once, against it each entry before tax, and tax by category on its own account."""
    lines, number = list(_compound(slip)), next(numbers)
    flags = [FIRST, *[MIDDLE] * (len(lines) - 2), LAST] if len(lines) > 1 else [ONLY]
    for flag, (debit, credit, said) in zip(flags, lines, strict=True):
        debited, credited = (_cells(slip, one, in_tax=False) for one in (debit, credit))
        yield _line(slip, flag, number, debited, credited, (said, TRANSFER, 1))


def _compound(slip: Slip) -> Iterator[Sided]:
    owed = _sided(receivable(slip, slip.total_yen), -slip.total_yen) if slip.total_yen else (None, None)
    for debit, credit, said in _entries(slip):
        # The receivable stands beside the first line that leaves its side free.
        beside = owed != (None, None) and (owed[0] is None or debit is None) and (owed[1] is None or credit is None)
        yield (debit or owed[0], credit or owed[1], said) if beside else (debit, credit, said)
        if beside:
            owed = (None, None)


def _entries(slip: Slip) -> Iterator[Sided]:
    for (category, percent), together in groupby(slip.entries, key=lambda entry: (entry.category, entry.percent)):
        entries = list(together)
        for entry in entries:
            without_tax = Side(entry.account, entry.tax_name, entry.percent, abs(entry.net_yen))
            yield (*_sided(without_tax, entry.net_yen), words(slip, entry))
        if tax := sum(entry.tax_yen for entry in entries):
            what = "減額に係る消費税" if category is TaxCategory.RETURN else "消費税"
            posted = Side(slip.tax_account, entries[0].tax_name, percent, abs(tax))
            yield (*_sided(posted, tax), words(slip, entries[0], f"{what}{percent}%"))


def _sided(one: Side, yen: int) -> tuple[Side | None, Side | None]:
    """On the credit above zero, on the debit below."""
    return (None, one) if yen > 0 else (one, None)


def _cells(slip: Slip, one: Side | None, *, in_tax: bool = True) -> Cells:
    """The six items of a side. There is no column for the partner: it is the receivable's sub-account."""
    if one is None:
        return ["", "", "", slip.receivable_tax, 0, 0]
    sub_account = one.account.sub_account or (slip.partner if one.is_receivable else "")
    yen = [one.gross_yen, one.tax_yen] if in_tax else [one.net_yen, 0]
    return [one.account.account, sub_account, one.account.department, one.tax_name, *yen]


def _line(slip: Slip, flag: str, number: int, debit: Cells, credit: Cells, rest: tuple[str, int, int]) -> Cells:
    said, kind, at = rest
    beginning: list[Any] = [flag, number, "", f"{slip.on:%Y/%m/%d}"]
    return [*beginning, *debit, *credit, said, "", "", kind, "", memo(slip, at), "0", "0", "no"]


INCLUSIVE = Layout((), _inclusive, "cp932", quoted=True, most_rows=MOST_ROWS)
SEPARATE = Layout((), _separate, "cp932", quoted=True, most_rows=MOST_ROWS)
