"""勘定奉行 (汎用データ受入): the columns, their codes and the encoding are those that finance configured; amounts before tax beside tax."""

from collections.abc import Iterator

from billing.formats.journals.layout import Cells, Layout, Side, memo, receivable, side, words
from billing.terms.packages import SIDES, PackageMapping
from billing.terms.slip import Slip

FIRST_OF_SLIP = "*"
STANDARD = "0"
"""税率種別 of the standard rate."""


def layout(mapping: PackageMapping) -> Layout:
    """The layout that finance configured: only the columns it names, in its order."""
    fields = tuple(field for _header, field in mapping.columns)

    def rows(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
        for line in _lines(slip, next(numbers)):
            yield [field[1:] if field.startswith("=") else line.get(field, "") for field in fields]

    return Layout(tuple(header for header, _field in mapping.columns), rows, mapping.encoding)


def _lines(slip: Slip, number: int) -> Iterator[dict[str, str | int]]:
    """One compound slip: the receivable once, beside the first entry of the other side."""
    total = slip.total_yen
    entries = list(slip.entries)
    if total:
        first = next(entry for entry in entries if (entry.net_yen > 0) == (total > 0))
        entries = [first, *(entry for entry in entries if entry is not first)]
    for at, entry in enumerate(entries):
        line: dict[str, str | int] = {"day": f"{slip.on:%Y/%m/%d}", "number": number, "words": words(slip, entry)}
        line |= {"mark": "" if at else FIRST_OF_SLIP, "memo": memo(slip, at + 1)}
        line |= _side(slip, side(entry), "credit" if entry.net_yen > 0 else "debit")
        if total and not at:
            line |= _side(slip, receivable(slip, total), "debit" if total > 0 else "credit")
        yield line


def _side(slip: Slip, one: Side, which: str) -> dict[str, str | int]:
    taxed, account = one.percent is not None, one.account
    partner = (slip.partner, slip.customer) if one.is_receivable else ("", "")
    rate: tuple[str | int, str] = (one.percent, STANDARD) if one.percent is not None else ("", "")
    values: tuple[str | int, ...] = (
        *(account.department, account.account, account.sub_account, one.tax_name, *rate, *partner),
        *(one.net_yen, one.tax_yen if taxed else ""),
    )
    return {f"{which}_{name}": value for name, value in zip(SIDES, values, strict=True)}
