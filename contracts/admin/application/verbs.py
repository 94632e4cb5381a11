"""What can be done with an application on its page: 受付, 拒絶, 取下げ (承諾 has a page of its own)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts import clock
from contracts.admin.kit.verbs import Verb, day_field, reason_field
from contracts.operations.applications import receive, reject, withdraw

ACCEPT = pgettext_lazy("verb", "承諾")
OPEN = frozenset({"draft", "received"})
"""The states of an application that waits for something."""


class ReceiveForm(forms.Form):
    """受付: on what day."""

    on = day_field(_("受付日"))
    reason = reason_field(_("理由・備考"), required=False)


class CloseForm(forms.Form):
    """拒絶 or 取下げ: on what day, and why."""

    on = day_field(_("日付"))
    reason = reason_field(_("理由"))


def _today(row: Any) -> dict[str, Any]:
    return {"on": clock.today()}


def _in(*states: str) -> Callable[[Any], bool]:
    return lambda row: row.state in states


VERBS = (
    Verb(
        name="receive",
        label=pgettext_lazy("verb", "受付"),
        permission="contracts.enter_application",
        form=ReceiveForm,
        do=lambda row, given, by: receive(row, on=given["on"], by=by, reason=given["reason"]),
        done=_("申込を受け付けました。"),
        offered=_in("draft"),
        initial=_today,
        help=_("受け付けた申込は、内容を変えられません。"),
        weight="main",
    ),
    Verb(
        name="reject",
        label=pgettext_lazy("verb", "拒絶"),
        permission="contracts.decide_application",
        form=CloseForm,
        do=lambda row, given, by: reject(row, on=given["on"], by=by, reason=given["reason"]),
        done=_("申込を拒絶しました。"),
        offered=_in("received"),
        initial=_today,
        weight="grave",
    ),
    Verb(
        name="withdraw",
        label=pgettext_lazy("verb", "取下げ"),
        permission="contracts.enter_application",
        form=CloseForm,
        do=lambda row, given, by: withdraw(row, on=given["on"], by=by, reason=given["reason"]),
        done=_("申込を取り下げました。"),
        offered=_in(*OPEN),
        initial=_today,
        weight="grave",
    ),
)
