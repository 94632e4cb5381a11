"""The columns of an exported month, and what makes a text safe to open in a spreadsheet."""

from typing import Any

from billing.queries import ExportedLine

HEADINGS = {
    "month": "月",
    "customer": "契約者コード",
    "unit": "管理単位コード",
    "contract": "契約番号",
    "option": "オプション番号",
    "fee": "費目",
    "from_on": "開始日",
    "to_on": "終了日",
    "quantity": "数量",
    "unit_price_yen": "単価（円）",
    "amount_yen": "金額（円）",
    "tax_category": "税区分",
    "clause": "条項",
    "basis": "計算根拠",
}
YEN = frozenset({"unit_price_yen", "amount_yen"})

_STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")


def headings(language: str) -> list[str]:
    """The first row: the columns' names in ``ja`` or ``en``."""
    return list(ExportedLine._fields) if language == "en" else [HEADINGS[name] for name in ExportedLine._fields]


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula, with a ' before it; numbers and days as they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA) else value
