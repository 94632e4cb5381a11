"""見通し: the months ahead, asked for, shown with what they rest on, and computed anew once the facts have moved."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from billing.admin.forecast.page import page
from billing.admin.kit.filters import in_month
from billing.models import Forecast
from billing.operations.forecast import FEWEST, MOST, UNFINISHED, ask_for_forecast
from billing.reports.ahead import stale
from billing.tasks import ask_for_months_ahead
from contracts import clock
from contracts.admin.kit.columns import column, day, moment, number, plain, yen
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin

MAY = "billing.compute_forecast"


class MonthsForm(forms.Form):
    """How far ahead."""

    months = forms.TypedChoiceField(
        label=_("月数"), coerce=int, choices=[(months, months) for months in (FEWEST, 18, MOST)]
    )


def _asked_for(months: int, by: User) -> Forecast:
    row = ask_for_forecast(months, on=clock.today(), by=by)
    transaction.on_commit(lambda: ask_for_months_ahead(row.pk))
    return row


def _ask(row: None, given: Given, by: User) -> Forecast:
    return _asked_for(given["months"], by)


def _again(row: Forecast, given: Given, by: User) -> Forecast:
    return _asked_for(row.months, by)


def _go_on(row: Forecast, given: Given, by: User) -> Forecast:
    transaction.on_commit(lambda: ask_for_months_ahead(row.pk))
    return row


ASK = Verb(
    name="ask",
    label=_("見通しを計算"),
    permission=MAY,
    form=MonthsForm,
    do=_ask,
    done=_("見通しの計算を依頼しました。"),
    help=_("今の事実から、次に締める月からの請求とMRRを計算します。何も登録されません。"),
    weight="main",
)
AGAIN = Verb(
    name="again",
    label=_("もう一度計算"),
    permission=MAY,
    form=forms.Form,
    do=_again,
    done=_("見通しの計算を依頼しました。"),
    help=_("今の事実で計算し直します。何も登録されません。"),
    offered=lambda row: row.state not in UNFINISHED,
)
GO_ON = Verb(
    name="go-on",
    label=_("続きを実行"),
    permission=MAY,
    form=forms.Form,
    do=_go_on,
    done=_("続きの実行を依頼しました。"),
    offered=lambda row: row.state in UNFINISHED,
)

MONTH = column("month_name", _("最初の月"), str)
MONTHS, TOTAL = number("months", _("月数")), yen("total_yen", _("請求の見通し（円、税抜）"))
ON, AT, BY = day("on", _("見通した日")), moment("asked_at", _("依頼日時")), plain("asked_by", _("依頼者"))
STATES = {"waiting": _("待機中"), "running": _("計算中"), "done": _("計算済み"), "failed": _("計算できませんでした")}
STATE = column("state", _("状態"), lambda row: STATES[row.state])


@admin.register(Forecast)
class ForecastAdmin(ActingAdmin):
    """Forecasts, newest first."""

    list_display = (MONTH, MONTHS, STATE, TOTAL, ON, AT, BY)
    list_select_related = ("asked_by",)
    search_fields = ("first_month",)
    search_help_text = _("月から検索します（例：2025-04）")
    fieldsets = ((None, {"fields": ((MONTH, MONTHS, STATE), (ON, AT, BY))}),)
    change_form_template = "admin/forecast.html"
    verbs = (AGAIN, GO_ON)
    general_verbs = (ASK,)

    def found(self, term: str) -> Q:
        return in_month("first_month", term)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        unfinished = row.state != "done"
        context |= {"growing": row} if unfinished else page(row) | {"stale": stale(row)}
        answer = super().render_change_form(request, context, *args, **kwargs)
        if row.state in UNFINISHED:
            answer.headers["Refresh"] = "3"
        return answer
