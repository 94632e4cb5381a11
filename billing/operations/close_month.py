"""月次の締め: compute a month's lines, store them, close the month for good.

A range of units and its mark are written in one transaction: killed half way and called again, it ends the same; and
processes side by side share the ranges (billing.operations.processes). What arrived too late for closed months is said in the chunk
of its unit, after the month's own lines (billing.operations.correct).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from billing.facts.load import of_month
from billing.facts.policy import policies
from billing.facts.span import UnitRange, ranges_beside
from billing.models import HeldSettlement, Month, MonthChunk, ParkedTarget
from billing.models.bulk import insert_lines, make_key, throw_lines_away
from billing.models.month_tables import KEYS
from billing.operations.correct import late_of
from billing.operations.month_chunk import Chunk
from billing.operations.moved import note_moved, plan_of
from billing.operations.no_cycles import no_search_for_cycles
from billing.operations.processes import in_processes
from billing.operations.seal import sealed
from billing.terms.policy import policy_on
from contracts.clock import now
from contracts.facts import history
from contracts.models import Entry, FactsRevision, ManagementUnit
from contracts.models.bulk import create_all
from contracts.operations.rehearsal import marked
from contracts.terms.days import Period, month_period, next_month

UNITS_A_CHUNK, FEWEST_A_CHUNK = 10_000, 500
RANGES_TO_SHARE = 8

Progress = Callable[[int, int], None]
Share = Callable[[Month, list[UnitRange]], bool]
"""Hands ranges of units to other processes, if there are any; what they do not take is computed all the same."""


def alone(month: Month, ranges: list[UnitRange]) -> bool:
    """Nobody shares the work."""
    return False


class MonthRefusedError(Exception):
    """A month that cannot be closed now, with the reason in Japanese."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A target that could not be billed, why, and the clause."""

    number: str
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """What closing came to. ``closed`` is False while targets are parked that finance has not left out by name."""

    month: date
    closed: bool
    already: bool
    line_count: int
    total_yen: int
    held_count: int
    parked: list[Parked]


def close_month(
    month: date,
    *,
    on: date,
    by: str,
    leave_out: Collection[str] = (),
    progress: Progress = lambda done, total: None,
    share: Share = alone,
    proposed: int | None = None,
) -> ClosedMonth:
    """Compute, store and close the month that begins on ``month``; a second call changes nothing.

    ``on`` is the day of the closing: the month must be over. ``leave_out`` names parked targets to close without.
    ``proposed``: the number of the facts that whoever closes has seen the month on; None: on those that stand.
    Raises MonthRefusedError where the month is not over, not the next one of the ledger, or other facts stand than proposed.
    """
    if on < next_month(month):
        raise MonthRefusedError(f"{month:%Y-%m}は{on}の時点でまだ終わっていません")
    while True:
        row = _open(month)
        if row.closed_at is not None:
            return _outcome(row, already=True)
        if proposed is not None and row.facts_revision != proposed:
            raise MonthRefusedError("提案を計算した後に事実が変わりました。もう一度提案してください")
        _compute(row, month_period(month), progress, share)
        # Before anything is locked: it takes as long as a third of the loading.
        make_keys(row.pk)
        closed = _close(row.pk, by=marked(by), leave_out=leave_out)
        # None: a fact was written while the month was computed; it is computed anew on the facts that stand now.
        if closed is not None:
            return closed


@transaction.atomic
def _open(month: date) -> Month:
    """The month's row; lines computed on facts that no longer stand are thrown away."""
    # One opening at a time: two that begin the same month, or two months, side by side would not see each other's row.
    FactsRevision.objects.get_or_create(pk=1)
    revision = FactsRevision.objects.select_for_update(no_key=True).get(pk=1).revision
    row = Month.objects.select_for_update(no_key=True).filter(month=month).first()
    if row is None:
        _must_be_next(month)
        note_moved(month, revision)
        return Month.objects.create(month=month, facts_revision=revision)
    if row.closed_at is None and row.facts_revision != revision:
        throw_lines_away(row.pk)
        for rows in (row.held, row.parked, row.chunks):
            rows.all().delete()
        row.facts_revision = revision
        row.save(update_fields=["facts_revision"])
        note_moved(month, revision)
    return row


def _must_be_next(month: date) -> None:
    last = Month.objects.order_by("-month").first()
    if last is None:
        return
    if last.closed_at is None:
        raise MonthRefusedError(f"{last}がまだ締められていません")
    if month != next_month(last.month):
        raise MonthRefusedError(f"次に締める月は{next_month(last.month):%Y-%m}です（{month:%Y-%m}ではありません）")


def _compute(row: Month, period: Period, progress: Progress, share: Share) -> None:
    """Every range of units, each once, whoever computes it. What is shared others compute from the front, and this one from the end."""
    done = [UnitRange(after, last) for after, last in row.chunks.values_list("after_unit", "last_unit")]
    waiting = list(ranges_beside(done, _units_a_chunk()))
    if share(row, waiting):
        waiting.reverse()
    total = len(done) + len(waiting)
    in_processes(
        lambda some: compute_range(row.pk, some, period), waiting, lambda begun: progress(len(done) + begun, total)
    )


def _units_a_chunk() -> int:
    """So many that there are enough ranges to share out, whoever asks; a range of very few costs more than its units."""
    return min(UNITS_A_CHUNK, max(FEWEST_A_CHUNK, ManagementUnit.objects.count() // RANGES_TO_SHARE + 1))


def make_keys(month_id: int) -> None:
    """Make the keys of a month, all of whose lines are written, side by side. Raises IntegrityError where a line is there twice."""
    in_processes(lambda number: make_key(month_id, number), range(KEYS))


def compute_range(month_id: int, some: UnitRange, period: Period) -> None:
    """Compute and store the lines of a range of units with its mark, in one transaction; nothing where the mark is there.

    The mark goes first: a second process that comes to the range waits for the first, and then passes it over.
    """
    try:
        with transaction.atomic():
            row = _shared(month_id)
            if row is not None:
                mark = MonthChunk.objects.create(
                    month=row, after_unit=some.after, last_unit=some.last, line_count=0, total_yen=0, sha256=""
                )
                _fill(row, mark, some, period)
    except IntegrityError:
        if not MonthChunk.objects.filter(month=month_id, after_unit=some.after).exists():
            raise


def _shared(month_id: int) -> Month | None:
    """The open month, kept from being opened anew or closed until the transaction ends; others may compute beside it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM billing_month WHERE id = %s FOR SHARE", [month_id])
    return Month.objects.filter(pk=month_id, closed_at=None).first()


def _fill(row: Month, mark: MonthChunk, some: UnitRange, period: Period) -> None:
    chunk = Chunk(row, policy_on(policies(), row.month))
    plan = plan_of(row.month, row.facts_revision, some)
    if plan.before is not None:
        chunk.carry_over(plan.before, plan.moved, some, period)
    with no_search_for_cycles():
        for units in plan.computed:
            rows = chunk.lines(of_month(units, period), period)
            insert_lines(row.pk, rows, chunk.policy.version, chunk.sha256, chunk.whole)
    late_held: list[HeldSettlement] = []
    for said in late_of(row, plan.written):
        late_held += chunk.say(said)
    # What a later fact took back comes before what the month itself holds: of one target, the newest stands.
    create_all(HeldSettlement, [*late_held, *chunk.held])
    create_all(ParkedTarget, chunk.parked.values())
    mark.line_count, mark.total_yen, mark.sha256 = chunk.count, chunk.total_yen, chunk.sha256.hexdigest()
    mark.save(update_fields=["line_count", "total_yen", "sha256"])


@transaction.atomic
def _close(month_id: int, *, by: str, leave_out: Collection[str]) -> ClosedMonth | None:
    """Close the computed month unless a target is parked that is not left out; None where facts have changed meanwhile."""
    # Who writes facts holds the revision's row: what is being written is waited for, so that no entry is passed over.
    revision = FactsRevision.objects.select_for_update(no_key=True).get(pk=1).revision
    row = Month.objects.select_for_update(no_key=True).get(pk=month_id)
    if row.closed_at is not None:
        return _outcome(row, already=True)
    if row.facts_revision != revision:
        return None
    parked = set(row.parked.values_list("target__number", flat=True))
    unknown = sorted(set(leave_out) - parked)
    if unknown:
        raise MonthRefusedError(f"計算できない対象ではないので除外できません：{'、'.join(unknown)}")
    sums = row.chunks.aggregate(lines=Sum("line_count"), total=Sum("total_yen"))
    row.line_count, row.total_yen = sums["lines"] or 0, sums["total"] or 0
    if parked <= set(leave_out):
        row.closed_at, row.closed_by, row.left_out = now(), by, sorted(leave_out)
        row.entries_seen = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        row.sha256 = sealed(row)
        closed = {name: getattr(row, name) for name in ("line_count", "total_yen", "left_out", "sha256")}
        history.record("close", "month", str(row), by=by, after=closed)
    row.save()
    return _outcome(row, already=False)


def _outcome(row: Month, *, already: bool) -> ClosedMonth:
    parked = row.parked.order_by("target__number").values_list("target__number", "reason", "clause")
    return ClosedMonth(
        month=row.month,
        closed=row.closed_at is not None,
        already=already,
        line_count=row.line_count,
        total_yen=row.total_yen,
        held_count=HeldSettlement.objects.filter(month=row).count(),
        parked=[Parked(*values) for values in parked],
    )
