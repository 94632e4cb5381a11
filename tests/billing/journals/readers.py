"""A small reader of each package's file, written from its description alone: every slip with its number, and what it comes to."""

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from io import StringIO


@dataclass
class Read:
    """What a package understands of one slip. Yen are what the customer owes: ``gross`` by tax name with its tax, ``net`` by account without."""

    receivable: int = 0
    debits: int = 0
    credits: int = 0
    tax: int = 0
    gross: dict = field(default_factory=lambda: defaultdict(int))
    net: dict = field(default_factory=lambda: defaultdict(int))

    def post(self, account, yen, *, tax_name, tax=0, owed_by=None):
        """One side: ``yen`` above zero on the credit."""
        self.debits, self.credits = self.debits + max(-yen, 0), self.credits + max(yen, 0)
        if account == owed_by:
            self.receivable -= yen
        else:
            tax = tax if yen > 0 else -tax
            self.gross[tax_name] += yen
            self.net[account] += yen - tax
            self.tax += tax


def _rows(data, encoding):
    text = data.decode(encoding)
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")
    return list(csv.reader(StringIO(text, newline="")))


def _whole(cell):
    yen = int(cell or 0)
    assert yen >= 0, "this package takes nothing below zero"
    return yen


def read_yayoi(data, receivable="売掛金", tax_account="仮受消費税等"):
    """By the id in 仕訳メモ; a compound slip from 2110 to 2101."""
    found, open_slip = defaultdict(Read), None
    for row in _rows(data, "cp932"):
        assert len(row) == 25
        flag, memo = row[0], row[21]
        assert flag in {"2000", "2110", "2100", "2101", "2111"}
        assert (open_slip is not None) == (flag in {"2100", "2101"})
        open_slip = row[1] if flag in {"2110", "2100"} else None
        slip = found[memo.removeprefix("CSOC:").split("#")[0]]
        for at, sign in ((4, -1), (10, 1)):
            account, yen = row[at], _whole(row[at + 4]) * sign
            if account == tax_account:
                slip.post("", yen, tax_name=row[at + 3], tax=abs(yen))
            elif account:
                slip.post(account, yen, tax_name=row[at + 3], tax=_whole(row[at + 5]), owed_by=receivable)
            else:
                assert yen == 0
    assert open_slip is None
    return list(found.items())


def _lines_of_deals(rows):
    number = 0
    for row in rows:
        number += bool(row[0])
        yield number, int(row[8])


def read_deals(data):
    """The receivable is implied; what is blank belongs to the deal above."""
    header, *rows = _rows(data, "utf-8-sig")
    assert len(header) == 21
    found, number, sign = defaultdict(Read), "", 0
    for row in rows:
        assert len(row) == 21
        if row[0]:
            number, sign = row[1], {"収入": 1, "支出": -1}[row[0]]
            assert int(row[8]) > 0, "the first line does not lower the deal"
        yen, tax = int(row[8]) * sign, int(row[10]) * sign
        slip = found[number]
        slip.post(row[6], yen, tax_name=row[7], tax=abs(tax))
        slip.receivable += yen
        assert row[9] == ("" if row[7] == "対象外" else "内税")
    for slip in found.values():
        slip.debits = slip.credits = 0
    deals = defaultdict(int)
    for number_of, yen in _lines_of_deals(rows):
        deals[number_of] += yen
    assert all(yen >= 0 for yen in deals.values()), "a deal is for what is owed, one way or the other"
    return list(found.items())


def _pairs(rows, number, sides, words, receivable):
    """Slips of pairs: (account, tax name, gross, tax) on either side."""
    found = defaultdict(Read)
    by_number = {}
    for row in rows:
        invoice = row[words].split(" ")[0]
        assert by_number.setdefault(row[number], invoice) == invoice, "one slip an invoice"
        slip = found[row[number]]
        for (account, tax_name, gross, tax), sign in zip(sides, (-1, 1), strict=True):
            slip.post(
                row[account],
                _whole(row[gross]) * sign,
                tax_name=row[tax_name],
                tax=_whole(row[tax]),
                owed_by=receivable,
            )
    return [(by_number[number], slip) for number, slip in found.items()]


def read_freee_journal(data, receivable="売掛金"):
    header, *rows = _rows(data, "utf-8-sig")
    assert len(header) == 33
    assert header[0] == "[表題行]"
    assert {row[0] for row in rows} <= {"[明細行]"}
    return _pairs(rows, 2, ((4, 16, 15, 17), (18, 30, 29, 31)), 32, receivable)


def read_money_forward(data, receivable="売掛金"):
    header, *rows = _rows(data, "utf-8-sig")
    assert len(header) == 27
    assert header[0] == "取引No"
    return _pairs(rows, 0, ((2, 6, 8, 9), (10, 14, 16, 17)), 18, receivable)


def read_obc(data, receivable="135", encoding="cp932"):
    """Columns are found by their codes; * begins a slip; amounts stand before tax, tax beside them."""
    header, *rows = _rows(data, encoding)
    at = {code: place for place, code in enumerate(header)}
    found = []
    for row in rows:
        if row[at["OBCD001"]] == "*":
            slip = Read()
            found.append((row[at["CSJS100"]].split(" ")[0], slip))
        for side, sign in (("2", -1), ("3", 1)):
            account = row[at[f"CSJS{side}01"]]
            net, tax = (_whole(row[at[f"CSJS{side}{code}"]]) for code in ("13", "14"))
            if account:
                slip.post(account, (net + tax) * sign, tax_name=row[at[f"CSJS{side}03"]], tax=tax, owed_by=receivable)
    return found


READERS = {
    "yayoi_inclusive": read_yayoi,
    "yayoi_separate": read_yayoi,
    "freee_deals": read_deals,
    "freee_journal": read_freee_journal,
    "mf_journal": read_money_forward,
    "obc_csjs": read_obc,
}
