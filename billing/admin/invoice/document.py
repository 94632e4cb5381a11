"""請求書: the list, each with the paper that is sent, what is corrected by it and what corrects it; all of a month at once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from billing.admin.document import files
from billing.admin.document.admin import DOCUMENT_COLUMNS, MAY, ToForm
from billing.admin.kit.filters import MonthFilter
from billing.models import ChargeLine, Document, Invoice
from billing.operations.documents.mail import ask_to_mail
from billing.operations.documents.making import corrected_by, correcting, document_of, reissue
from contracts import clock
from contracts.admin.kit.base import Related, by_code, list_of
from contracts.admin.kit.columns import column, day, link, number, own_page, plain, yen
from contracts.admin.kit.days import DayField
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb, reason_field
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
RATES = (
    column("percent", _("税率"), lambda row: f"{row.percent}%"),
    yen("taxable_yen", _("課税対象額")),
    yen("returned_yen", _("対価の返還額")),
    yen("tax_yen", _("消費税額")),
)


class ReissueForm(forms.Form):
    """On which day an invoice is issued again, and why."""

    on = DayField(label=_("再発行の日"))
    reason = reason_field(_("再発行の理由"))


def _reissue(row: Invoice, given: Given, by: User) -> Document:
    return reissue(row, by=by, **given)


def _mail(row: Invoice, given: Given, by: User) -> Invoice:
    ask_to_mail(document_of(row, by=str(by)), by=by, **given)
    return row


REISSUE = Verb(
    name="reissue",
    label=_("再発行"),
    permission=MAY,
    form=ReissueForm,
    initial=lambda row: {"on": clock.today()},
    do=_reissue,
    done=_("再発行しました。PDFには「再発行」と日付が入ります。"),
    help=_(
        "同じ番号、同じ内容の請求書を、「再発行」の印と日付を付けて作ります。前の請求書はそのまま残ります（I-72）。"
    ),
    then=lambda row, made: reverse("admin:billing_document_change", args=[made.pk]),
)
MAIL = Verb(
    name="mail",
    label=_("メールで送る"),
    permission=MAY,
    form=ToForm,
    do=_mail,
    done=_("送信を依頼しました。次の定時処理で送ります。"),
    help=_("請求書のPDFを添付したメールを、送信の列に加えます。同じ請求書は、同じ宛先へ一度だけ送ります。"),
)


@admin.register(Invoice)
class InvoiceAdmin(ActingAdmin):
    """Issued invoices of a month, in the order of their numbers."""

    list_display = (NUMBER, MONTH, ADDRESSEE, CUSTOMER, ISSUED, DUE, LINES, TAX, TOTAL)
    list_select_related = ("month", "customer", "group")
    list_filter = (MonthFilter, by_code("customer", _("契約者コード"), "customer__code"))
    ordering = ("number",)
    search_fields = ("number",)
    search_help_text = FINDS
    beside = (own_page("number", _("請求書番号"), lambda row: row.number), MONTH, ISSUED, DUE, TOTAL)
    fieldsets = (
        (None, {"fields": (NUMBER, MONTH, ADDRESSEE, CUSTOMER, link("group", _("請求先グループ")))}),
        (_("金額（円）"), {"fields": (LINES, yen("out_of_scope_yen", _("不課税の額")), TAX, TOTAL)}),
        (
            _("発行"),
            {"fields": (ISSUED, DUE, plain("issuer", _("発行者")), plain("registration", _("登録番号")), plain("policy", _("経理方針の版")))},
        ),
    )  # fmt: skip
    verbs = (REISSUE, MAIL)

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
        return [
            Related(row.rates.order_by("-percent"), RATES),
            Related(row.documents.order_by("edition"), DOCUMENT_COLUMNS),
            Related(corrected_by(row), heading=_("この請求書が訂正した請求書")),
            Related(correcting(row), heading=_("この請求書を訂正した請求書")),
        ]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [
            (_("請求書（PDF）"), reverse("admin:billing_invoice_print", args=[row.pk])),
            (_("この請求書の明細"), list_of(ChargeLine, invoice=row.number)),
        ]

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="invoice", subject=str(row.month))
