"""請求の状態 as a list's filter: the same word for the same claim as in its column, its page and the worklist."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import DateTimeField, F, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.admin.incident.columns import STANDINGS
from contracts import clock
from contracts.judge.claims import (
    BREACH,
    CLAIMED,
    EXCUSED,
    GRANTED,
    LAPSED,
    OPEN,
    OUTAGE,
    REFUSED,
    TOO_SHORT,
    UNCLAIMED,
    Incident,
    standing,
)
from contracts.models import Outage
from contracts.models.among import among
from contracts.models.bulk import slices
from contracts.operations.claims import plain_of
from contracts.terms import art15_claims

OF_OUTAGES = (OPEN, TOO_SHORT)
"""What is said of 利用不能 alone: a breach is over when it occurs, and has no hours."""
ROWS_AT_ONCE = 2000
_UNSAID = Q(claimed_on=None)
_AMONG = {
    OPEN: Q(restored_at=None),
    TOO_SHORT: _UNSAID,
    EXCUSED: _UNSAID & Q(fault__in=art15_claims.EXCUSED),
    UNCLAIMED: _UNSAID & ~Q(fault__in=art15_claims.EXCUSED),
    CLAIMED: ~_UNSAID & Q(decision="") & ~Q(source=""),
    # Where the book comes from it was granted.
    GRANTED: ~_UNSAID & (Q(decision="granted") | Q(decision="", source="")),
    REFUSED: ~_UNSAID & Q(decision="refused"),
    LAPSED: Q(),
}
"""Among which rows those are whose claim stands so: which of them are, days and hours tell, that no column holds."""


class ClaimFilter(admin.SimpleListFilter):
    """How the claim stands today: waiting for a decision, decided, or lapsed (第15条)."""

    title = _("請求の状態")
    parameter_name = "claim"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Every state that a claim of the list's records can have."""
        of_outages = model_admin.model is Outage
        return [(name, said) for name, said in STANDINGS.items() if of_outages or name not in OF_OUTAGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows whose claim stands so by the rule itself."""
        wanted = self.value()
        if wanted not in dict(self.lookup_choices):
            return queryset
        today = clock.today()
        incidents = _plain(queryset.filter(_AMONG[wanted]))
        found = [one.pk for one in incidents if standing(one, today) == wanted]
        return queryset.filter(among("pk", found))


def _plain(queryset: QuerySet[Any]) -> Iterator[Incident]:
    """The rows as plain values, as far as a claim's standing goes by them. Streams.

    The other hours of a state are read for an outage alone that was not claimed and is too short by itself (I-38).
    """
    of_outages = queryset.model is Outage
    began, over = ("known_at", F("restored_at")) if of_outages else ("occurred_at", Value(None, DateTimeField()))
    names = ("pk", "fault", "claimed_on", "decision", "source", began)
    short: list[int] = []
    rows = queryset.order_by().annotate(over=over).values_list(*names, "over").iterator(chunk_size=ROWS_AT_ONCE)
    for pk, fault, claimed_on, decision, source, began_at, restored_at in rows:
        one = Incident(
            kind=OUTAGE if of_outages else BREACH,
            pk=pk,
            contract="",
            began_at=timezone.localtime(began_at),
            restored_at=restored_at and timezone.localtime(restored_at),
            fault=fault,
            claimed_on=claimed_on,
            decision=decision,
            by_book=not source,
        )
        if claimed_on is None and one.too_short:
            short.append(pk)
        else:
            yield one
    beside = queryset.model._default_manager.select_related("contract__target").prefetch_related("contract__outages")
    for some in slices(short, ROWS_AT_ONCE):
        yield from map(plain_of, beside.filter(among("pk", some)))
