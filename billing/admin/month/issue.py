"""請求書の発行 as a verb: the day of issue, and what the invoices come to before any of them is there."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.month.became import became
from billing.models import Month
from billing.operations.issuing import SHOWN, Issued, issue
from billing.tasks import ask_for_documents
from contracts import clock
from contracts.admin.kit.columns import iso, page_of, thousands
from contracts.admin.kit.fields import day_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb


class IssueForm(forms.Form):
    """The day of issue."""

    on = day_field(
        _("発行日"),
        help_text=_("月の末日から今日までの日です。請求先と発行者はこの日のものを使います（I-70、I-71）"),
    )

    def clean_on(self) -> Any:
        """No invoice is issued on a day to come."""
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise ValidationError(_("発行日は、今日までの日にしてください。"))
        return on


def _issue(row: Month, given: Given, by: User) -> Issued:
    issued = issue(row, on=given["on"], by=by)
    # Rehearsed it is rolled back, and nothing is asked for.
    transaction.on_commit(lambda: ask_for_documents(row.pk))
    return issued


def _follows(row: Month, given: Given, rehearsal: Rehearsal) -> list[str]:
    """How many, how much, when they fall due, and what is to be looked at before they leave."""
    told: Issued = rehearsal.result
    said = {
        "count": thousands(told.count),
        "yen": thousands(told.total_yen),
        "on": iso(given["on"]),
        "first": iso(told.first_due),
        "last": iso(told.last_due),
        "issuer": told.issuer,
        "bank": told.bank,
        "below": told.below,
        "nothing": told.nothing,
        "mail": told.by_mail,
    }
    found = [gettext("%(count)s通、合計%(yen)s円（税込）を、%(on)sの日付で発行します。") % said]
    if told.first_due == told.last_due:
        found.append(gettext("お支払期限は%(first)sです。") % said)
    else:
        found.append(gettext("お支払期限は、請求先の支払条件により%(first)sから%(last)sまでです。") % said)
    found.append(gettext("発行者は%(issuer)sです。") % said)
    if told.bank:
        found.append(gettext("最初の請求書の振込先は%(bank)sです。") % said)
    else:
        found.append(gettext("振込先が経理の設定にないため、請求書に振込先を記載しません。"))
    if told.below:
        found.append(gettext("%(below)s通は、契約者に返金する額です。") % said)
    if told.nothing:
        found.append(gettext("%(nothing)s通は、0円です。") % said)
    if told.by_mail:
        found.append(gettext("%(mail)s通は、メールで送る請求先のものです。") % said)
    if told.without_address:
        names = [*told.without_address[:SHOWN], *(["…"] if len(told.without_address) > SHOWN else [])]
        named = {"names": gettext("、").join(names)}
        found.append(gettext("郵送する請求先に住所の記録がありません：%(names)s") % named)
    return found


ISSUE = Verb(
    name="issue",
    label=_("請求書を発行"),
    permission="billing.issue_invoice",
    form=IssueForm,
    do=_issue,
    done=_("請求書を発行しました。"),
    offered=lambda row: row.closed_at is not None and not became(row).issued,
    initial=lambda row: {"on": clock.today()},
    follows=_follows,
    by_result=True,
    bills=False,
    help=_(
        "この月の明細のあるすべての契約者又は請求先グループに、番号を付けて請求書を発行します。発行した請求書は変えられません。"
    ),
    weight="main",
    then=lambda row, result: page_of(row),
)
