"""The forms of 利用不能 and 品質保証の違背: what is recorded, for which contracts, and what is decided."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.admin.incident.event import EventForm
from contracts.admin.kit.amounts import PercentField
from contracts.admin.kit.days import MomentField, MonthField
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.models.choices import CATEGORIES, FAULTS, MODULE_TYPES
from contracts.terms.catalog import Category

KINDS = [(code, name) for code, name in CATEGORIES if code != Category.MODULE.value] + MODULE_TYPES


class NumbersField(forms.CharField):
    """Numbers of contracts, apart by blanks, commas or lines; a tuple of them."""

    def to_python(self, value: Any) -> Any:
        return tuple(dict.fromkeys(re.split(r"[\s,、]+", str(value or "").strip()))) if value else ()

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, tuple) else value


def _numbers() -> NumbersField:
    return NumbersField(
        label=_("契約番号"),
        required=False,
        help_text=_("特定の契約だけのとき。複数なら空白か改行で区切ります。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _kinds() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("カテゴリ・モジュール種別"),
        required=False,
        choices=KINDS,
        help_text=_("契約番号がないとき、選んだ種別の利用中の契約すべて。何も選ばなければ全契約です。"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )


def moment_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateTimeField:
    """A moment in Japan, to the minute."""
    return MomentField(label=label, required=required, help_text=help_text)


def _fault(*, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=_("帰責"), required=required, choices=[("", _("未決定")), *FAULTS])


class OutageForm(forms.Form):
    """An event and whom it concerned; who is at fault may be decided at once for all of them."""

    known_at = moment_field(_("覚知日時"), help_text=_("当社が知った時"))
    restored_at = moment_field(_("復旧日時"), required=False, help_text=_("続いているときは空欄"))
    numbers = _numbers()
    kinds = _kinds()
    fault = _fault(required=False)
    fault_reason = reason_field(_("帰責の理由"), required=False)
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RestoreForm(forms.Form):
    """When an outage was over."""

    restored_at = moment_field(_("復旧日時"))


class UptimeForm(forms.Form):
    """A month's measured 稼働率."""

    month = MonthField(label=_("月"))
    percent = PercentField(label=_("稼働率（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2)
    numbers = _numbers()
    kinds = _kinds()
    fault = _fault(required=False)
    fault_reason = reason_field(_("帰責の理由"), required=False)
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NotificationForm(forms.Form):
    """One security incident of which the customer was told too late."""

    number = text_field(_("契約番号"))
    detected_at = moment_field(_("検知日時"))
    notified_at = moment_field(_("通知日時"))


class FaultForm(EventForm):
    """Who is at fault, and why."""

    fault = _fault()
    fault_reason = reason_field(_("帰責の理由"))


class ClaimForm(EventForm):
    """When a claim came, and on which document."""

    claimed_on = day_field(_("請求日"))
    document = text_field(_("請求の文書番号"), required=False)


class GrantForm(EventForm):
    """Why a claim is granted, where there is more to say."""

    reason = reason_field(_("認否の理由"), required=False)


class RefuseForm(EventForm):
    """Why a claim is not granted."""

    reason = reason_field(_("認否の理由"))
