"""The first page, by role: for whoever works on units their work and customers; for whoever decides, what waits; what changed."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext

from contracts import clock
from contracts.admin.kit.base import list_of
from contracts.admin.work.desk import ALL, OWN, TAKEN, WORKS, Desk, desk_of
from contracts.admin.work.news import news
from contracts.admin.work.own import SHOWN, own_customers, with_work
from contracts.judge.kinds import ACTS
from contracts.models import Application, BookUpload, ManagementUnit, WorkItem
from contracts.operations.four_eyes import books_not_for

DRAFTS = 10
BOOKS = 10


def first_page_of(request: HttpRequest) -> dict[str, Any]:
    """What the page shows to whoever may see the worklist; nothing to others."""
    person = request.user
    if not isinstance(person, User) or not person.has_perm("contracts.view_workitem"):
        return {}
    whose = request.GET.get("whose", OWN)
    whose = whose if whose in (OWN, ALL, TAKEN) else OWN
    today = clock.today()
    works = person.has_perm(WORKS)
    kind = request.GET.get("kind", "")
    customers = own_customers(person) if works else []
    units = [unit.pk for own in customers for unit in own.units]
    desk = desk_of(person, whose=whose, today=today, own=units, kind=kind if kind in ACTS else "")
    customers = with_work(customers, desk.tasks)
    return {
        "desk": desk,
        "decision": desk.next_application,
        "today": today,
        "whose": whose,
        "kind": kind,
        "whose_choices": ((OWN, gettext("自分の担当")), (TAKEN, gettext("引き受けた作業")), (ALL, gettext("すべて"))),
        "works": works,
        "nothing": _nothing(person, desk),
        "whole_list": list_of(WorkItem),
        "drafts": _drafts(person),
        "books": _books(person),
        "customers": customers[:SHOWN],
        "more_customers": max(len(customers) - SHOWN, 0),
        "all_units": list_of(ManagementUnit),
        "news": news(person, today=today, units=units) if person.has_perm("contracts.view_entry") else None,
        "own_news": bool(units),
    }


def _nothing(person: User, desk: Desk) -> str:
    """What is said where there is nothing to do: to whoever only looks, that there is nothing to be done here by them."""
    if desk.count:
        return ""
    if person.has_perm(WORKS) or person.has_perm("contracts.confirm_asked"):
        return gettext("今、決めること・直すことはありません。")
    return gettext(
        "この画面で決めること・することは、あなたにはありません。変わったことは右に、記録は左のメニューから見られます。"
    )


def _drafts(person: User) -> list[Application]:
    """The applications that the person has begun, or has filed and nobody has decided; those sent back are among the work."""
    if not person.has_perm("contracts.enter_application"):
        return []
    rows = Application.objects.filter(state__in=["draft", "received"], entered_by=person)
    rows = rows.exclude(state="draft", returned="sent_back")
    return list(rows.select_related("unit").order_by("-pk")[:DRAFTS])


def _books(person: User) -> list[BookUpload]:
    """Books that wait for the person: sent, for whoever takes them in; tried or failed, for whoever brought them."""
    if not person.has_perm("contracts.view_bookupload"):
        return []
    found = BookUpload.objects.filter(state="sent") if person.has_perm("contracts.take_bookupload") else None
    own = BookUpload.objects.filter(brought_by=person, state__in=["tried", "failed"])
    rows = found | own if found is not None else own
    return list(rows.exclude(pk__in=books_not_for(person).values("pk")).order_by("-pk")[:BOOKS])
