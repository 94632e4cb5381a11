"""The forms of a notice: what it says, what is withdrawn, what it ought to have said."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.days import DayField
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.models.choices import GROUNDS
from contracts.operations.notices import NoticeAsked
from contracts.terms.unit import Ground

NONE, NAMED, TERM = "none", "named", "term"
DAYS = [(NONE, _("指定なし")), (NAMED, _("日を指定")), (TERM, _("期間の満了日（最低利用期間又は契約期間）"))]


class DaysForm(forms.Form):
    """The days of a notice, its ground and the form it came on."""

    arrived_on = day_field(_("到達日"))
    when = forms.ChoiceField(label=_("終了を希望する日"), choices=DAYS, initial=NONE, widget=forms.RadioSelect)
    requested_for = day_field(_("指定日"), required=False)
    ground = forms.ChoiceField(
        label=_("根拠"), choices=[(code, name) for code, name in GROUNDS if code != Ground.ABOLISHED.value]
    )
    reference = text_field(_("解約申込書の番号"), required=False)

    def clean(self) -> dict[str, Any]:
        """A day is named where it is said that one is, and nowhere else."""
        given = super().clean() or {}
        if given.get("when") == NAMED and not given.get("requested_for") and "requested_for" not in self.errors:
            self.add_error("requested_for", gettext("指定日を入力してください。"))
        if given.get("when") != NAMED and given.get("requested_for"):
            self.add_error("when", gettext("指定日が入力されています。「日を指定」を選ぶか、指定日を消してください。"))
        return given


def asked_of(given: Mapping[str, Any], targets: Sequence[str]) -> NoticeAsked:
    """The notice that was entered, for those targets."""
    return NoticeAsked(
        targets=tuple(targets),
        arrived_on=given["arrived_on"],
        requested_for=given["requested_for"],
        at_term_end=given["when"] == TERM,
        ground=Ground(given["ground"]),
        reference=given["reference"],
    )


def begun(request: HttpRequest, today: date) -> dict[str, Any]:
    """What the form of a new notice opens with: arrived today, or on the days that a link names; a day that is none is left out."""
    days: dict[str, Any] = {}
    for name in ("arrived_on", "requested_for"):
        try:
            days[name] = DayField().clean(request.GET.get(name, ""))
        except ValidationError:
            continue
    return {"arrived_on": today, **days, "when": NAMED if days.get("requested_for") else NONE}


class NoticeForm(DaysForm):
    """A notice for one or more contracts and options of a unit."""

    targets = forms.MultipleChoiceField(label=_("対象"), widget=forms.CheckboxSelectMultiple)
    reason = reason_field(_("備考"), required=False)
    field_order = ("targets", "arrived_on", "when", "requested_for", "ground", "reference", "reason")


class WithdrawForm(forms.Form):
    """The company's consent to a notice being taken back, and the others of its letter that are taken back with it."""

    together = forms.MultipleChoiceField(
        label=_("同じ通知書による対象"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一通の通知書によるものを、まとめて扱います。外した対象の通知は、そのまま残ります。"),
    )
    document = text_field(_("撤回の文書番号"), help_text=_("当社が同意した書面の番号"))
    reason = reason_field(_("理由"), required=False)


class CorrectForm(DaysForm, WithdrawForm):
    """What a notice ought to have said, and the company's consent."""

    document = text_field(_("訂正の文書番号"), help_text=_("当社が同意した書面の番号"))
    field_order = ("together", "arrived_on", "when", "requested_for", "ground", "reference", "document", "reason")
