"""案内と見積書 as verbs of an application and of a unit: what they will say first, then made, numbered and kept."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Document
from billing.operations.documents.letter import Letter, keep_letter
from billing.operations.documents.letters import leaving_letter, quotation, renewal_letter, start_letter
from contracts import clock
from contracts.admin.application.admin import ApplicationAdmin
from contracts.admin.kit.columns import iso, page_of
from contracts.admin.kit.fields import day_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.unit.admin import ManagementUnitAdmin
from contracts.models import Application, ManagementUnit, Notice

LETTERS_MAY = "billing.make_letter"


class DayForm(forms.Form):
    """The day that the letter bears."""

    on = day_field(_("書面の日付"))


class QuotationForm(DayForm):
    """The day of a quotation, and how long it holds."""

    valid_until = day_field(_("有効期限"))


class LeavingForm(DayForm):
    """Which notice is confirmed to the customer."""

    notice = forms.ModelChoiceField(label=_("解約通知"), queryset=Notice.objects.none(), empty_label=None)


def _fit(form: Any, row: ManagementUnit) -> None:
    """The notices of the unit that stand, the latest first; those of one letter are told in one."""
    rows = Notice.objects.standing().filter(target__unit=row).select_related("target").order_by("-arrived_on", "-pk")
    form.fields["notice"].queryset = rows
    form.fields["notice"].label_from_instance = lambda one: f"{one.arrived_on} {one.target.number}"


def _today(row: Any) -> dict[str, Any]:
    return {"on": clock.today()}


def _start(row: Application, given: Given) -> Letter:
    return start_letter(row, on=given["on"])


def _quotation(row: Application, given: Given) -> Letter:
    return quotation(row, on=given["on"], valid_until=given["valid_until"])


def _leaving(row: ManagementUnit, given: Given) -> Letter:
    return leaving_letter(given["notice"], on=given["on"])


def _renewal(row: ManagementUnit, given: Given) -> Letter:
    return renewal_letter(row, on=given["on"])


def _follows(row: Any, given: Given, rehearsal: Rehearsal) -> list[str]:
    """To whom it goes, under which date, and what it tells."""
    made: Document = rehearsal.result
    said = {"kind": made.get_kind_display(), "on": iso(made.on), "addressee": made.addressee}
    found = [gettext("%(kind)sを、%(addressee)s宛てに%(on)sの日付で作ります。") % said]
    for table in made.told["tables"]:
        found += ["　".join(cell for cell in row if cell) for row in table["rows"]]
    return found + [f"{name}：{value}" for name, value in made.told["facts"]]


def _making(name: str, label: Any, what: Callable[[Any, Given], Letter], **more: Any) -> Verb:
    """The verb of one kind of letter: shown, confirmed, made, and opened."""

    def do(row: Any, given: Given, by: User) -> Document:
        unit = row if isinstance(row, ManagementUnit) else row.unit
        return keep_letter(what(row, given), unit, on=given["on"], by=by)

    return Verb(
        name=name,
        label=label,
        permission=LETTERS_MAY,
        do=do,
        follows=_follows,
        bills=False,
        done=_("書面を作りました。PDFを開いて確かめ、お客様へ送ってください。"),
        then=lambda row, made: page_of(made),
        **more,
    )


QUOTATION = _making(
    "quotation",
    _("見積書"),
    _quotation,
    form=QuotationForm,
    initial=_today,
    offered=lambda row: row.state in ("draft", "received"),
    help=_("この申込を書面の日付に承諾した場合の初期費用と月額費用を、見積書にします。"),
)
START = _making(
    "start-letter",
    _("利用開始のご案内"),
    _start,
    form=DayForm,
    initial=_today,
    offered=lambda row: row.state == "accepted",
    help=_("承諾した契約とオプション、課金開始日、最低利用期間の満了日、費用を、お客様へご案内します。"),
)
LEAVING = _making(
    "leaving-letter",
    _("解約受付のご案内"),
    _leaving,
    form=LeavingForm,
    fit=_fit,
    initial=_today,
    clause="12-1",
    help=_("解約通知の到達日、終了日とその根拠、伴って終わるもの、解除調定金を、お客様へご案内します。"),
)
RENEWAL = _making(
    "renewal-letter",
    _("更新のご案内"),
    _renewal,
    form=DayForm,
    initial=_today,
    clause="10-9",
    help=_("期間ライセンスの満了日、お申出の期限、更新後の契約期間と月額を、期限の前にお客様へご案内します（I-33）。"),
)

ApplicationAdmin.verbs = (*ApplicationAdmin.verbs, QUOTATION, START)
ManagementUnitAdmin.verbs = (*ManagementUnitAdmin.verbs, LEAVING, RENEWAL)
