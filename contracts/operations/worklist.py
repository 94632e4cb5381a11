"""作業一覧: kept as the facts have it, in the transaction that changes them; people's notes on it stay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contracts.clock import today
from contracts.facts.load import load_units
from contracts.facts.price_days import price_day_of
from contracts.facts.unit_lock import hold_units
from contracts.intake.asked_yen import monthly_asked
from contracts.judge.claims import claim_work
from contracts.judge.coming import coming
from contracts.judge.listed import listed
from contracts.judge.lookout import Lookout
from contracts.judge.outcomes import LONGEST, Decided, outcomes
from contracts.judge.stake import Monthly, at_stake, monthly_of
from contracts.judge.unpriced import Prices, prices_of, unpriced
from contracts.judge.work import SecondAsked, Untold, Waiting, Work, work_of
from contracts.models import ManagementUnit, WorkItem
from contracts.models.at_once import Row
from contracts.models.bulk import create_all, slices
from contracts.operations.claimable import incidents_of
from contracts.operations.looks import Looked, due, note_looks, take_up_unseen, units_due
from contracts.operations.step import Step
from contracts.operations.work_read import read_work
from contracts.terms.unit import Unit, stay_of

UNITS_AT_ONCE = 200
"""Units of one step of the job: few enough that it holds the facts for a fraction of a second."""
UNITS_TOGETHER = 500
"""Units of which the rows are brought up together where facts were written, and are held for as long as that takes anyhow."""

_OF_WORK = ("kind", "subject", "clause", "text", "shown_from", "from_on", "until_on", "due_at", "person_id")
_SHOWN = (*_OF_WORK, "values", "due_on", "stake_yen")
_SAYS = ("values", "from_on", "until_on", "due_at")
"""What a row tells: where any of it is otherwise than when somebody settled the row, it is open again."""


def refresh_worklist(
    unit_ids: Iterable[int], *, on: date | None = None, loaded: Mapping[int, Unit] | None = None
) -> int:
    """Bring the rows of those units to what the facts come to on a day (None: today), in sets; how many rows they now have.

    A row whose cause is gone goes; a row that stays keeps who took it and the note. ``loaded``: the units, where they have
    been read already. To be called for every unit of which a fact is written: the jobs look at it again from its day on only.
    """
    day = on or today()
    if loaded is not None:
        hold_units(loaded)
        return _refresh(loaded, day, written=True)
    return sum(_refresh(_held(some), day, written=True) for some in slices(unit_ids, UNITS_TOGETHER))


@transaction.atomic
def refresh_whole_worklist() -> int:
    """Bring every row of every unit to what the facts come to."""
    return refresh_worklist(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True).iterator())


def count_due(on: date) -> int:
    """How many units the list of the day has to be made anew for, those among them that nobody has looked at yet."""
    take_up_unseen()
    return units_due(on).count()


def refresh_some(on: date, after: int) -> Step:
    """Refresh the rows of the next units after the id ``after`` whose work may be otherwise by the day, in the transaction of the
    caller: what comes to the same rows as all units would.
    """
    ids = list(due(units_due(on), after)[:UNITS_AT_ONCE])
    if not ids:
        return Step(None)
    return Step(ids[-1], len(ids), _refresh(_held(ids), on, written=False))


def _held(unit_ids: list[int]) -> Mapping[int, Unit]:
    """The units as they stand once nobody else is at them: what others wrote of them is read, and what is read stays so."""
    hold_units(unit_ids)
    return load_units(unit_ids)


def _refresh(units: Mapping[int, Unit], on: date, *, written: bool) -> int:
    read = read_work(units, on, since=on - LONGEST)
    (waiting, accepted), untold = _applications(read.applications), _untold(read.changes)
    incidents = incidents_of(read.outages, read.breaches)
    (prices, monthly), (asked, answered) = _prices(read.prices), _asked(read.asked)
    within = timedelta(hours=settings.TOLD_WITHIN_HOURS)
    wanted: dict[str, WorkItem] = {}
    looked: dict[int, Looked] = {}
    for pk, unit in units.items():
        lookout = Lookout(on)
        found = work_of(unit, waiting=waiting[pk], untold=untold[pk], within=within, asked=asked[pk])
        found += [*coming(unit, lookout), *unpriced(unit, prices, lookout), *claim_work(incidents.open[pk], lookout)]
        found = [work for work in found if not _still_elsewhere(unit, work, lookout)]
        found += outcomes([*accepted[pk], *answered[pk], *incidents.decided[pk]], lookout)
        found_by = listed(unit, lookout)
        looked[pk] = Looked(on, lookout.changes_on, found_by)
        for work in found:
            row = _row(pk, work, work.yen if work.yen is not None else at_stake(unit, work, monthly))
            while row.key in wanted:  # the same again on later days
                row.key += "+"
            wanted[row.key] = row
    stored = read.items
    gone = [item.pk for key, item in stored.items() if key not in wanted]
    for some in slices(gone):
        WorkItem.objects.filter(pk__in=some).delete()
    create_all(WorkItem, (row for key, row in wanted.items() if key not in stored))
    changed = [item for key, row in wanted.items() if (item := stored.get(key)) is not None and _said_anew(item, row)]
    columns = [name.removesuffix("_id") for name in (*_SHOWN, "settled_on", "settled_by")]
    WorkItem.objects.bulk_update(changed, columns, batch_size=100)
    note_looks(looked, written=written)
    return len(wanted)


def _still_elsewhere(unit: Unit, work: Work, lookout: Lookout) -> bool:
    """Whether work on a target is that of the unit that still has it: what it lacks in this one is this one's."""
    if not unit.stays or work.kind in ("consent", "eligibility"):
        return False
    target = next((target for target in unit.targets if target.number == work.subject), None)
    return target is not None and not lookout.reached(stay_of(unit, target).first)


def _said_anew(item: WorkItem, row: WorkItem) -> bool:
    """Whether the row says anything otherwise, which the stored one then says too; who took it and the note stay."""
    if all(getattr(item, name) == getattr(row, name) for name in _SHOWN):
        return False
    if any(getattr(item, name) != getattr(row, name) for name in _SAYS):
        item.settled_on, item.settled_by = None, None
    for name in _SHOWN:
        setattr(item, name, getattr(row, name))
    return True


def _row(pk: int, work: Work, yen: int | None) -> WorkItem:
    shown: dict[str, Any] = {name: getattr(work, name) for name in _OF_WORK}
    due_on = timezone.localdate(work.due_at, timezone.get_default_timezone()) if work.due_at else work.from_on
    return WorkItem(key=f"{pk}|{work.key}", unit_id=pk, values=dict(work.values), due_on=due_on, stake_yen=yen, **shown)


def _asked(rows: Iterable[Row]) -> tuple[defaultdict[int, list[SecondAsked]], defaultdict[int, list[Decided]]]:
    """By unit, what waits for a second person, and what was answered lately, for those who asked."""
    waiting: defaultdict[int, list[SecondAsked]] = defaultdict(list)
    answered: defaultdict[int, list[Decided]] = defaultdict(list)
    for pk, unit, subject, asked_on, asker, state, decided_on, decider, asker_id, reason in rows:
        if state == "waiting":
            waiting[unit].append(SecondAsked(pk, subject, asked_on, asker))
        elif decided_on is not None:
            kind = "confirmed" if state == "done" else "handed_back"
            told = (decided_on, str(decider), asker_id, asked_on, reason, str(pk))
            answered[unit].append(Decided(kind, subject, *told))
    return waiting, answered


def _applications(rows: Iterable[Row]) -> tuple[defaultdict[int, list[Waiting]], defaultdict[int, list[Decided]]]:
    """By unit, the applications on which somebody has to act, and those accepted lately, for those who entered them."""
    waiting: defaultdict[int, list[Waiting]] = defaultdict(list)
    accepted: defaultdict[int, list[Decided]] = defaultdict(list)
    for pk, unit, number, state, received_on, returned_on, closed_on, accepted_on, *more in rows:
        by, returned_because, reason, lines, entered, decided = more
        since = {"received": received_on, "draft": returned_on, "rejected": closed_on}.get(state)
        if state == "accepted" and accepted_on is not None and by is not None:
            accepted[unit].append(Decided("accepted", number, accepted_on, decided or "", by, pk=str(pk)))
        elif since is not None and (state == "received" or by is not None):
            why = returned_because if state == "draft" else reason
            yen = monthly_asked(lines) or None
            waiting[unit].append(Waiting(number, since, state, why, by, str(pk), yen, entered or ""))
    return waiting, accepted


def _prices(rows: Iterable[Row]) -> tuple[dict[str, Prices], Monthly]:
    """The standing prices of the units' targets, as the judge asks for them, and what the monthly ones are."""
    asked = [(price_day_of(tuple(said)), yen) for _pk, *said, yen in rows]
    monthly = monthly_of((price.target, price.fee, price.from_on, yen) for price, yen in asked)
    return prices_of(price for price, _yen in asked), monthly


def _untold(rows: Iterable[Row]) -> defaultdict[int, list[Untold]]:
    found: defaultdict[int, list[Untold]] = defaultdict(list)
    for pk, unit, number, what, changed_at in rows:
        found[unit].append(Untold(pk, number, what, timezone.localtime(changed_at)))
    return found
