"""送付済み and 入金済み as buttons: of an invoice, and of all of a month that go one way."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.admin.month.became import became
from billing.models import Invoice, InvoiceMark, Month
from billing.models.party import SENDINGS
from billing.operations.marks import mark_month_sent, mark_paid, mark_sent, take_mark_back
from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import choice, day, link, moment, page_of, plain, yen
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry, plain_code

MODELS["invoice_mark"] = InvoiceMark
LISTED["invoice_mark"] = (Invoice, "q")

MARKS = "billing.mark_invoice"


class SentForm(forms.Form):
    """When and how it was sent."""

    sent_on = day_field(_("送付日"))
    way = forms.ChoiceField(label=_("送付方法"), choices=SENDINGS)
    note = text_field(_("メモ"), required=False)


class PaidForm(forms.Form):
    """When it was paid in full."""

    paid_on = day_field(
        _("入金日"), help_text=_("全額が入金されたときに記録します。一部の入金は会計ソフトで管理します")
    )
    note = text_field(_("メモ"), required=False)


class MonthSentForm(forms.Form):
    """Which of a month's invoices were sent, and when."""

    way = forms.ChoiceField(label=_("送付方法"), choices=SENDINGS)
    sent_on = day_field(_("送付日"))


class TakeBackForm(forms.Form):
    """Why a mark was wrong."""

    reason = reason_field(_("取消の理由"))


def _month_sent(row: Month, given: Given, by: User) -> int:
    return mark_month_sent(row, **given, on=clock.today(), by=by)


SENT = Verb(
    name="sent",
    label=_("送付済みにする"),
    permission=MARKS,
    form=SentForm,
    do=lambda row, given, by: mark_sent(row, **given, on=clock.today(), by=by),
    done=_("送付済みにしました。"),
    offered=lambda row: row.sent_on is None,
    initial=lambda row: {"sent_on": clock.today(), "way": row.sending},
    then=lambda row, result: page_of(row),
)
PAID = Verb(
    name="paid",
    label=_("入金済みにする"),
    permission=MARKS,
    form=PaidForm,
    do=lambda row, given, by: mark_paid(row, **given, on=clock.today(), by=by),
    done=_("入金済みにしました。"),
    offered=lambda row: row.paid_on is None and row.total_yen != 0,
    initial=lambda row: {"paid_on": clock.today()},
    then=lambda row, result: page_of(row),
)
MONTH_SENT = Verb(
    name="sent",
    label=_("請求書を送付済みにする"),
    permission=MARKS,
    form=MonthSentForm,
    do=_month_sent,
    done=_("送付済みにしました。"),
    offered=lambda row: became(row).unsent > 0,
    initial=lambda row: {"sent_on": clock.today()},
    follows=lambda row, given, rehearsal: [
        str(
            _("%(count)s通を、%(day)sに送付済みとします。")
            % {"count": f"{rehearsal.result:,}", "day": given["sent_on"]}
        )
    ],
    bills=False,
    then=lambda row, result: page_of(row),
)
TAKE_BACK = Verb(
    name="take-back",
    label=_("取り消す"),
    permission=MARKS,
    form=TakeBackForm,
    do=lambda row, given, by: take_mark_back(row, **given, by=by),
    done=_("送付又は入金の記録を取り消しました。"),
    offered=lambda row: row.taken_back_at is None,
    weight="grave",
)

KIND, DONE_ON, WAY = choice("kind", _("種別")), day("done_on", _("日")), choice("way", _("送付方法"))
YEN, NOTE = yen("amount_yen", _("入金額（円）")), plain("note", _("メモ"))
BY, AT = plain("marked_by", _("記録者")), moment("marked_at", _("記録日時"))
BACK = moment("taken_back_at", _("取消日時"))


@admin.register(InvoiceMark)
class InvoiceMarkAdmin(ActingAdmin):
    """Marks of invoices, newest first."""

    whose_path = "invoice__customer__name"
    beside = (link("", _("送付と入金"), name="mark"), DONE_ON, WAY, YEN, NOTE, BY, BACK)
    list_display = (KIND, DONE_ON, link("invoice", _("請求書")), WAY, YEN, NOTE, BY, AT, BACK)
    list_select_related = ("invoice__customer",)
    list_filter = ("kind",)
    search_fields = ("invoice__number",)
    search_help_text = _("請求書番号から検索します")
    fieldsets = (
        (None, {"fields": (link("invoice", _("請求書")), KIND, DONE_ON, WAY, YEN, NOTE, link("receipts", _("入金の一覧")), BY, AT)}),
        (_("取消し"), {"fields": (BACK, plain("taken_back_by", _("取消者")), plain("taken_back_because", _("取消の理由")))}),
    )  # fmt: skip
    verbs = (TAKE_BACK,)

    def found(self, term: str) -> Q:
        return plain_code.begins("invoice__number", term)

    def heading(self, row: Any) -> str:
        return f"{row.invoice.number} {row.get_kind_display()}"

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="invoice_mark", subject=row.invoice.number)
