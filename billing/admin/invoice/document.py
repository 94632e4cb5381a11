"""請求書: the list, each as the document that is sent, and all of a month to be printed at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.invoice.marks import PAID, SENT
from billing.admin.invoice.wanted import BecameFilter, InvoiceMonthFilter, WantedFilter
from billing.models import ChargeLine, Invoice, InvoiceRate, InvoiceUnit, Month
from billing.operations.statement import Stated, paper_of
from billing.terms.account import TaxCategory
from billing.terms.tax import tax_yen
from contracts import clock
from contracts.admin.kit.base import Related, by_code, list_of
from contracts.admin.kit.columns import choice, column, day, link, number, own_page, plain, thousands, yen
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry, plain_code
from contracts.models.bulk import slices
from contracts.terms.days import ONE_DAY, next_month

MODELS["invoice"] = Invoice
LISTED["invoice"] = (Invoice, "month")

VIEW = "billing.view_invoice"
INVOICES_AT_ONCE = 100
ROW = (
    '<tr><td class="code">{number}<br><small>{name}</small></td><td class="fee">{fee}{mark}</td>'
    '<td class="days">{first}{rest}</td><td class="number price">{price}</td>'
    '<td class="basis">{lowers}{basis}</td><td class="number">{amount}円</td></tr>\n'
)
"""A row of the document; whatever was typed by people is escaped as it is filled in."""

NUMBER, ADDRESSEE = plain("number", _("請求書番号")), plain("addressee", _("宛名"))
MONTH = column("month_name", _("月"), lambda row: f"{row.month.month:%Y-%m}")
CUSTOMER, ISSUED, DUE = link("customer", _("契約者")), day("issued_on", _("発行日")), day("due_on", _("お支払期限"))
LINES, TAX, TOTAL = (
    number("line_count", _("明細数")),
    yen("tax_yen", _("消費税額")),
    yen("total_yen", _("請求金額（円、税込）")),
)
SENDING = choice("sending", _("送付方法"))
ADDRESSED = column("addressed", _("宛先の記載"), lambda row: " ".join(paper_of(row).addressee.lines))
ORDER = column("order_number", _("注文番号"), lambda row: paper_of(row).addressee.order_number)
BANK = column("bank", _("振込先"), lambda row: paper_of(row).bank)


def _became(row: Invoice) -> str:
    """What became of it, in one cell: sent, paid, or overdue since when."""
    said = []
    if row.sent_on:
        said.append(gettext("送付 %(day)s") % {"day": f"{row.sent_on:%m-%d}"})
    if row.paid_on:
        said.append(gettext("入金 %(day)s") % {"day": f"{row.paid_on:%m-%d}"})
    elif row.total_yen and row.due_on < clock.today():
        said.append(gettext("期限超過"))
    return " ・ ".join(said) or gettext("未送付")


BECAME = column("became", _("状態"), _became)
RATES = (
    column("percent", _("税率"), lambda row: f"{row.percent}%"),
    yen("taxable_yen", _("課税対象額")),
    yen("returned_yen", _("対価の返還額")),
    yen("tax_yen", _("消費税額")),
)


@admin.register(Invoice)
class InvoiceAdmin(ActingAdmin):
    """Issued invoices of a month, in the order of their numbers."""

    list_display = (NUMBER, ADDRESSEE, CUSTOMER, ISSUED, DUE, TOTAL, BECAME)
    list_select_related = ("month", "customer", "group")
    list_filter = (
        WantedFilter,
        BecameFilter,
        InvoiceMonthFilter,
        by_code("customer", _("契約者コード"), "customer__code"),
    )
    ordering = ("number",)
    verbs = (SENT, PAID)
    search_fields = ("number",)
    search_help_text = FINDS
    beside = (own_page("number", _("請求書番号"), lambda row: row.number), DUE, TOTAL, BECAME)
    fieldsets = (
        (None, {"fields": (NUMBER, MONTH, ADDRESSEE, CUSTOMER, link("group", _("請求先グループ")))}),
        (_("金額（円）"), {"fields": (LINES, yen("out_of_scope_yen", _("不課税の額")), TAX, TOTAL)}),
        (
            _("発行"),
            {"fields": (ISSUED, DUE, plain("issuer", _("発行者")), plain("registration", _("登録番号")), BANK, plain("policy", _("経理方針の版")))},
        ),
        (_("宛先"), {"fields": (ADDRESSED, SENDING, ORDER)}),
        (_("送付と入金"), {"fields": (BECAME,)}),
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("<int:invoice_id>/print/", site(document), name="billing_invoice_print"),
            path("of/<int:month_id>/print/", site(documents), name="billing_invoice_print-all"),
            *super().get_urls(),
        ]

    def found(self, term: str) -> Q:
        return plain_code.begins("number", term) | Q(customer__in=customers_found(term))

    def related(self, row: Any) -> list[Related]:
        marks = row.marks.select_related("invoice").order_by("pk")
        return [Related(row.rates.order_by("-percent"), RATES), Related(marks)]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [
            (_("請求書を印刷"), reverse("admin:billing_invoice_print", args=[row.pk])),
            (_("この請求書の明細"), list_of(ChargeLine, invoice=row.number)),
        ]

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="invoice", subject=str(row.month))


def document(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """One invoice as it is sent."""
    _may(request)
    row = Invoice.objects.select_related("month").filter(pk=invoice_id).first()
    if row is None:
        raise Http404
    return HttpResponse("".join(_pages([row], f"請求書 {row.number}")))


def documents(request: HttpRequest, month_id: int) -> StreamingHttpResponse:
    """Every invoice of a month in the order of their numbers, a hundred at a time."""
    _may(request)
    month = Month.objects.filter(pk=month_id).first()
    if month is None:
        raise Http404
    rows = Invoice.objects.filter(month=month).select_related("month").order_by("number")
    return StreamingHttpResponse(_pages(rows.iterator(chunk_size=INVOICES_AT_ONCE), f"請求書 {month}"))


def _may(request: HttpRequest) -> None:
    if not request.user.has_perm(VIEW):
        raise PermissionDenied


def _pages(rows: Iterable[Invoice], title: str) -> Iterator[str]:
    """The document in pieces. It is Japanese, whatever the language of the screen: it is a Japanese invoice."""
    with translation.override("ja"):
        icon, style = static("contracts/icon.svg"), static("billing/invoice.css")
        yield render_to_string("billing/invoice_head.html", {"title": title, "icon": icon, "style": style})
    for some in slices(rows, INVOICES_AT_ONCE):
        with translation.override("ja"):
            told = _told(some)
            pages = [render_to_string("billing/invoice.html", one) for one in told]
        yield "".join(pages)
    yield "</body></html>"


def _told(invoices: list[Invoice]) -> list[dict[str, Any]]:
    """What each document says: two queries for all of them."""
    rates: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for rate in InvoiceRate.objects.filter(invoice__in=invoices).order_by("-percent"):
        rates[rate.invoice_id].append(
            {
                "percent": rate.percent,
                "taxable": thousands(rate.taxable_yen),
                "returned": thousands(rate.returned_yen) if rate.returned_yen else "",
                "returned_tax": thousands(tax_yen(rate.returned_yen, rate.percent)),
                "net": thousands(rate.taxable_yen + rate.returned_yen),
                "tax": thousands(rate.tax_yen),
            }
        )
    units: defaultdict[int, list[InvoiceUnit]] = defaultdict(list)
    for unit in InvoiceUnit.objects.filter(invoice__in=invoices).order_by("code"):
        units[unit.invoice_id].append(unit)
    return [_invoice(invoice, rates[invoice.pk], units[invoice.pk]) for invoice in invoices]


def _mark(line: Stated) -> str:
    """How tax treats the line, where it is not simply taxable; what raises an amount gives nothing back (I-44)."""
    if line["tax_category"] == TaxCategory.OUT_OF_SCOPE:
        return "不課税"
    return "返還" if line["tax_category"] == TaxCategory.RETURN and line["amount_yen"] < 0 else ""


def _lowers(line: Stated) -> str:
    """The month and the invoice that a line corrects: what gives back names what it lowers (適格返還請求書, I-44)."""
    if not line["corrects_month"]:
        return ""
    what = "返還" if _mark(line) == "返還" else "訂正"
    invoice = f"（請求書 {line['corrects_invoice']}）" if line["corrects_invoice"] else ""
    return f"{what}の対象：{line['corrects_month']}分{invoice}"


def _row(line: Stated) -> str:
    """A row of the document, made of nothing but what was stated when it was issued.

    Not by the template, which takes ten times as long: a month has rows by the million.
    """
    first, last = line["from_on"], line["to_on"]
    mark, lowers = _mark(line), _lowers(line)
    price = f"{thousands(line['quantity'])}<br><small>× {thousands(line['unit_price_yen'])}円</small>"
    return ROW.format(
        number=escape(line["number"]),
        name=escape(line["name"]),
        fee=escape(line["fee"]),
        mark=f' <small class="mark">{mark}</small>' if mark else "",
        first=escape(first),
        rest="" if first == last else f"<br>〜{escape(last)}<br><small>{line['days']}日</small>",
        price="" if line["corrects_month"] else price,
        lowers=f"<b>{escape(lowers)}</b><br>" if lowers else "",
        basis=escape(line["basis"]),
        amount=thousands(line["amount_yen"]),
    )


def _invoice(row: Invoice, rates: list[dict[str, Any]], units: list[InvoiceUnit]) -> dict[str, Any]:
    first = row.month.month
    return {
        "invoice": row,
        "first": first,
        "last": next_month(first) - ONE_DAY,
        "total": thousands(abs(row.total_yen)),
        "refund": row.total_yen < 0,
        "tax": thousands(row.tax_yen),
        "out_of_scope": thousands(row.out_of_scope_yen) if row.out_of_scope_yen else "",
        "rates": rates,
        "units": [(f"{unit.code} {unit.name}", mark_safe("".join(map(_row, unit.lines)))) for unit in units],
    }
