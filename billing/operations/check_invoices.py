"""請求書の検査: invoices are what the month's lines come to, with no number left out, marked as their marks say."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Sum

from billing.facts.policy import policies
from billing.models import ChargeLine, Invoice, InvoiceMark, InvoiceRate, InvoiceUnit, Month
from billing.models.mark import MARKS
from billing.operations.marks import COLUMN, PAID
from billing.terms.account import TaxCategory
from billing.terms.invoice import Part, amounts
from billing.terms.policy import policy_on
from contracts.models.bulk import slices

UNITS_AT_ONCE = 500
COMPARED = ("pk", "from_on", "to_on", "quantity", "unit_price_yen", "amount_yen", "tax_category", "basis")
"""What an invoice says of a line and the line has too; its words for unit and target are its own."""


def invoices_are_the_lines() -> Iterator[str]:
    """Every line of an invoiced month is on one invoice, and each invoice's amounts and taxes are those of its lines (I-05)."""
    for month in Month.objects.filter(invoices__isnull=False).distinct().order_by("month"):
        stated = InvoiceUnit.objects.filter(month=month)
        of_unit = {
            (customer, unit): invoice
            for customer, unit, invoice in stated.values_list("invoice__customer_id", "unit_id", "invoice_id")
        }
        parts: defaultdict[int, list[Part]] = defaultdict(list)
        counts: defaultdict[int, int] = defaultdict(int)
        lines = ChargeLine.objects.filter(month=month).order_by()
        keys = ("customer_id", "unit_id", "tax_category", "corrects_month")
        sums = lines.values_list(*keys).annotate(Sum("amount_yen"), Count("pk"))
        for customer, unit, category, corrects, yen, count in sums.iterator():
            invoice = of_unit.get((customer, unit))
            if invoice is None:
                yield f"{month}：管理単位ID {unit}の明細が、どの請求書にもありません。"
                continue
            percent = policy_on(policies(), corrects or month.month).tax_percent
            parts[invoice].append(Part(percent, TaxCategory(category), yen))
            counts[invoice] += count
        yield from _as_stored(month, parts, counts)


def _as_stored(month: Month, parts: dict[int, list[Part]], counts: dict[int, int]) -> Iterator[str]:
    rates: defaultdict[int, set[tuple[int, ...]]] = defaultdict(set)
    rows = InvoiceRate.objects.filter(invoice__month=month)
    for invoice_id, *values in rows.values_list("invoice_id", "percent", "taxable_yen", "returned_yen", "tax_yen"):
        rates[invoice_id].add(tuple(values))
    for invoice in Invoice.objects.filter(month=month).order_by("number"):
        sums = amounts(parts.get(invoice.pk, ()))
        stored = (invoice.line_count, invoice.out_of_scope_yen, invoice.tax_yen, invoice.total_yen)
        if stored != (counts.get(invoice.pk, 0), sums.out_of_scope_yen, sums.tax_yen, sums.total_yen):
            yield f"請求書{invoice}の金額が、明細から計算した額（税込{sums.total_yen:,}円）と異なります。"
        if rates[invoice.pk] != {(r.percent, r.taxable_yen, r.returned_yen, r.tax_yen) for r in sums.rates}:
            yield f"請求書{invoice}の税率ごとの額が、明細から計算した額と異なります。"


def invoices_say_their_lines() -> Iterator[str]:
    """What each invoice says of each of its lines is the line: days, quantity, price, amount and tax category."""
    for month in Month.objects.filter(invoices__isnull=False).distinct().order_by("month"):
        stated = InvoiceUnit.objects.filter(month=month).order_by("unit_id").select_related("invoice")
        for some in slices(stated.iterator(chunk_size=UNITS_AT_ONCE), UNITS_AT_ONCE):
            lines = ChargeLine.objects.filter(month=month, unit__in=[row.unit_id for row in some]).order_by()
            found: defaultdict[tuple[int, int], set[tuple[str, ...]]] = defaultdict(set)
            for customer, unit, *values in lines.values_list("customer_id", "unit_id", *COMPARED).iterator():
                found[customer, unit].add(tuple(map(str, values)))
            for row in some:
                said = {tuple(str(line[name]) for name in ("line", *COMPARED[1:])) for line in row.lines}
                if said != found[row.invoice.customer_id, row.unit_id] or len(row.lines) != len(said):
                    yield f"請求書{row.invoice}：管理単位{row.code}の記載（{len(row.lines)}行）が、明細と異なります。"


def invoice_numbers_have_no_gap() -> Iterator[str]:
    """The invoices of each month are numbered 00001, 00002 … to the last."""
    for month in Month.objects.filter(invoices__isnull=False).distinct().order_by("month"):
        numbers = list(Invoice.objects.filter(month=month).order_by("number").values_list("number", flat=True))
        wanted = [f"{month}-{position:05}" for position in range(1, len(numbers) + 1)]
        if numbers != wanted:
            yield f"{month}：請求書番号に欠番又は重複があります。"


def invoices_are_marked_as_told() -> Iterator[str]:
    """What an invoice says of its sending and payment is what its marks say."""
    if not Invoice.objects.exists():
        # Nor is there a mark then: each is of an invoice.
        return
    for kind, column in COLUMN.items():
        marks = InvoiceMark.objects.filter(kind=kind, taken_back_at=None)
        unlike = marks.exclude(**{f"invoice__{column}": F("done_on")}) | marks.filter(**{f"invoice__{column}": None})
        marked = Exists(marks.filter(invoice=OuterRef("pk")))
        without = Invoice.objects.exclude(**{column: None}).exclude(marked)
        numbers = {*unlike.values_list("invoice__number", flat=True), *without.values_list("number", flat=True)}
        for number in sorted(numbers):
            yield f"請求書{number}の{dict(MARKS)[kind]}の日が、その記録と異なります。"
    for mark in InvoiceMark.objects.filter(kind=PAID, taken_back_at=None).exclude(amount_yen=F("invoice__total_yen")):
        yield f"請求書{mark.invoice.number}の入金額が、請求金額と異なります。"
