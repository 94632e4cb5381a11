"""台帳の検査: asked for by a button, done in the background, and what was found."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from billing.models import LedgerCheck
from billing.operations.ask_ledger_check import UNFINISHED, ask_for_check
from billing.tasks import ask_to_check
from contracts.admin.kit.columns import choice, column, moment, number, plain
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb

CHECK_MAY = "billing.check_ledger"


class CheckForm(forms.Form):
    """How much is checked."""

    recompute = forms.BooleanField(
        label=_("事実から計算し直して照らし合わせる"),
        required=False,
        help_text=_("締めたすべての月を計算し直します。明細の多い台帳では長くかかります。"),
    )


def _check(row: None, given: Given, by: User) -> LedgerCheck:
    asked = ask_for_check(recompute=given["recompute"], by=by)
    transaction.on_commit(lambda: ask_to_check(asked.pk))
    return asked


def _go_on(row: LedgerCheck, given: Given, by: User) -> LedgerCheck:
    transaction.on_commit(lambda: ask_to_check(row.pk))
    return row


CHECK = Verb(
    name="check",
    label=_("台帳を検査"),
    permission=CHECK_MAY,
    form=CheckForm,
    do=_check,
    done=_("台帳の検査を依頼しました。"),
    help=_("締めた月の明細、合計、請求書、帳票が、締めた時のままかを検査します。何も書き換えません。"),
    weight="main",
)
GO_ON = Verb(
    name="go-on",
    label=_("検査をやり直す"),
    permission=CHECK_MAY,
    form=forms.Form,
    do=_go_on,
    done=_("台帳の検査を依頼しました。"),
    offered=lambda row: row.state in UNFINISHED,
)

AT, BY = moment("asked_at", _("依頼日時")), plain("asked_by", _("依頼者"))
ENDED, STATE = moment("ended_at", _("終了日時")), choice("state", _("状態"))
WHOLE = column("recompute", _("計算し直し"), lambda row: _("あり") if row.recompute else _("なし"))
FAULT_COUNT = number("fault_count", _("誤りの数"))
FAULTS = column("faults", _("誤り"), lambda row: format_html_join("", "<p>{}</p>", ((one,) for one in row.faults)))


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ActingAdmin):
    """Checks of the ledger, newest first."""

    list_display = (AT, STATE, FAULT_COUNT, WHOLE, ENDED, BY)
    list_display_links = (AT,)
    list_select_related = ("asked_by",)
    list_filter = ("state",)
    search_fields = ("asked_by__username",)
    search_help_text = _("依頼者の名前で検索します")
    fieldsets = (
        (None, {"fields": (AT, BY, STATE, ENDED, WHOLE, plain("error", _("エラー")))}),
        (
            _("結果"),
            {
                "fields": (
                    number("months", _("検査した月数")),
                    number("lines", _("検査した明細数")),
                    FAULT_COUNT,
                    FAULTS,
                )
            },
        ),
    )
    verbs = (GO_ON,)
    general_verbs = (CHECK,)

    def found(self, term: str) -> Q:
        return Q(asked_by__username=term)

    def heading(self, row: Any) -> str:
        return str(AT(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = super().render_change_form(request, context, *args, **kwargs)
        if kwargs["obj"].state in UNFINISHED:
            answer.headers["Refresh"] = "3"
        return answer
