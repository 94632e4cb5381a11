"""台帳の検査: what every check of the ledger found, the head of the history then, and the button that asks for another."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import LedgerCheck
from billing.operations.ledger_checks import ask_to_check
from billing.tasks import ask_for_check
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import choice, column, day, minute, moment, number, plain
from contracts.admin.kit.days import day_typed
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry

# The history names a check's values, and leads to it, as it does with the facts.
MODELS["ledger_check"] = LedgerCheck
LISTED["ledger_check"] = (LedgerCheck, "q")

ASK_MAY = "billing.ask_ledgercheck"
UNFINISHED = ("waiting", "running")


def _ask(row: None, given: Given, by: User) -> LedgerCheck:
    check = ask_to_check(by=by)
    transaction.on_commit(lambda: ask_for_check(check.pk))
    return check


def _go_on(row: LedgerCheck, given: Given, by: User) -> LedgerCheck:
    transaction.on_commit(lambda: ask_for_check(row.pk))
    return row


ASK = Verb(
    name="ask",
    label=_("検査する"),
    permission=ASK_MAY,
    form=forms.Form,
    do=_ask,
    done=_("台帳の検査を依頼しました。"),
    help=_("締めた月、請求書、履歴の鎖、データベースの保護と、記録の一行一行を調べます。何も変えません。"),
    weight="main",
)
GO_ON = Verb(
    name="go-on",
    label=_("続きを実行"),
    permission=ASK_MAY,
    form=forms.Form,
    do=_go_on,
    done=_("続きの実行を依頼しました。"),
    offered=lambda row: row.state in UNFINISHED,
    help=_("検査が始まらないとき、もう一度依頼します。検査中のものには影響しません。"),
)


def found(row: LedgerCheck) -> str:
    """What a check came to, in a few words."""
    if row.state != "done":
        return str(row.get_state_display())
    return gettext("誤り%(count)s件") % {"count": f"{row.fault_count:,}"} if row.fault_count else gettext("誤りなし")


def _faults(row: LedgerCheck) -> Any:
    if not row.faults:
        return None
    rest = row.fault_count - len(row.faults)
    more = gettext("ほか%(count)s件") % {"count": f"{rest:,}"} if rest else ""
    listed = format_html_join("", "<li>{}</li>", ((fault,) for fault in row.faults))
    return format_html('<ul class="faults">{}</ul>{}', listed, more)


FOUND, ON = column("found", _("結果"), found), day("on", _("定時の検査の日"))
ASKED_AT, FINISHED = moment("asked_at", _("依頼日時")), moment("finished_at", _("終了日時"))
BY = column("by", _("依頼者"), lambda row: row.asked_by or gettext("定時処理"))
MONTHS, LINES = number("months", _("検査した月")), number("lines", _("検査した明細"))
POSITION, HEAD = number("position", _("履歴の鎖の位置")), plain("head", _("履歴の鎖の末尾"))


@admin.register(LedgerCheck)
class LedgerCheckAdmin(ActingAdmin):
    """Checks, newest first."""

    list_display = (ASKED_AT, FOUND, ON, MONTHS, LINES, POSITION, FINISHED, BY)
    list_filter = ("state",)
    search_fields = ("on",)
    search_help_text = _("定時の検査の日（例：2025-04-01）又は検査の番号から検索します")
    fieldsets = (
        (None, {"fields": (FOUND, column("faults_said", _("誤り"), _faults), plain("error", _("エラー")))}),
        (_("検査したもの"), {"fields": (MONTHS, LINES)}),
        (_("履歴の鎖"), {"fields": (POSITION, HEAD, moment("sent_at", _("末尾を送った日時")))}),
        (
            _("実行"),
            {"fields": (choice("state", _("状態")), ON, ASKED_AT, BY, moment("started_at", _("開始日時")), FINISHED)},
        ),
    )
    verbs = (GO_ON,)
    general_verbs = (ASK,)

    def heading(self, row: LedgerCheck) -> str:
        return gettext("%(at)s（%(number)s番）") % {"at": minute(row.asked_at), "number": row.pk}

    def found(self, term: str) -> Q:
        if day := day_typed(term):
            return Q(on=day)
        return Q(pk=term) if term.isascii() and term.isdecimal() else Q(pk__in=())

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="ledger_check", subject=str(row))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        answer = super().render_change_form(request, context, *args, **kwargs)
        if kwargs["obj"].state in UNFINISHED:
            answer.headers["Refresh"] = "3"
        return answer
