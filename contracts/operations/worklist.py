"""作業一覧: kept as the facts have it, in the transaction that changes them; people's notes on it stay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.clock import today
from contracts.facts import history
from contracts.facts.load import load_units
from contracts.facts.price_days import PRICE_DAY, price_day_of
from contracts.judge.claims import BREACH, OUTAGE, Incident, Told, claim_work, counting_beside
from contracts.judge.coming import coming
from contracts.judge.lookout import Lookout
from contracts.judge.unpriced import Prices, prices_of, unpriced
from contracts.judge.work import SecondAsked, Untold, Waiting, Work, work_of
from contracts.models import Application, Asked, Breach, ManagementUnit, Outage, Price, SettingChange, WorkItem
from contracts.models.bulk import create_all, slices
from contracts.operations.looks import Looked, due, note_looks, take_up_unseen, units_due
from contracts.operations.refusal import Refused
from contracts.operations.step import Step
from contracts.terms.art15_claims import longest_claim, whole_units
from contracts.terms.unit import Unit, stay_of

UNITS_AT_ONCE = 200
"""Units of one step of the job: few enough that it holds the facts for a fraction of a second."""
UNITS_TOGETHER = 500
"""Units of which the rows are brought up together where facts were written, and are held for as long as that takes anyhow."""

_OF_WORK = ("kind", "subject", "clause", "text", "shown_from", "from_on", "until_on", "due_at", "person_id")
_SHOWN = (*_OF_WORK, "values", "due_on")


def refresh_worklist(
    unit_ids: Iterable[int], *, on: date | None = None, loaded: Mapping[int, Unit] | None = None
) -> int:
    """Bring the rows of those units to what the facts come to on a day (None: today), in sets; how many rows they now have.

    A row whose cause is gone goes; a row that stays keeps who took it and the note. ``loaded``: the units, where they have
    been read already. To be called for every unit of which a fact is written: the jobs look at it again from its day on only.
    """
    day = on or today()
    if loaded is not None:
        return _refresh(loaded, day, written=True)
    return sum(_refresh(load_units(some), day, written=True) for some in slices(unit_ids, UNITS_TOGETHER))


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
    return Step(ids[-1], len(ids), _refresh(load_units(ids), on, written=False))


def _refresh(units: Mapping[int, Unit], on: date, *, written: bool) -> int:
    waiting, untold = _waiting(units), _untold(units)
    prices, incidents, asked = _prices(units), _incidents(units, on), _asked(units)
    within = timedelta(hours=settings.TOLD_WITHIN_HOURS)
    wanted: dict[str, WorkItem] = {}
    looked: dict[int, Looked] = {}
    for pk, unit in units.items():
        lookout = Lookout(on)
        found = work_of(unit, waiting=waiting[pk], untold=untold[pk], within=within, asked=asked[pk])
        found += [*coming(unit, lookout), *unpriced(unit, prices, lookout), *claim_work(incidents[pk], lookout)]
        found = [work for work in found if not _still_elsewhere(unit, work, lookout)]
        looked[pk] = Looked(on, lookout.changes_on)
        for work in found:
            row = _row(pk, work)
            while row.key in wanted:  # the same again on later days
                row.key += "+"
            wanted[row.key] = row
    stored = {item.key: item for item in WorkItem.objects.filter(unit__in=list(units))}
    gone = [item.pk for key, item in stored.items() if key not in wanted]
    for some in slices(gone):
        WorkItem.objects.filter(pk__in=some).delete()
    create_all(WorkItem, (row for key, row in wanted.items() if key not in stored))
    changed = []
    for key, row in wanted.items():
        item = stored.get(key)
        if item is not None and any(getattr(item, name) != getattr(row, name) for name in _SHOWN):
            for name in _SHOWN:
                setattr(item, name, getattr(row, name))
            changed.append(item)
    WorkItem.objects.bulk_update(changed, [name.removesuffix("_id") for name in _SHOWN], batch_size=100)
    note_looks(looked, written=written)
    return len(wanted)


def _still_elsewhere(unit: Unit, work: Work, lookout: Lookout) -> bool:
    """Whether work on a target is that of the unit that still has it: what it lacks in this one is this one's."""
    if not unit.stays or work.kind in ("consent", "eligibility"):
        return False
    target = next((target for target in unit.targets if target.number == work.subject), None)
    return target is not None and not lookout.reached(stay_of(unit, target).first)


def _row(pk: int, work: Work) -> WorkItem:
    shown: dict[str, Any] = {name: getattr(work, name) for name in _OF_WORK}
    due_on = timezone.localdate(work.due_at, timezone.get_default_timezone()) if work.due_at else work.from_on
    return WorkItem(key=f"{pk}|{work.key}", unit_id=pk, values=dict(work.values), due_on=due_on, **shown)


def _asked(units: Mapping[int, Unit]) -> defaultdict[int, list[SecondAsked]]:
    found: defaultdict[int, list[SecondAsked]] = defaultdict(list)
    rows = Asked.objects.filter(unit__in=list(units), state="waiting").order_by("pk")
    for unit_id, pk, subject, on, who in rows.values_list("unit_id", "pk", "subject", "asked_on", "asked_by__username"):
        found[unit_id].append(SecondAsked(pk, subject, on, who))
    return found


def _waiting(units: Mapping[int, Unit]) -> defaultdict[int, list[Waiting]]:
    found: defaultdict[int, list[Waiting]] = defaultdict(list)
    asks = Q(state="received") | Q(state="draft", returned="sent_back") | Q(state="rejected", acknowledged_on=None)
    names = ("unit_id", "number", "state", "received_on", "returned_on", "closed_on", "returned_because", "reason")
    rows = Application.objects.filter(asks, unit__in=list(units)).order_by("pk").values_list(*names, "entered_by_id")
    for unit_id, number, state, received_on, returned_on, closed_on, returned_because, reason, entered_by in rows:
        since = {"received": received_on, "draft": returned_on, "rejected": closed_on}[state]
        assert since is not None  # the database holds it
        why = returned_because if state == "draft" else reason
        if state == "received" or entered_by is not None:
            found[unit_id].append(Waiting(number, since, state, why, entered_by))
    return found


def _prices(units: Mapping[int, Unit]) -> dict[str, Prices]:
    rows = Price.objects.standing().filter(target__unit__in=list(units))
    return prices_of(map(price_day_of, rows.values_list(*PRICE_DAY)))


def _untold(units: Mapping[int, Unit]) -> defaultdict[int, list[Untold]]:
    found: defaultdict[int, list[Untold]] = defaultdict(list)
    changes = SettingChange.objects.filter(contract__target__unit__in=list(units), told_at=None).order_by("pk")
    names = ("contract__target__unit_id", "pk", "contract__target__number", "what", "changed_at")
    for unit_id, pk, number, what, changed_at in changes.values_list(*names):
        found[unit_id].append(Untold(pk, number, what, timezone.localtime(changed_at)))
    return found


def _incidents(units: Mapping[int, Unit], on: date) -> defaultdict[int, list[Incident]]:
    """Outages and breaches of the units whose claim can still come, or waits for a decision: two queries."""
    # Older incidents without a claim are not looked at: it could not come in time any more.
    since = timezone.make_aware(datetime.combine(on - longest_claim(), datetime.min.time()))
    undecided = Q(decision="", contract__target__unit__in=list(units))
    claimed = Q(claimed_on__isnull=False, source="recorded")
    names = ("contract__target__unit_id", "pk", "contract__target__number", "fault", "claimed_on", "source")
    outages = (
        Outage.objects.standing().filter(undecided, claimed | Q(claimed_on=None, restored_at__gte=since)).order_by("pk")
    )
    breaches = (
        Breach.objects.standing().filter(undecided, claimed | Q(claimed_on=None, occurred_at__gte=since)).order_by("pk")
    )
    rows = [(OUTAGE, "", *row) for row in outages.values_list(*names, "known_at", "restored_at")]
    rows += [
        (BREACH, guarantee, *row, None) for guarantee, *row in breaches.values_list("guarantee", *names, "occurred_at")
    ]
    beside = _beside(rows)
    found: defaultdict[int, list[Incident]] = defaultdict(list)
    for kind, guarantee, unit_id, pk, number, fault, claimed_on, source, began_at, restored_at in rows:
        found[unit_id].append(
            Incident(
                kind=kind,
                pk=pk,
                guarantee=guarantee,
                contract=number,
                began_at=timezone.localtime(began_at),
                restored_at=timezone.localtime(restored_at) if restored_at else None,
                fault=fault,
                claimed_on=claimed_on,
                by_book=not source,
                beside=counting_beside(
                    (one for one in beside[number] if one.began_at != began_at), claimed=claimed_on is not None
                )
                if kind == OUTAGE
                else (),
            )
        )
    return found


def _beside(rows: Iterable[tuple[Any, ...]]) -> defaultdict[str, list[Told]]:
    """All outages of the contracts of which one is too short by itself (I-38), by the contract's number; one query where any is."""
    found: defaultdict[str, list[Told]] = defaultdict(list)
    short = {
        row[4] for row in rows if row[0] == OUTAGE and row[-1] and not whole_units(timezone.localtime(row[-2]), row[-1])
    }
    for some in slices(sorted(short)):
        outages = Outage.objects.standing().filter(contract__target__number__in=some)
        columns = ("contract__target__number", "known_at", "restored_at", "fault", "claimed_on", "decision")
        for number, began_at, restored_at, *told in outages.values_list(*columns):
            over = timezone.localtime(restored_at) if restored_at else None
            found[number].append(Told(timezone.localtime(began_at), over, *told))
    return found


@transaction.atomic
def take(item: WorkItem, *, by: User, taken: bool | None = None, note: str | None = None) -> None:
    """Take a row or give it back, and note what is being done about it; None leaves the one or the other as it is.

    Raises Refused where somebody else has taken the row: it has to be given back first.
    """
    stored = WorkItem.objects.select_for_update().get(pk=item.pk)
    if taken and stored.taken_by not in (None, by):
        raise Refused(_("%(who)sさんが既に引き受けています。") % {"who": stored.taken_by})
    before = {"taken_by": str(stored.taken_by or ""), "note": stored.note}
    if taken is not None:
        stored.taken_by = by if taken else None
    if note is not None:
        stored.note = note.strip()
    stored.save(update_fields=["taken_by", "note"])
    after = {"taken_by": str(stored.taken_by or ""), "note": stored.note}
    history.record("take", "work_item", stored.subject, by=by, unit_id=stored.unit_id, before=before, after=after)
