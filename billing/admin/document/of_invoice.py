"""請求書の書面 as verbs of an invoice: issued again, sent by mail; with its documents and what it corrects beside it."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from billing.admin.document.admin import DOCUMENT_COLUMNS, MAY, ToForm
from billing.models import Document, Invoice
from billing.operations.documents.mail import ask_to_mail
from billing.operations.documents.making import corrected_by, correcting, document_of, reissue
from billing.operations.statement import paper_of
from contracts import clock
from contracts.admin.kit.base import Related
from contracts.admin.kit.columns import page_of
from contracts.admin.kit.fields import day_field, reason_field
from contracts.admin.kit.verb import Given, Verb


class ReissueForm(forms.Form):
    """On which day an invoice is issued again, and why."""

    on = day_field(_("再発行の日"))
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
    then=lambda row, made: page_of(made),
)
MAIL = Verb(
    name="mail",
    label=_("メールで送る"),
    permission=MAY,
    form=ToForm,
    initial=lambda row: {"to": paper_of(row).addressee.email},
    do=_mail,
    done=_("送信を依頼しました。次の定時処理で送ります。"),
    help=_("請求書のPDFを添付したメールを、送信の列に加えます。同じ請求書は、同じ宛先へ一度だけ送ります。"),
)


def related(row: Any) -> list[Related]:
    """Its documents, the invoices that it corrects, and those that correct it."""
    return [
        Related(row.documents.order_by("edition"), DOCUMENT_COLUMNS),
        Related(corrected_by(row).select_related("month"), heading=_("この請求書が訂正した請求書")),
        Related(correcting(row).select_related("month"), heading=_("この請求書を訂正した請求書")),
    ]
