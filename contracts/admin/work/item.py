"""作業: what people do to a row of the worklist; the whole list, and the calendar of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.base import by_code
from contracts.admin.kit.columns import choice, column, day, iso, link, minute, plain, yen
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.language import clause_said, filled
from contracts.admin.kit.verb import Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.work.calendar import calendar_of
from contracts.admin.work.worklist import on_the_day
from contracts.judge.kinds import DONE_OUTSIDE
from contracts.models import WorkItem
from contracts.operations.work_by_hand import settle_line, take_line, unsettle


class NoteForm(forms.Form):
    """How far it has come."""

    note = reason_field(_("メモ"), required=False)


class DoneForm(forms.Form):
    """What came of it."""

    note = reason_field(_("確かめたこと（契約者の返事など）"))


TAKE = Verb(
    name="take",
    label=_("引き受ける"),
    permission="contracts.change_workitem",
    form=forms.Form,
    do=lambda row, given, by: take_line(row, by=by, taken=True),
    done=_("作業を引き受けました。"),
    offered=lambda row: row.taken_by is None,
    weight="main",
)
GIVE_BACK = Verb(
    name="give-back",
    label=_("引受けを戻す"),
    permission="contracts.change_workitem",
    form=forms.Form,
    do=lambda row, given, by: take_line(row, by=by, taken=False),
    done=_("作業を戻しました。"),
    offered=lambda row: row.taken_by is not None,
)
NOTE = Verb(
    name="note",
    label=_("メモを書く"),
    permission="contracts.change_workitem",
    form=NoteForm,
    do=lambda row, given, by: take_line(row, by=by, note=given["note"]),
    done=_("メモを書きました。"),
    initial=lambda row: {"note": row.note},
)

DONE = Verb(
    name="done",
    label=_("済みにする"),
    permission="contracts.change_workitem",
    form=DoneForm,
    do=lambda row, given, by: settle_line(row, on=clock.today(), by=by, note=given["note"]),
    done=_("済みにしました。内容が変わらない限り、一覧には戻りません。"),
    offered=lambda row: row.kind in DONE_OUTSIDE and row.settled_on is None,
    initial=lambda row: {"note": row.note},
    help=_("契約者に確かめて済む作業です。同じ管理単位・同じ日・同じ種別のものは、ともに済みになります。"),
)
NOT_DONE = Verb(
    name="not-done",
    label=_("一覧に戻す"),
    permission="contracts.change_workitem",
    form=forms.Form,
    do=lambda row, given, by: unsettle(row, by=by),
    done=_("一覧に戻しました。"),
    offered=lambda row: row.settled_on is not None,
)

SENTENCE = column("sentence", _("内容"), lambda row: filled(row.text, row.values.items()))
CLAUSE = column("clause", _("条項"), lambda row: clause_said(row.clause))
DUE = column("due_on", _("期限・開始日"), lambda row: minute(row.due_at) if row.due_at else iso(row.from_on))
UNIT, TAKEN_BY = link("unit", _("管理単位")), plain("taken_by", _("担当者"), name="taker")
KIND = choice("kind", _("種別"))
STAKE = yen("stake_yen", _("関わる額（円）"))
SETTLED = (day("settled_on", _("済みとした日")), plain("settled_by", _("済みとした人"), name="settler"))


class DoneFilter(admin.SimpleListFilter):
    """Rows that somebody said are done, or those that are still to do."""

    title = _("済み・未済")
    parameter_name = "done"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("未済")), ("yes", _("済み"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(settled_on__isnull=value == "no") if value in ("no", "yes") else queryset


@admin.register(WorkItem)
class WorkItemAdmin(ActingAdmin):
    """The whole worklist, by day."""

    list_display = (DUE, KIND, CLAUSE, SENTENCE, STAKE, UNIT, TAKEN_BY, plain("note", _("メモ")))
    list_filter = (
        "kind",
        DoneFilter,
        by_code("clause", _("条項"), "clause"),
        by_code("unit", _("管理単位コード"), "unit__code"),
    )
    ordering = ()
    fieldsets = (
        (None, {"fields": (KIND, CLAUSE, SENTENCE, UNIT, plain("subject", _("対象番号")), DUE, STAKE)}),
        (_("担当"), {"fields": (TAKEN_BY, plain("note", _("メモ")), *SETTLED)}),
    )
    search_fields = ("subject",)
    search_help_text = _("対象番号又は申込番号で検索します")
    verbs = (TAKE, DONE, GIVE_BACK, NOT_DONE, NOTE)

    def get_urls(self) -> list[Any]:
        page = path("calendar/", self.admin_site.admin_view(self.calendar_view), name="contracts_workitem_calendar")
        return [page, *super().get_urls()]

    def calendar_view(self, request: HttpRequest) -> HttpResponse:
        """What is coming, by day."""
        person = request.user
        if not isinstance(person, User) or not self.has_view_permission(request):
            raise PermissionDenied
        found = calendar_of(person, request.GET.dict(), today=clock.today())
        title = gettext("予定表 %(month)s") % {"month": f"{found['month']:%Y-%m}"}
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **found}
        return TemplateResponse(request, "admin/calendar.html", context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = clock.today()
        return on_the_day(today).filter(Q(shown_from=None) | Q(shown_from__lte=today))

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("due_on").asc(nulls_last=True), "pk"]

    def found(self, term: str) -> Q:
        return Q(subject=term)

    def heading(self, row: Any) -> str:
        return f"{row.get_kind_display()} {row.subject}"
