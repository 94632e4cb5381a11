"""請求書: the list, each with the document that is sent, what it corrects and what corrects it; all of a month at once."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.document import files, of_invoice
from billing.admin.invoice.marks import PAID, SENT
from billing.admin.invoice.wanted import BecameFilter, InvoiceMonthFilter, WantedFilter
from billing.models import ChargeLine, Invoice
from billing.operations.statement import paper_of
from contracts import clock
from contracts.admin.kit.base import Related, by_code, list_of
from contracts.admin.kit.columns import choice, column, day, link, number, own_page, plain, yen
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry, plain_code

MODELS["invoice"] = Invoice
LISTED["invoice"] = (Invoice, "month")

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
    verbs = (SENT, PAID, of_invoice.MAIL, of_invoice.REISSUE)
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
            path("<int:invoice_id>/print/", site(files.invoice_pdf), name="billing_invoice_print"),
            path("of/<int:month_id>/print/", site(files.month_pdf), name="billing_invoice_print-all"),
            path("of/<int:month_id>/zip/", site(files.month_zip), name="billing_invoice_zip-all"),
            *super().get_urls(),
        ]

    def found(self, term: str) -> Q:
        return plain_code.begins("number", term) | Q(customer__in=customers_found(term))

    def related(self, row: Any) -> list[Related]:
        marks = row.marks.select_related("invoice").order_by("pk")
        return [Related(row.rates.order_by("-percent"), RATES), Related(marks), *of_invoice.related(row)]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [
            (_("請求書（PDF）"), reverse("admin:billing_invoice_print", args=[row.pk])),
            (_("この請求書の明細"), list_of(ChargeLine, invoice=row.number)),
        ]

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="invoice", subject=str(row.month))
