"""請求書のPDF of a month: how many are made, the verb that makes what is missing, and all of them at once."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.document.admin import MAY
from billing.admin.month.became import became
from billing.models import Month
from billing.operations.documents.mail import ask_to_mail_month
from billing.tasks import ask_for_documents
from contracts.admin.kit.columns import column, page_of
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb


def _make(row: Month, given: Given, by: User) -> Month:
    transaction.on_commit(lambda: ask_for_documents(row.pk))
    return row


def _made(row: Month) -> str | None:
    """How many of its invoices have their PDF."""
    found = became(row)
    return f"{found.made:,} / {found.issued:,}" if found.issued else None


MADE = column("documents_made", _("請求書のPDF"), _made)
MAKE = Verb(
    name="documents",
    label=_("請求書のPDFを作る"),
    permission=MAY,
    form=forms.Form,
    do=_make,
    done=_("PDFの作成を依頼しました。"),
    offered=lambda row: became(row).made < became(row).issued,
    help=_("まだPDFのない請求書のPDFを作ります。途中で止まっても、できたものは残り、続きから作ります。"),
)


def _mail(row: Month, given: Given, by: User) -> int:
    return ask_to_mail_month(row, by=by)


def _follows(row: Month, given: Given, rehearsal: Rehearsal) -> list[str]:
    """How many go."""
    return [gettext("%(count)s通を、請求先のメールアドレスへ送ります。") % {"count": f"{rehearsal.result:,}"}]


MAIL = Verb(
    name="mail",
    label=_("請求書をメールで送る"),
    permission=MAY,
    form=forms.Form,
    do=_mail,
    follows=_follows,
    bills=False,
    done=_("送信を依頼しました。次の定時処理で送ります。"),
    offered=lambda row: became(row).to_mail > 0,
    help=_("送付方法がメールの請求先へ、この月の請求書を送ります。既に送信を依頼したものは、もう一度送りません。"),
    then=lambda row, mailed: page_of(row),
)


def links(row: Month) -> list[tuple[Any, str]]:
    """All invoices of a month as one file."""
    return [
        (_("すべての請求書を一つのPDFで"), reverse("admin:billing_invoice_print-all", args=[row.pk])),
        (_("すべての請求書をZIPで"), reverse("admin:billing_invoice_zip-all", args=[row.pk])),
    ]
