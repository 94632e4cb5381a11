"""作業一覧: its rows of a day, as pages draw them, each leading to where it can be settled."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.urls import reverse

from contracts import clock
from contracts.admin.kit.columns import iso, minute
from contracts.admin.kit.language import clause_said, filled
from contracts.judge.kinds import ACTS, DONE_OUTSIDE, FOR_A_YEAR
from contracts.models import LinkedService, Target, WorkItem
from contracts.models.choices import WORK

ON_TARGET = frozenset({"consent", "readiness", "start", "renewal", "ending", "minimum_term", "pair", "alone", "price"})
"""Kinds of work that are settled on the page of their contract or option."""

OF_APPLICATION = frozenset({"application", "returned", "rejected", "accepted"})
"""Kinds of work that are settled on the page of their application."""

OF_ASKED = frozenset({"asked", "confirmed", "handed_back"})
OF_CLAIM = frozenset({"claim", "claim_due", "claim_granted", "claim_refused"})


def on_the_day(today: date) -> QuerySet[WorkItem]:
    """The rows that matter on a day or later, settled or not, each with its target's page; the earliest first."""
    targets = Target.objects.filter(number=OuterRef("subject"))
    services = LinkedService.objects.filter(code=OuterRef("service_code"))
    rows = WorkItem.objects.filter(Q(until_on=None) | Q(until_on__gte=today))
    rows = rows.annotate(target_pk=Subquery(targets.values("pk")[:1]), target_kind=Subquery(targets.values("kind")[:1]))
    rows = rows.annotate(service_code=KT("values__code"), said_pk=KT("values__pk")).annotate(
        service_pk=Subquery(services.values("pk")[:1])
    )
    rows = rows.select_related("unit__customer", "taken_by")
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def standing(today: date) -> QuerySet[WorkItem]:
    """The rows that are on the list on a day: shown by then, and not settled by anybody."""
    in_time = Q(shown_from=None) | Q(shown_from__lte=today)
    return on_the_day(today).filter(in_time, settled_on=None)


def shown(items: Iterable[WorkItem], *, today: date, decides: bool = False) -> list[dict[str, Any]]:
    """The rows as a page draws them, with the addresses of their places.

    ``decides``: whoever looks decides on applications, and is led to the page on which that is done.
    """
    rows = list(items)
    places = _Places(decides)
    # Asking a row for the name of its kind looks all kinds up anew.
    kinds = {kind: str(name) for kind, name in WORK}
    return [
        {
            "pk": item.pk,
            "code": item.kind,
            "kind": kinds[item.kind],
            "act": ACTS[item.kind],
            "subject": item.subject,
            "clause": clause_said(item.clause),
            "sentence": filled(item.text, item.values.items()),
            "reading": item.values.get("reading", ""),
            "from_on": item.from_on,
            "until_on": item.until_on,
            "due_on": item.due_on,
            "due": minute(item.due_at) if item.due_at else iso(item.from_on),
            "late": item.due_at < clock.now() if item.due_at else bool(item.from_on and item.from_on < today),
            "yen": item.stake_yen,
            "a_year": item.kind in FOR_A_YEAR,
            "by_hand": item.kind in DONE_OUTSIDE,
            "unit": item.unit,
            "taken_by": item.taken_by,
            "note": item.note,
            "place": places.of(item),
        }
        for item in rows
    ]


def takers_seen(rows: Iterable[dict[str, Any]], may: Callable[[str], bool]) -> bool:
    """Whether a table of the rows has a column of who has taken them: for whoever may take one, or where somebody has."""
    return may("contracts.change_workitem") or any(row["taken_by"] or row["note"] for row in rows)


class _Places:
    """Where each row can be settled."""

    def __init__(self, decides: bool) -> None:
        self.decision = "accept" if decides else "change"

    def of(self, item: WorkItem) -> str:
        """The address of the place."""
        pk, service = item.values.get("pk", ""), getattr(item, "service_pk", None)
        if item.kind in OF_APPLICATION and pk:
            page = self.decision if item.kind == "application" else "change"
            return reverse(f"admin:contracts_application_{page}", args=[pk])
        if item.kind in OF_ASKED:
            page = "confirm" if item.kind == "asked" and self.decision == "accept" else "change"
            return reverse(f"admin:contracts_asked_{page}", args=[pk])
        if item.kind == "untold":
            return reverse("admin:contracts_settingchange_change", args=[pk])
        if item.kind in OF_CLAIM:
            return reverse(f"admin:contracts_{item.values['of']}_change", args=[pk])
        if item.kind == "consent" and service:
            return reverse("admin:contracts_linkedservice_change", args=[service])
        target_pk, kind = getattr(item, "target_pk", None), getattr(item, "target_kind", None)
        if item.kind in ON_TARGET and target_pk:
            return reverse(f"admin:contracts_{'option' if kind == 'option' else 'contract'}_change", args=[target_pk])
        return reverse("admin:contracts_managementunit_change", args=[item.unit_id])
