"""What can be done with an application on its page: 受付, 拒絶, 取下げ (承諾 has a page of its own)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts import clock
from contracts.admin.kit.fields import day_field, reason_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.language import filled
from contracts.admin.kit.verb import Given, Verb
from contracts.judge.points import Point
from contracts.models import Application
from contracts.operations.applications import judge, receive, reject, withdraw
from contracts.operations.pointed_out import points_of
from contracts.operations.returned import acknowledge, send_back

ACCEPT = pgettext_lazy("verb", "承諾")
OPEN = frozenset({"draft", "received"})
"""The states of an application that waits for something."""


class ReceiveForm(forms.Form):
    """受付: on what day."""

    on = day_field(_("受付日"))
    reason = reason_field(_("理由・備考"), required=False)


class BackForm(forms.Form):
    """差戻し: what is to be put right."""

    reason = reason_field(_("直してほしいこと"))


class CloseForm(forms.Form):
    """拒絶 or 取下げ: on what day, and why."""

    on = day_field(_("日付"))
    reason = reason_field(_("理由"))


def _today(row: Any) -> dict[str, Any]:
    return {"on": clock.today()}


def _in(*states: str) -> Callable[[Any], bool]:
    return lambda row: row.state in states


def _receive(row: Application, given: Given, by: User) -> Application:
    """Received with all that is pointed out: it was shown just before."""
    tried = Application.objects.get(pk=row.pk)  # of its own: it is rehearsed first, and the operation works on its row
    tried.version = row.version
    keys = [point.key for point in _points(tried)]
    return receive(tried, on=given["on"], by=by, reason=given["reason"], known=keys)


def _asked_again(row: Application, given: Given, rehearsal: Rehearsal) -> list[str]:
    """What is to be looked at once more before it is received, and is not known yet."""
    stored = Application.objects.get(pk=row.pk)
    return [filled(point.text, point.values) for point in _points(stored) if point.key not in stored.known]


def _points(row: Application) -> list[Point]:
    today = clock.today()
    return points_of(row, judge(row, on=max(today, row.applied_on or today)), on=today)


VERBS = (
    Verb(
        name="receive",
        label=pgettext_lazy("verb", "受付"),
        permission="contracts.enter_application",
        form=ReceiveForm,
        do=_receive,
        follows=_asked_again,
        bills=False,
        done=_("申込を受け付けました。"),
        offered=_in("draft"),
        initial=_today,
        help=_(
            "受け付けた後は、決定の前に限り、入力した人が訂正できます。判定が承諾できないとするときは、理由が必要です。"
        ),
        weight="main",
    ),
    Verb(
        name="send-back",
        label=pgettext_lazy("verb", "差戻し"),
        permission="contracts.decide_application",
        form=BackForm,
        do=lambda row, given, by: send_back(row, on=clock.today(), by=by, reason=given["reason"]),
        done=_("申込を差し戻しました。入力した人の作業一覧に載ります。"),
        offered=_in("received"),
        help=_("下書きに戻し、入力した人に理由を知らせます。番号とこれまでの版は残ります。"),
    ),
    Verb(
        name="reject",
        label=pgettext_lazy("verb", "拒絶"),
        permission="contracts.decide_application",
        form=CloseForm,
        do=lambda row, given, by: reject(row, on=given["on"], by=by, reason=given["reason"]),
        done=_("申込を拒絶しました。入力した人の作業一覧に載ります。"),
        offered=_in("received"),
        initial=_today,
        weight="grave",
    ),
    Verb(
        name="acknowledge",
        label=_("拒絶を確認した"),
        permission="contracts.enter_application",
        form=forms.Form,
        do=lambda row, given, by: acknowledge(row, on=clock.today(), by=by),
        done=_("拒絶を確認しました。"),
        offered=lambda row: row.state == "rejected" and row.acknowledged_on is None,
        help=_("作業一覧から外れます。内容を直して申し込むときは「複写」を使います。"),
        weight="main",
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
