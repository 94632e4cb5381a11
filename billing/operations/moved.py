"""動いた管理単位: which units have lines of a month that may differ from the month before's, and must be computed by the rules.

A unit has not moved where no fact of it was written since the last close, and no day lies in the last month or the new one on
which what it is charged can change: then its lines of the new month are those of the last, a month later. Each such day is
named below; a day too many costs a unit computed for nothing, a day too few would be a wrong bill, which
``check_ledger --recompute`` finds, since it computes every unit.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigIntegerField, DateField, DateTimeField, Q, QuerySet

from billing.facts.questions import granted_in
from billing.facts.span import UnitRange, Units, UnitSet
from billing.facts.written import written_since
from billing.models import ChargeLine, Month, MovedUnit, ParkedTarget
from billing.models.carry import whole_fee
from contracts.facts.moments import start_of
from contracts.models import Application, Breach, Change, ManagementUnit, Move, Notice, Outage, Price, Target, Transfer
from contracts.models.bulk import slices
from contracts.models.written_once import Given, WrittenOnce
from contracts.terms.days import month_period, next_month
from contracts.terms.over import longest_notice_days
from contracts.terms.unit import Ground

UNITS_AT_ONCE = 5_000
MOST_MOVED = 0.5
"""Where more of a range's units have moved, reading them one by one costs more than computing the range."""

Ids = QuerySet[Any, Any]


def note_moved(month: date, revision: int) -> None:
    """Write down once which units have moved in ``month``, as the facts stand in ``revision``. None in a first month: all have.

    The facts must be locked, or ``revision`` be compared before anything rests on it.
    """
    last = _before(month)
    if last is None:
        return
    if not MovedUnit.objects.filter(month=month, facts_revision=revision).exists():
        # What was noted of this month at another revision stays while it is open: a proposal may still be computing on it.
        MovedUnit.objects.filter(month__lt=month).delete()
        _note(month, revision, last)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the lines of a range of units come about: which are carried over from the month ``before``, and which are computed.

    ``before`` is None where all are computed. ``moved``: the ids of the units computed, where the others are carried over.
    ``written``: the ids of the units of which facts were written since the last close, in their order.
    """

    before: Month | None
    moved: list[int]
    computed: list[Units]
    written: list[int]


def plan_of(month: date, revision: int, units: UnitRange) -> Plan:
    """What is to be done for a range of units in a month; where most of them have moved, all are computed."""
    before = _before(month)
    if before is None:
        return Plan(None, [], [units], [])
    rows = MovedUnit.objects.filter(units.of("unit_id"), month=month, facts_revision=revision).order_by("unit_id")
    found = list(rows.values_list("unit_id", "written"))
    moved, written = [unit for unit, _ in found], [unit for unit, written in found if written]
    if len(moved) > MOST_MOVED * ManagementUnit.objects.filter(units.of("pk")).count():
        return Plan(None, [], [units], written)
    return Plan(before, moved, [UnitSet(some) for some in slices(moved, UNITS_AT_ONCE)], written)


def to_carry(before: Month, units: UnitRange) -> Iterable[tuple[int, int, int, int, int, str]]:
    """The whole monthly fees of a range of units in the month before, unit after unit: unit, customer, target, yen, unit price, sentence."""
    rows = ChargeLine.objects.filter(
        units.of("unit_id"), month=before, **whole_fee(month_period(before.month))
    ).order_by("unit_id", "pk")
    return rows.values_list("unit_id", "customer_id", "target_id", "amount_yen", "unit_price_yen", "basis")


def _before(month: date) -> Month | None:
    """The month before, closed; None where the ledger begins."""
    last = Month.last_closed(before=month)
    return last if last is not None and next_month(last.month) == month else None


class _Days(NamedTuple):
    """What a fact is compared with: the first day of the last month, of the new one and of the one after it, and when these two begin;
    the first day on which a notice arrived that may still run out in the last month."""

    last: Any
    first: Any
    stop: Any
    begins: Any
    ends: Any
    arrived: Any


def _note(month: date, revision: int, last: Month) -> None:
    stop = next_month(month)
    days = _Days(last.month, month, stop, start_of(month), start_of(stop), arrived_since(last.month))
    for asked, written in ((_WRITTEN, True), (_DUE, False)):
        sql, values = asked.within(seen=last.entries_seen, closed=last.pk, **days._asdict())
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH found (unit_id) AS ({sql}) "
                "INSERT INTO billing_movedunit (month, facts_revision, unit_id, written) "
                "SELECT %s, %s, unit_id, %s FROM found WHERE unit_id IS NOT NULL ON CONFLICT DO NOTHING",
                [*values, month, revision, written],
            )
            # What bears on a contract is written of the unit that has it now: its other units have days of it too.
            cursor.execute(_OF_CHAINS, [month, revision, written])


_OF_CHAINS = """
INSERT INTO billing_movedunit (month, facts_revision, unit_id, written)
SELECT DISTINCT m.month, m.facts_revision, o.id, m.written FROM billing_movedunit m
JOIN contracts_managementunit u ON u.id = m.unit_id AND u.contracts_moved
JOIN contracts_move touching ON touching.unit_id = u.id OR touching.origin_id = u.id
JOIN contracts_move v ON v.contract_id = touching.contract_id
JOIN contracts_managementunit o ON o.id IN (v.unit_id, v.origin_id)
WHERE m.month = %s AND m.facts_revision = %s AND m.written = %s ON CONFLICT DO NOTHING
"""
"""The other units of the contracts that were ever moved into or out of a unit noted."""


def _due(days: _Days, closed: Any) -> Iterator[Ids]:
    """Of every kind of fact the units of which a day lies in the new month, or within the last one, the month ``closed``."""
    # A line of the last month that was whole rests on what counted from its first day on; what began within it is no such line.
    began = {"gt": days.last, "lt": days.stop}
    falls_due = {"gte": days.first, "lt": days.stop}
    yield Target.objects.filter(_within("billing_starts_on", began)).values_list("unit_id")
    yield Price.objects.standing().filter(_within("from_on", began)).values_list("target__unit_id")
    yield Change.objects.standing().filter(_within("effective_on", began)).values_list("target__unit_id")
    # From a day of transfer on another customer pays, from a day of a move on another unit has the contract (I-54).
    yield Transfer.objects.standing().filter(_within("from_on", began)).values_list("unit_id")
    moves = Move.objects.standing().filter(_within("from_on", began))
    yield moves.values_list("origin_id")
    yield moves.values_list("unit_id")
    # With its acceptance a contract owes its initial fee, and a change its one-time fee (第13条).
    yield Application.objects.filter(_within("accepted_on", falls_due)).values_list("unit_id")
    yield Notice.objects.standing().filter(may_end(days.last, days.stop, days.arrived)).values_list("target__unit_id")
    for model, over_at in ((Outage, "restored_at"), (Breach, "occurred_at")):
        within = granted_in(over_at, first=days.first, stop=days.stop, begins=days.begins, ends=days.ends)
        granted = model.objects.standing().filter(within)
        yield granted.values_list("contract__target__unit_id")
    # What could not be billed is no line to go by.
    yield ParkedTarget.objects.filter(month=closed).values_list("target__unit_id")


def _all_due() -> Ids:
    moment, day = DateTimeField(), DateField()
    fields = _Days(day, day, day, moment, moment, day)
    days = _Days(*(Given(name, of) for name, of in zip(_Days._fields, fields, strict=True)))
    first, *others = (rows.order_by() for rows in _due(days, Given("closed", BigIntegerField())))
    return first.union(*others)


_WRITTEN = WrittenOnce(lambda: written_since(Given("seen", BigIntegerField())).values_list("unit_id"))
_DUE = WrittenOnce(_all_due)


def _within(name: str, bounds: dict[str, Any]) -> Q:
    return Q(**{f"{name}__{bound}": day for bound, day in bounds.items()})


def arrived_since(day: date) -> date:
    """The first day on which a notice arrived that may still run out on ``day``, by the most days that any edition has."""
    return day - timedelta(days=longest_notice_days())


def may_end(first: Any, stop: Any, arrived: Any) -> Q:
    """The notices that may bring an end about from ``first`` on and before ``stop`` (contracts.terms.over): more of them rather than fewer.

    An ordinary one does so from its arrival to the most days later that any edition has (``arrived``: arrived_since of ``first``), or to the
    later day that it names; another ground on its day.
    """
    still = Q(arrived_on__gte=arrived) | Q(requested_for__gte=first)
    ordinary = Q(ground=Ground.NOTICE) & Q(arrived_on__lt=stop) & still
    on_its_day = ~Q(ground=Ground.NOTICE) & (
        Q(requested_for=None) | _within("requested_for", {"gte": first, "lt": stop})
    )
    return ordinary | on_its_day
