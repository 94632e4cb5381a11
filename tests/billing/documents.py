"""Papers for tests: a value as the invoice's template takes it, and the text of a PDF as another program reads it."""

import io
from typing import Any

import pypdf


def line_of(**said: Any) -> dict[str, Any]:
    """A line as the template draws it."""
    line = {"number": "SOC00000001", "name": "ベーシック", "mark": "", "fee": "月額費用", "days": "4/1–4/30"}
    line |= {"quantity": "1", "price": "50,000", "amount": "50,000", "tax": "10%"}
    return {**line, "notes": [], **said}


def invoice_of(lines: list[dict[str, Any]], units: int = 1, **said: Any) -> dict[str, Any]:
    """An invoice of those lines, shared out among units."""
    parts = [lines[at::units] for at in range(units)]
    told: dict[str, Any] = {
        "title": "請求書",
        "number": "2025-04-00001",
        "on": [2025, 5, 2],
        "issued": "2025年5月2日",
        "reissued": "",
        "addressee": "株式会社サンプル",
        "honorific": "御中",
        "person": "",
        "department": "",
        "address": [],
        "customer_number": "C0001",
        "order_number": "",
        "issuer": {"name": "株式会社発行者", "registration": "T8700110005901", "lines": [], "seal": None},
        "subject": "ご利用料金 2025年4月分",
        "total": {"label": "ご請求金額（税込）", "yen": "¥55,000-", "plain": "55,000"},
        "days": [["お支払期限", "2025年5月31日"]],
        "sentences": [],
        "rates": [],
        "bank": [],
        "remarks": [],
        "corrects": [],
        "units": [
            {"code": f"U-{at}", "name": "本社", "order_number": "", "lines": part, "subtotal": "50,000"}
            for at, part in enumerate(parts)
        ],
        "before_tax": "50,000",
        "legend": "",
    }
    return told | said


def pages_of(data: bytes) -> list[str]:
    """The text of each page, spaces left out: where words stand is the template's own affair."""
    return ["\n".join(_lines(page.extract_text())) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def text_of(data: bytes) -> str:
    """The text of a whole paper, in one line."""
    return "".join(pages_of(data)).replace("\n", "")


def _lines(text: str) -> list[str]:
    return ["".join(line.split()) for line in text.split("\n")]
