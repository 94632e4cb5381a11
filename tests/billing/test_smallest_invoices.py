"""請求書 at the edge of nothing: one yen, no yen, and what is given back; the tax of each rate once an invoice, on its sum."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from billing.models import Invoice, InvoiceRate, Month
from billing.operations.check_ledger import check_ledger
from billing.operations.documents.making import document_of
from billing.operations.invoices import issue_invoices
from tests.billing.documents import text_of
from tests.billing.ledger import close
from tests.contracts.book.build import book, customer, module, must_take, outage, priced, tier, unit

pytestmark = pytest.mark.django_db


def of(name: str, tier_yen: int, module_yen: int, units: int = 1) -> list[Any]:
    """A customer of so many units, each with a tier and a module at those prices a month."""
    rows = [customer(f"C-{name}", f"株式会社{name}")]
    for n in range(1, units + 1):
        own = {"of": f"U-{name}{n}", "application": f"A-{name}{n}"}
        rows += [unit(own["of"], f"C-{name}"), tier(number=f"T-{name}{n}", **own), module(number=f"M-{name}{n}", **own)]
        rows += [*priced(f"T-{name}{n}", tier_yen), *priced(f"M-{name}{n}", module_yen)]
    return rows


@pytest.fixture
def issued(tmp_path: Path) -> dict[str, Invoice]:
    """May 2025, closed and issued: the invoices by the customer's name."""
    rows = [*of("壱", 1, 0), *of("零", 0, 0), *of("端", 5, 0, units=3), *of("返", 300, 0)]
    rows.append(outage("T-返1", "2025-04-01T00:00", "2025-05-01T00:00", "2025-05-20"))
    must_take(book(*rows), tmp_path / "book")
    close("2025-03", until="2025-05")
    issue_invoices(Month.objects.get(month=date(2025, 5, 1)), on=date(2026, 1, 6), by="経理")
    return {invoice.addressee[-1]: invoice for invoice in Invoice.objects.all()}


def paper(invoice: Invoice) -> str:
    """What the invoice's PDF says."""
    return text_of(bytes(document_of(invoice, by="経理").pdf))


def rates(invoice: Invoice) -> list[tuple[int, int, int, int]]:
    """Percent, yen taxed, yen given back, tax."""
    found = InvoiceRate.objects.filter(invoice=invoice)
    return list(found.values_list("percent", "taxable_yen", "returned_yen", "tax_yen"))


def test_who_owes_nothing_and_was_charged_nothing_gets_none(issued: dict[str, Invoice]) -> None:
    assert set(issued) == {"壱", "端", "返"}
    assert list(check_ledger()) == []


def test_of_one_yen_the_tax_is_none(issued: dict[str, Invoice]) -> None:
    assert (issued["壱"].total_yen, rates(issued["壱"])) == (1, [(10, 1, 0, 0)])
    assert "ご請求金額（税込）¥1-" in paper(issued["壱"])


def test_tax_is_rounded_once_an_invoice_and_not_once_a_line(issued: dict[str, Invoice]) -> None:
    """I-05: of three lines of 5 yen one yen; line by line it would be none."""
    assert (issued["端"].total_yen, rates(issued["端"])) == (16, [(10, 15, 0, 1)])


def test_what_is_given_back_whole_is_an_invoice_that_asks_for_nothing(issued: dict[str, Invoice]) -> None:
    assert (issued["返"].total_yen, rates(issued["返"])) == (0, [(10, 300, -300, 0)])
    said = paper(issued["返"])
    assert "今回お支払いいただく額はありません。" in said
    assert "お支払期限" not in said
