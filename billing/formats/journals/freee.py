"""freee会計: deals (取引インポート, 21 columns), by which receivables stay open; or transfer slips (仕訳インポート, 33 columns)."""

from collections.abc import Iterator

from billing.formats.journals.layout import Cells, Layout, Side, dated, pair, words
from billing.terms.slip import Slip, SlipEntry

MOST_ROWS_OF_JOURNAL = 5000
DEALS_HEADER = (
    *(
        "収支区分",
        "管理番号",
        "発生日",
        "決済期日",
        "取引先コード",
        "取引先",
        "勘定科目",
        "税区分",
        "金額",
        "税計算区分",
    ),
    *(
        "税額",
        "備考",
        "品目",
        "部門",
        "メモタグ（複数指定可、カンマ区切り）",
        "セグメント1",
        "セグメント2",
        "セグメント3",
    ),
    *("決済日", "決済口座", "決済金額"),
)
_OF_A_SIDE = (
    *("勘定科目", "科目コード", "補助科目", "取引先", "取引先コード", "部門", "品目", "メモタグ"),
    *("セグメント1", "セグメント2", "セグメント3", "金額", "税区分", "税額"),
)
JOURNAL_HEADER = (
    *("[表題行]", "日付", "伝票番号", "決算整理仕訳"),
    *(f"{side}{name}" for side in ("借方", "貸方") for name in _OF_A_SIDE),
    "摘要",
)
INSIDE = "内税"


def _deal(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
    """One open deal: the first line says whose it is, the others belong to it; what lowers it is below zero there (I-66).

    The first line is one that does not lower it. A deal is for what is owed to us (収入), or by us (支出): a slip below zero is one of those, its signs turned round.
    """
    sign = 1 if slip.total_yen >= 0 else -1
    first = max(slip.entries, key=lambda entry: entry.gross_yen * sign > 0)
    entries = [first, *(entry for entry in slip.entries if entry is not first)]
    day = f"{slip.on:%Y/%m/%d}"
    whose: Cells = [
        "収入" if sign > 0 else "支出",
        slip.number,
        day,
        f"{slip.due_on:%Y/%m/%d}",
        slip.customer,
        slip.partner,
    ]
    for entry in entries:
        yield [*whose, *_line(slip, entry, sign)]
        whose = ["", "", day, "", "", ""]


def _line(slip: Slip, entry: SlipEntry, sign: int) -> Cells:
    account = entry.account
    said = ("取消 " if slip.reversal else "") + dated(slip, entry, in_full=True)
    yen: Cells = [entry.gross_yen * sign, INSIDE if entry.percent is not None else "", entry.tax_yen * sign]
    return [account.account, entry.tax_name, *yen, said, account.sub_account, account.department, *[""] * 7]


def _journal(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
    """Pairs under one slip number, tax inside."""
    number = next(numbers)
    for entry in slip.entries:
        debit, credit = (_side(slip, one) for one in pair(slip, entry))
        yield ["[明細行]", f"{slip.on:%Y/%m/%d}", number, "", *debit, *credit, words(slip, entry)]


def _side(slip: Slip, one: Side) -> Cells:
    account = one.account
    whose = [account.account, "", account.sub_account, slip.partner, slip.customer, account.department]
    return [*whose, *[""] * 5, one.gross_yen, one.tax_name, one.tax_yen]


DEALS = Layout(DEALS_HEADER, _deal, "utf-8", bom=True)
JOURNAL = Layout(JOURNAL_HEADER, _journal, "utf-8", bom=True, most_rows=MOST_ROWS_OF_JOURNAL)
