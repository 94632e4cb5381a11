"""作業一覧 on the first page: what has to be decided or mended, by day; each row leads to where it can be settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.base import by_code, list_of
from contracts.admin.kit.columns import choice, column, iso, link, minute, page_of, plain
from contracts.admin.kit.language import clause_said, filled
from contracts.admin.kit.verbs import ActingAdmin, Verb, reason_field
from contracts.models import Application, LinkedService, Target, WorkItem
from contracts.models.bulk import ids_of
from contracts.operations.work_by_hand import take

SHOWN = 100
"""Rows of a section on the first page."""

ON_TARGET = frozenset({"consent", "readiness", "start", "renewal", "ending", "minimum_term", "pair", "alone", "price"})
"""Kinds of work that are settled on the page of their contract or option."""

OF_APPLICATION = frozenset({"application", "returned", "rejected"})
"""Kinds of work that are settled on the page of their application."""

OWN, ALL, TAKEN = "own", "all", "taken"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the worklist: its heading, its rows, and whether there are more."""

    name: str
    heading: Any
    rows: Sequence[dict[str, Any]]
    more: bool


def standing(today: date) -> QuerySet[WorkItem]:
    """The rows that matter on a day, each with the day by which it is to be settled, the earliest first."""
    in_time = Q(shown_from=None) | Q(shown_from__lte=today)
    rows = WorkItem.objects.filter(Q(until_on=None) | Q(until_on__gte=today)).filter(in_time)
    rows = rows.select_related("unit__customer", "taken_by")
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def of_person(rows: QuerySet[WorkItem], person: User, whose: str) -> QuerySet[WorkItem]:
    """The rows of one's own units and of nobody's, what is meant for oneself, and what one has taken; whoever decides on
    applications has all that wait for it; or all; or only what one has taken."""
    if whose == ALL:
        return rows
    taken = Q(taken_by=person)
    if whose == TAKEN:
        return rows.filter(taken)
    nobody = Q(unit__account_manager=None, taken_by=None)
    own = Q(person=None) & (Q(unit__account_manager=person) | nobody) | Q(person=person) | taken
    if person.has_perm("contracts.decide_application"):
        own |= Q(kind="application", taken_by=None)
    return rows.filter(own)


def sections(person: User, *, whose: str, today: date, now: datetime) -> list[Section]:
    """The worklist by day: overdue, today, within a week, later."""
    rows = of_person(standing(today), person, whose)
    week = today + timedelta(days=7)
    late = Q(due_on__lte=today) & (Q(due_on__lt=today) | Q(due_at__lt=now))
    parts: tuple[tuple[str, Any, Q], ...] = (
        ("overdue", _("期限超過"), late),
        ("today", _("今日"), Q(due_on=today) & (Q(due_at=None) | Q(due_at__gte=now))),
        ("week", _("7日以内"), Q(due_on__gt=today, due_on__lte=week)),
        ("later", _("それ以降・日付未定"), Q(due_on__gt=week) | Q(due_on=None)),
    )
    items = {name: list(rows.filter(days)[: SHOWN + 1]) for name, _heading, days in parts}
    seen = [item for found in items.values() for item in found[:SHOWN]]
    decides = person.has_perm("contracts.decide_application")
    drawn = {row["pk"]: row for row in shown(seen, today=today, decides=decides)}
    return [
        Section(name, heading, [drawn[item.pk] for item in items[name][:SHOWN]], len(items[name]) > SHOWN)
        for name, heading, _days in parts
    ]


def shown(items: Iterable[WorkItem], *, today: date, decides: bool = False) -> list[dict[str, Any]]:
    """The rows as a page draws them, with the addresses of their places: three queries, however many rows.

    ``decides``: whoever looks decides on applications, and is led to the page on which that is done.
    """
    rows = list(items)
    places = _Places(rows, decides)
    return [
        {
            "pk": item.pk,
            "kind": item.get_kind_display(),
            "subject": item.subject,
            "clause": clause_said(item.clause),
            "sentence": filled(item.text, item.values.items()),
            "reading": item.values.get("reading", ""),
            "from_on": item.from_on,
            "until_on": item.until_on,
            "due": minute(item.due_at) if item.due_at else iso(item.from_on),
            "late": item.due_at < clock.now() if item.due_at else bool(item.from_on and item.from_on < today),
            "unit": item.unit,
            "taken_by": item.taken_by,
            "note": item.note,
            "place": places.of(item),
        }
        for item in rows
    ]


class _Places:
    """Where each row can be settled: the ids behind numbers and codes, asked for in sets."""

    def __init__(self, items: Sequence[WorkItem], decides: bool) -> None:
        self.decision = "accept" if decides else "change"
        numbers = {item.subject for item in items}
        codes = {item.values.get("code", "") for item in items if item.kind == "consent"} - {""}
        waiting = {item.subject for item in items if item.kind in OF_APPLICATION}
        targets = Target.objects.filter(number__in=numbers) if numbers - waiting else Target.objects.none()
        self.pages = {target.number: page_of(target) for target in targets}
        self.services = dict(LinkedService.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
        self.applications = ids_of(Application, "number", waiting)

    def of(self, item: WorkItem) -> str:
        """The address of the place."""
        code = item.values.get("code", "")
        if item.kind in OF_APPLICATION and item.subject in self.applications:
            page = self.decision if item.kind == "application" else "change"
            return reverse(f"admin:contracts_application_{page}", args=[self.applications[item.subject]])
        if item.kind == "asked":
            return reverse("admin:contracts_asked_change", args=[item.values["pk"]])
        if item.kind == "untold":
            return reverse("admin:contracts_settingchange_change", args=[item.values["pk"]])
        if item.kind == "claim":
            return reverse(f"admin:contracts_{item.values['of']}_change", args=[item.values["pk"]])
        if item.kind == "consent" and code in self.services:
            return reverse("admin:contracts_linkedservice_change", args=[self.services[code]])
        if item.kind in ON_TARGET and item.subject in self.pages:
            return self.pages[item.subject]
        return reverse("admin:contracts_managementunit_change", args=[item.unit_id])


class NoteForm(forms.Form):
    """How far it has come."""

    note = reason_field(_("メモ"), required=False)


TAKE = Verb(
    name="take",
    label=_("引き受ける"),
    permission="contracts.change_workitem",
    form=forms.Form,
    do=lambda row, given, by: take(row, by=by, taken=True),
    done=_("作業を引き受けました。"),
    offered=lambda row: row.taken_by is None,
    weight="main",
)
GIVE_BACK = Verb(
    name="give-back",
    label=_("引受けを戻す"),
    permission="contracts.change_workitem",
    form=forms.Form,
    do=lambda row, given, by: take(row, by=by, taken=False),
    done=_("作業を戻しました。"),
    offered=lambda row: row.taken_by is not None,
)
NOTE = Verb(
    name="note",
    label=_("メモを書く"),
    permission="contracts.change_workitem",
    form=NoteForm,
    do=lambda row, given, by: take(row, by=by, note=given["note"]),
    done=_("メモを書きました。"),
    initial=lambda row: {"note": row.note},
)

SENTENCE = column("sentence", _("内容"), lambda row: filled(row.text, row.values.items()))
CLAUSE = column("clause", _("条項"), lambda row: clause_said(row.clause))
DUE = column("due_on", _("期限・開始日"), lambda row: minute(row.due_at) if row.due_at else iso(row.from_on))
UNIT, TAKEN_BY = link("unit", _("管理単位")), plain("taken_by", _("担当者"), name="taker")
KIND = choice("kind", _("種別"))


@admin.register(WorkItem)
class WorkItemAdmin(ActingAdmin):
    """The whole worklist, by day."""

    list_display = (DUE, KIND, CLAUSE, SENTENCE, UNIT, TAKEN_BY, plain("note", _("メモ")))
    list_filter = ("kind", by_code("clause", _("条項"), "clause"), by_code("unit", _("管理単位コード"), "unit__code"))
    ordering = ()
    fieldsets = (
        (None, {"fields": (KIND, CLAUSE, SENTENCE, UNIT, plain("subject", _("対象番号")), DUE)}),
        (_("担当"), {"fields": (TAKEN_BY, plain("note", _("メモ")))}),
    )
    search_fields = ("subject",)
    search_help_text = _("対象番号又は申込番号で検索します")
    verbs = (TAKE, GIVE_BACK, NOTE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return standing(clock.today())

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("due_on").asc(nulls_last=True), "pk"]

    def found(self, term: str) -> Q:
        return Q(subject=term)

    def heading(self, row: Any) -> str:
        return f"{row.get_kind_display()} {row.subject}"


def worklist_of(request: HttpRequest) -> dict[str, Any]:
    """What the first page shows to whoever may see the worklist; nothing more to others."""
    person = request.user
    if not isinstance(person, User) or not person.has_perm("contracts.view_workitem"):
        return {}
    whose = request.GET.get("whose", OWN)
    whose = whose if whose in (OWN, ALL, TAKEN) else OWN
    found = sections(person, whose=whose, today=clock.today(), now=clock.now())
    choices = ((OWN, gettext("自分の担当")), (TAKEN, gettext("引き受けた作業")), (ALL, gettext("すべて")))
    return {
        "sections": found,
        "work_count": sum(len(section.rows) for section in found),
        "whose": whose,
        "whose_choices": choices,
        "whole_list": list_of(WorkItem),
        "drafts": Application.objects.filter(state="draft", entered_by=person)
        .select_related("unit")
        .order_by("-pk")[:10],
    }
