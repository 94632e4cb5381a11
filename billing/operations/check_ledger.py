"""台帳の検査: whether the closed months are what they were when they were closed, and what the facts say they should be.

A check is a function that yields one Japanese sentence a fault; CHECKS names them all. Each streams.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter
from typing import Any

from django.db import connection

from billing.facts.ledger import LINE, OF_HELD
from billing.guards import beside as beside_ledger
from billing.guards import of_all
from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month, MonthChunk
from billing.models.bulk import text_of
from billing.models.month_tables import month_tables_without_guards
from billing.operations.check_documents import documents_are_kept
from billing.operations.check_exports import exports_agree
from billing.operations.check_history import (
    history_is_chained,
    history_is_the_one_told_before,
    rows_are_what_they_were,
    told_is_what_stands,
)
from billing.operations.check_invoices import (
    invoice_numbers_have_no_gap,
    invoices_are_marked_as_told,
    invoices_are_the_lines,
    invoices_say_their_lines,
)
from billing.operations.check_places import targets_are_where_they_came_to
from billing.operations.check_told import stored_is_what_was_told
from billing.operations.kept_sums import kept_sums_are_the_lines
from billing.operations.recompute import (
    Tally,
    billed_is_owed,
    derived_values_are_implied,
    months_are_what_they_had_seen,
)
from billing.operations.seal import by_month, seals
from billing.terms.account import Fee, Line
from contracts.facts.name_keys import keys_are_of_the_names
from contracts.guards.of_contracts import guards
from contracts.guards.step import beside as beside_contracts
from contracts.guards.step import missing, triggers_are_silenced
from contracts.models import Entry
from contracts.terms.days import month_of, next_month

Check = Callable[[], Iterator[str]]


def months_follow_one_another() -> Iterator[str]:
    """No gap between months, and none is open before one that is closed."""
    months = list(Month.objects.order_by("month"))
    for one, other in pairwise(months):
        if other.month != next_month(one.month):
            yield f"{one}の次の月が{other}です。間の月がありません。"
        if one.closed_at is None:
            yield f"{one}が締められていないのに、後の{other}があります。"


def months_are_sealed() -> Iterator[str]:
    """The month's own values, its chunks, what it holds and what it parked are those that were sealed, as the history witnesses."""
    closes = Entry.objects.filter(operation="close", record="month").order_by("pk")
    told = {subject: (after or {}).get("sha256") for subject, after in closes.values_list("subject", "after")}
    for month, seal in seals():
        if told.get(str(month)) != month.sha256:
            yield f"{month}：締めのSHA-256が、締めた時に履歴に残した値と異なります。"
        if seal != month.sha256:
            yield f"{month}：締めのSHA-256が一致しません。月次、計算済みの範囲、保留又は計算できない対象が、締めた後に変わっています。"


def lines_are_as_closed() -> Iterator[str]:
    """Every chunk's lines have the count, the total and the hash that were stored, and the month's sums are its chunks'."""
    months = list(_closed())
    chunks_of = by_month(MonthChunk.objects.all())
    for month in months:
        chunks = sorted((MonthChunk(*row) for row in chunks_of(month)), key=attrgetter("after_unit"))
        lines, total = sum(chunk.line_count for chunk in chunks), sum(chunk.total_yen for chunk in chunks)
        if (month.line_count, month.total_yen) != (lines, total):
            said = f"{month.line_count:,}行 {month.total_yen:,}円"
            yield f"{month}：月次の明細数と合計（{said}）が、計算済みの範囲の和（{lines:,}行 {total:,}円）と異なります。"
        yield from _chunks_as_closed(month, chunks)


def _chunks_as_closed(month: Month, chunks: list[MonthChunk]) -> Iterator[str]:
    """One pass over the lines in the order in which they were stored, which is each chunk's own, whoever computed beside it."""
    rows = ChargeLine.objects.filter(month=month).order_by("pk").values_list(*_WHOSE, *LINE, *_STAMP).iterator()
    afters = [chunk.after_unit for chunk in chunks]
    found = [[0, 0] for _chunk in chunks]
    digests = [sha256() for _chunk in chunks]
    for row in rows:
        at = bisect_left(afters, row[2]) - 1
        if at < 0 or row[2] > chunks[at].last_unit:
            yield f"{month}：どの計算済みの範囲にも属さない明細があります（管理単位ID {row[2]}、対象ID {row[3]}）。"
            continue
        found[at][0] += 1
        found[at][1] += row[_AMOUNT]
        digests[at].update(_text(row))
    for chunk, (count, total), digest in zip(chunks, found, digests, strict=True):
        named = f"{month}：管理単位（ID {chunk.after_unit + 1}〜{chunk.last_unit}）の明細"
        if (count, total) != (chunk.line_count, chunk.total_yen):
            stored = f"{chunk.line_count:,}行 {chunk.total_yen:,}円"
            yield f"{named}が{count:,}行 {total:,}円あります。締めた時は{stored}でした。"
        elif digest.hexdigest() != chunk.sha256:
            yield f"{named}のSHA-256が一致しません。締めた後に変わっています。"


_WHOSE = ("month_id", "customer_id", "unit_id", "target_id")
_STAMP = ("policy", "corrects_month", "corrects_fee")
_AMOUNT = len(_WHOSE) + LINE.index("amount_yen")


def _text(row: tuple[Any, ...]) -> bytes:
    whose, line, (policy, *corrects) = row[: len(_WHOSE)], row[len(_WHOSE) : -len(_STAMP)], row[-len(_STAMP) :]
    return text_of(whose, Line(*line), policy, tuple(corrects) if any(corrects) else ())


def no_day_is_billed_twice() -> Iterator[str]:
    """A target's monthly fees lie in their month and no two of them on one day (第13条)."""
    for month in _closed():
        lines = ChargeLine.objects.filter(month=month, fee=Fee.MONTHLY).order_by("pk")
        unit, spans = 0, defaultdict[int, list[tuple[Any, Any]]](list)
        for at, target, first, last in lines.values_list("unit_id", "target_id", "from_on", "to_on").iterator():
            if at != unit:
                unit, spans = at, defaultdict(list)
            if any(first <= end and begin <= last for begin, end in spans[target]):
                yield f"{month}：対象ID {target}の月額費用が{first}〜{last}の日を二度請求しています。"
            if month_of(first) != month.month or month_of(last) != month.month:
                yield f"{month}：対象ID {target}の月額費用（{first}〜{last}）が、この月の日ではありません。"
            spans[target].append((first, last))


def decisions_are_kept() -> Iterator[str]:
    """What finance decided on held settlements is as the history has it, and each billed one is a line exactly once (I-18)."""
    entries = Entry.objects.filter(operation__in=["bill_held", "waive_held"]).order_by("pk")
    told = {after["held"]: after for after in entries.values_list("after", flat=True) if after}
    decided = {row.held_id: row for row in HeldDecision.objects.order_by("pk")}
    for held in sorted({*told, *decided}):
        decision, entry = decided.get(held), told.get(held)
        stored = decision and {name: str(getattr(decision, name)) for name in _DECIDED}
        if entry is None or stored != {name: str(entry[name]) for name in _DECIDED}:
            yield f"保留した解除調定金（ID {held}）の決定が、履歴と異なります。"
    lines = ChargeLine.objects.filter(fee=Fee.SETTLEMENT, cause__startswith=OF_HELD).order_by("pk")
    written = {cause: (target, yen) for cause, target, yen in lines.values_list("cause", "target_id", "amount_yen")}
    billed = HeldSettlement.objects.exclude(month__closed_at=None).filter(decided__decision="billed")
    last = Month.last_closed() if decided else None
    for row in billed.select_related("decided").order_by("pk") if decided else ():
        line = written.pop(f"{OF_HELD}{row.pk}", None)
        waiting = last is not None and _entry_is_later(row.pk, last.entries_seen)
        if line != (row.target_id, row.amount_yen) and not (line is None and waiting):
            yield f"請求すると決定した解除調定金（ID {row.pk}、対象ID {row.target_id}）が、明細と一致しません。"
    for cause, (target, _yen) in written.items():
        yield f"請求すると決定していない解除調定金の明細があります（{cause}、対象ID {target}）。"


_DECIDED = ("decision", "reason", "decided_by", "decided_on")


def _entry_is_later(held: int, seen: int) -> bool:
    """Whether finance decided after the last close: the line follows with the next."""
    return Entry.objects.filter(operation="bill_held", pk__gt=seen, after__held=held).exists()


def _closed() -> Iterator[Month]:
    yield from Month.objects.exclude(closed_at=None).order_by("month")


def guards_are_on() -> Iterator[str]:
    """Every trigger that keeps facts, history and closed months is on the database, switched on, and reads as it should."""
    for name in [
        *missing(connection, guards(), owner="contracts", extra=beside_contracts(connection)),
        *missing(connection, of_all(), owner="ledger", extra=beside_ledger(connection)),
        *month_tables_without_guards(connection),
    ]:
        yield f"データベースの保護「{name}」がないか、内容が異なります（migrateで付け直せます）。"
    if triggers_are_silenced(connection):
        yield "データベースの設定session_replication_roleが、すべての保護を働かなくしています。"


CHECKS: tuple[Check, ...] = (
    targets_are_where_they_came_to,
    months_follow_one_another,
    months_are_sealed,
    lines_are_as_closed,
    no_day_is_billed_twice,
    decisions_are_kept,
)
"""What a stored ledger must satisfy by itself."""

OF_THE_LINES: tuple[Check, ...] = (
    kept_sums_are_the_lines,
    invoices_are_the_lines,
    invoices_say_their_lines,
    invoice_numbers_have_no_gap,
    documents_are_kept,
    invoices_are_marked_as_told,
    exports_agree,
)
"""What is made of the lines: invoices, journal and exports come to what they do. Asked where the lines themselves are sound."""


OF_THE_HISTORY: tuple[Check, ...] = (history_is_chained, history_is_the_one_told_before, told_is_what_stands)
"""Whether the history is what was written, and what it tells of stands."""

OF_THE_FACTS = (months_are_what_they_had_seen, billed_is_owed, derived_values_are_implied)
"""What the facts make of it: closed months, what was corrected since, and the days stored with the facts."""


def check_ledger(*, recompute: bool = False, tally: Tally | None = None, keep: bool = False) -> Iterator[str]:
    """Every fault as a sentence; with ``recompute`` also what the facts make of the closed months, where the rest is sound.

    ``keep``: rows that are seen for the first time are marked, so that the next check tells whether they changed since.
    ``tally`` takes what was computed anew and what could not be: no more than that is vouched for.
    """
    # A guard that is off has changed nothing by itself: what stands without it is checked all the same.
    yield from guards_are_on()
    # So does a history that was rewritten: the months are sealed by hashes of their own.
    for check in OF_THE_HISTORY:
        yield from check()
    yield from rows_are_what_they_were(keep=keep)
    # Days and names are told of as well: the lines are sealed by themselves.
    yield from stored_is_what_was_told()
    # The same holds of the search: no amount rests on it.
    yield from keys_are_of_the_names()
    counted = tally if tally is not None else Tally()
    anew = tuple(partial(check, counted) for check in OF_THE_FACTS) if recompute else ()
    for checks in (CHECKS, OF_THE_LINES, anew):
        sound = True
        for check in checks:
            for fault in check():
                sound = False
                yield fault
        if not sound:
            return
