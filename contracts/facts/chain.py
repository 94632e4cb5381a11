"""履歴の鎖: entries are linked after they are committed, by whoever comes first; nobody waits for another to do so.

Whoever writes entries links them right after its own transaction (``link_after``). Where somebody else is at it, what it passes over
is found by the next, or by the sweep of every few minutes (``sweep``).
"""

from collections.abc import Iterator
from datetime import timedelta
from logging import getLogger
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from contracts.clock import now
from contracts.models import ChainHead, Entry, EntryLink
from contracts.models.bulk import slices
from contracts.models.chained import SAID, link_of

AT_ONCE = 2000
"""Links of one transaction of a sweep: some 50 ms, in which nobody waits."""
AFTER_A_COMMIT = 500
"""Entries that a writer links at most after its own transaction; of a large book the rest is swept up."""
LOOKED_BACK = 200
"""How many numbers before its own a writer looks for entries that were passed over: some milliseconds of a busy house. What is older is swept up."""
SETTLED = timedelta(days=1)
"""No transaction lasts longer: what was written before then is committed or gone."""

log = getLogger(__name__)


class Break(NamedTuple):
    """The first place at which the chain does not hold, the entry there, and what is wrong: a code."""

    position: int
    entry: int
    what: str


def link_after(entry: int) -> None:
    """Link an entry just committed with what waits beside it. Called after the commit: whatever fails is left to the sweep."""
    try:
        _link(entry - LOOKED_BACK, AFTER_A_COMMIT)
    except DatabaseError:
        log.exception("entry %s is left to be linked by the sweep", entry)


def sweep(*, whole: bool = False) -> int:
    """Link all that waits; how many. ``whole``: look at every entry, not only at those since the last whole sweep."""
    head = ChainHead.objects.filter(pk=1).first()
    after, linked = 0 if whole or head is None else head.swept_to, 0
    while last := _link(after, AT_ONCE):
        count, after = last
        linked += count
        if count < AT_ONCE:
            break
    if whole:
        settled = Entry.objects.filter(at__lt=now() - SETTLED).order_by("-at").values_list("pk", flat=True).first()
        ChainHead.objects.filter(pk=1, swept_to__lt=settled or 0).update(swept_to=settled or 0)
    return linked


def waiting() -> QuerySet[Entry]:
    """The entries that are not linked yet."""
    return Entry.objects.filter(~Exists(EntryLink.objects.filter(entry=OuterRef("pk"))))


@transaction.atomic
def _link(after: int, at_most: int) -> tuple[int, int] | None:
    """Link the first entries after a number: how many, and the last one's number. None where others are at it, or none waits."""
    held = _held()
    if held is None and ChainHead.objects.get_or_create(pk=1)[1]:
        held = _held()
    if held is None:
        return None
    (position, before), links = held, []
    for said in waiting().filter(pk__gt=after).order_by("pk").values_list(*SAID)[:at_most]:
        position += 1
        before = link_of(before, position, said)
        links.append((position, said[0], before))
    if not links:
        return None
    _keep(links)
    return len(links), links[-1][1]


# A writer waits for each statement of its link: PostgreSQL takes head and patience in one, links and head in another.
_HOLD = (
    # Links that a crash of the server loses are made anew by the sweep; the check waits until those it tells of are kept.
    "SELECT position, sha256, set_config('synchronous_commit', 'off', true) FROM contracts_chainhead WHERE id = 1 "
    "FOR NO KEY UPDATE SKIP LOCKED"
)
_KEEP = (
    "WITH linked AS (INSERT INTO contracts_entrylink (position, entry, sha256) "
    "SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[])) "
    "UPDATE contracts_chainhead SET position = %s, sha256 = %s WHERE id = 1"
)


def _held() -> tuple[int, str] | None:
    """Place and hash of the last link, held until the end of the transaction; None where others hold it, or there is none yet."""
    if connection.vendor != "postgresql":
        return ChainHead.objects.filter(pk=1).values_list("position", "sha256").first()
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _keep(links: list[tuple[int, int, str]]) -> None:
    """Write links that follow the last one, and the head that they come to."""
    position, _entry, sha256 = links[-1]
    if connection.vendor != "postgresql":
        EntryLink.objects.bulk_create([EntryLink(position=at, entry=entry, sha256=one) for at, entry, one in links])
        ChainHead.objects.filter(pk=1).update(position=position, sha256=sha256)
        return
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [*map(list, zip(*links, strict=True)), position, sha256])


def head() -> tuple[int, str]:
    """The place and the hash of the last link; 0 and '' while there is none."""
    row = ChainHead.objects.filter(pk=1).first()
    return (row.position, row.sha256) if row else (0, "")


def first_break() -> Break | None:
    """Walk the chain from its beginning; None where it holds. Streams: memory does not grow with it."""
    before, last = "", 0
    rows = EntryLink.objects.order_by("position").values_list("position", "entry", "sha256")
    for some in slices(rows.iterator(chunk_size=AT_ONCE), AT_ONCE):
        entries = dict(_said([entry for _position, entry, _sha256 in some]))
        for position, entry, stored in some:
            last += 1
            if position != last:
                return Break(last, 0, "link_missing")
            if entry not in entries:
                return Break(position, entry, "entry_missing")
            if link_of(before, position, entries[entry]) != stored:
                return Break(position, entry, "entry_differs")
            before = stored
    if head() != (last, before):
        return Break(head()[0], 0, "head_differs")
    return None


def sha256_at(position: int) -> str | None:
    """The hash of the link at a place; None where there is none."""
    return EntryLink.objects.filter(position=position).values_list("sha256", flat=True).first()


def _said(entries: list[int]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for some in slices(entries):
        for said in Entry.objects.filter(pk__in=some).values_list(*SAID):
            yield said[0], said
