"""マネーフォワード クラウド会計 (仕訳帳インポート): 27 columns, tax inside, pairs under one 取引No."""

from collections.abc import Iterator

from billing.formats.journals.layout import Cells, Layout, Side, memo, pair, words
from billing.terms.slip import Slip

_OF_A_SIDE = ("勘定科目", "補助科目", "部門", "取引先", "税区分", "インボイス", "金額(円)", "税額")
HEADER = (
    *("取引No", "取引日"),
    *(f"{side}{name}" for side in ("借方", "貸方") for name in _OF_A_SIDE),
    *("摘要", "仕訳メモ", "タグ", "MF仕訳タイプ", "決算整理仕訳", "作成日時", "作成者", "最終更新日時", "最終更新者"),
)


def _slip(slip: Slip, numbers: Iterator[int]) -> Iterator[Cells]:
    number = next(numbers)
    for at, entry in enumerate(slip.entries, 1):
        debit, credit = (_side(slip, one) for one in pair(slip, entry))
        yield [
            number,
            f"{slip.on:%Y/%m/%d}",
            *debit,
            *credit,
            words(slip, entry),
            memo(slip, at),
            *[""] * 7,
        ]


def _side(slip: Slip, one: Side) -> Cells:
    account = one.account
    whose = [account.account, account.sub_account, account.department, slip.partner, one.tax_name, ""]
    return [*whose, one.gross_yen, one.tax_yen]


JOURNAL = Layout(HEADER, _slip, "utf-8", bom=True)
