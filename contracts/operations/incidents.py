"""利用不能 and 品質保証の違背: recorded for one contract or for all concerned at once (第11条, 第15条). Claims: contracts.operations.claims."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.moments import start_of
from contracts.facts.writing import Writing
from contracts.models import Breach, Contract, Entry, Outage
from contracts.models.bulk import slices
from contracts.operations.concerned import concerned, guaranteed, outage_concerned, uptime_concerned
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art15_claims import (
    Responsibility,
    notification_broken_at,
    notified_too_late,
    notified_within,
    uptime_broken,
    uptime_guaranteed,
)
from contracts.terms.days import month_of, next_month

RECORDED = "recorded"

Row = TypeVar("Row", Outage, Breach)


def plan_outage(
    *,
    known_at: datetime,
    restored_at: datetime | None,
    now: datetime,
    numbers: Sequence[str] = (),
    kinds: Collection[str] = (),
    fault: str = "",
    fault_reason: str = "",
) -> QuerySet[Contract]:
    """The contracts an outage would be recorded for. Raises Refused: moments out of order, nobody concerned, no reason of a fault."""
    if known_at > now:
        raise Refused(_("覚知日時が現在より後です。"), field="known_at", clause="15-1")
    if restored_at is not None:
        _restored_in_order(known_at, restored_at, now)
    _reasoned(fault, fault_reason)
    return _some(outage_concerned(known_at, numbers=numbers, kinds=kinds))


@transaction.atomic
def record_outage(
    *,
    known_at: datetime,
    restored_at: datetime | None,
    by: User,
    now: datetime,
    numbers: Sequence[str] = (),
    kinds: Collection[str] = (),
    fault: str = "",
    fault_reason: str = "",
    counted: int | None = None,
) -> int:
    """Record an outage for every contract concerned, in sets; how many. ``counted`` is the number shown before.

    Raises Refused as plan_outage does, and where others are concerned than were shown.
    """
    writing = Writing.begin(by=by, on=_day_of(now))
    said: dict[str, Any] = {"known_at": known_at, "restored_at": restored_at, "fault": fault}
    found = list(_pairs(plan_outage(now=now, numbers=numbers, kinds=kinds, fault_reason=fault_reason, **said)))
    _as_shown(len(found), counted)
    values = said | {"fault_reason": _reasoned(fault, fault_reason)}
    rows = (Outage(contract_id=pk, source=RECORDED, event=writing.revision, **values) for pk, *_rest in found)
    writing.add_all(Outage, rows)
    _told_all("record_outage", "outage", found, values, by)
    return len(found)


@transaction.atomic
def restore_outage(outage: Outage, *, restored_at: datetime, by: User, now: datetime) -> Outage:
    """Record when an outage was over. Raises Refused where that is known already, or lies before it or ahead."""
    writing = Writing.begin(by=by, on=_day_of(now))
    outage = locked(outage)
    if outage.restored_at is not None:
        raise Refused(_("復旧日時は既に記録されています。"), clause="15-1")
    _restored_in_order(outage.known_at, restored_at, now)
    before = history.values_of(outage)
    outage = writing.replace(outage, because=_("復旧の記録"), restored_at=restored_at)
    told("restore", outage, by, before)
    return outage


def plan_uptime(
    month: date,
    percent: Decimal,
    *,
    on: date,
    numbers: Sequence[str] = (),
    kinds: Collection[str] = (),
    fault: str = "",
    fault_reason: str = "",
) -> QuerySet[Contract]:
    """The contracts a month's measured 稼働率 would be recorded for; writes nothing.

    Raises Refused where the month is not over, what is guaranteed was kept, nobody is concerned, or a fault has no reason.
    """
    if next_month(month_of(month)) > on:
        raise Refused(_("この月はまだ終わっていません。"), field="month", clause="11-1(1)")
    must_break(percent, month, "percent")
    _reasoned(fault, fault_reason)
    return _some(uptime_concerned(month_of(month), numbers=numbers, kinds=kinds))


@transaction.atomic
def record_uptime(
    month: date,
    percent: Decimal,
    *,
    by: User,
    on: date,
    numbers: Sequence[str] = (),
    kinds: Collection[str] = (),
    fault: str = "",
    fault_reason: str = "",
    counted: int | None = None,
) -> int:
    """Record a month's measured 稼働率: a breach for each contract guaranteed better; how many.

    A breach counts on the month's last day on which the contract served. Raises Refused as plan_uptime and record_outage do.
    """
    writing = Writing.begin(by=by, on=on)
    said: dict[str, Any] = {"numbers": numbers, "kinds": kinds, "fault": fault, "fault_reason": fault_reason}
    found = list(_pairs(plan_uptime(month, percent, on=on, **said)))
    _as_shown(len(found), counted)
    values: dict[str, Any] = {"guarantee": "uptime", "measured_percent": percent, "event": writing.revision}
    values |= {"fault": fault, "fault_reason": _reasoned(fault, fault_reason)}
    writing.add_all(
        Breach,
        (Breach(contract_id=pk, source=RECORDED, occurred_at=start_of(last), **values) for pk, _n, _u, last in found),
    )
    told_values = {name: value for name, value in values.items() if name != "event"}
    _told_all("record_uptime", "breach", found, told_values | {"month": f"{month:%Y-%m}"}, by)
    return len(found)


@transaction.atomic
def record_notification(
    number: str, *, detected_at: datetime, notified_at: datetime, by: User, now: datetime
) -> Breach:
    """Record that the customer was notified too late. Raises Refused where it was in time, or for a contract without the guarantee."""
    detected_at = timezone.localtime(detected_at)
    writing = Writing.begin(by=by, on=_day_of(now))
    if notified_at > now:
        raise Refused(_("通知日時が現在より後です。"), field="notified_at", clause="11-1(2)")
    must_be_late(detected_at, notified_at)
    occurred_at = notification_broken_at(detected_at)
    day = timezone.localtime(occurred_at).date()
    found = list(_pairs(guaranteed(concerned(day, day, numbers=[number]))))
    if not found:
        raise Refused(_("ベーシックの契約には品質保証がありません。"), field="number", clause="11-1")
    values = {"guarantee": "notification", "detected_at": detected_at, "notified_at": notified_at}
    known = Breach.objects.standing().filter(contract=found[0][0], guarantee="notification", occurred_at=occurred_at)
    if known.exists():
        raise Refused(_("この通知の遅れは既に記録されています。"), field="detected_at", clause="15-2")
    breach = writing.add(Breach(contract_id=found[0][0], source=RECORDED, occurred_at=occurred_at, **values))
    _told_all("record_notification", "breach", found, values, by)
    return breach


def locked(row: Row) -> Row:
    """The record as it stands now, locked: what has been said of it since is followed to its newest row.

    Raises Refused where it was taken back.
    """
    rows = type(row).objects.select_for_update(no_key=True, of=("self",)).select_related("contract__target")
    stored: Row = rows.get(pk=row.pk)
    while stored.replaced_by_id is not None:
        stored = rows.get(pk=stored.replaced_by_id)
    if stored.withdrawn_on is not None:
        said = {"day": stored.withdrawn_on.isoformat()}
        clause = "15-1" if isinstance(stored, Outage) else "15-2"
        raise Refused(_("この記録は%(day)sに取り消され、又は置き換えられています。") % said, clause=clause)
    return stored


def of_event(row: Row) -> list[Row]:
    """The standing records of the event that this one is of, in the order of their contracts; itself alone where none is known."""
    if row.event is None:
        return [row]
    rows = type(row).objects.standing().filter(event=row.event).select_related("contract__target__unit__customer")
    return list(rows.prefetch_related("contract__outages").order_by("contract__target__number"))


def must_break(percent: Decimal, month: date, field: str) -> None:
    """Raises Refused where a month's measured 稼働率 keeps what is guaranteed (別紙1-1)."""
    if not uptime_broken(percent, month):
        said = {"percent": uptime_guaranteed(month)}
        raise Refused(_("%(percent)s%%以上です。違背ではありません。") % said, field=field, clause="別紙1-1")


def must_be_late(detected_at: datetime, notified_at: datetime) -> None:
    """Raises Refused where a notification was in time (別紙1-2); the detection is a moment in Japan."""
    if not notified_too_late(detected_at, notified_at):
        said = {"minutes": notified_within(detected_at) // timedelta(minutes=1)}
        sentence = _("検知から%(minutes)s分以内の通知です。違背ではありません。") % said
        raise Refused(sentence, field="notified_at", clause="別紙1-2")


def reasoned_fault(fault: str, reason: str) -> str:
    """The reason of a decision on 11-2, as it is kept. Raises Refused without one."""
    if fault not in set(Responsibility):
        raise Refused(_("帰責を選んでください。"), field="fault", clause="11-2")
    if not reason.strip():
        raise Refused(_("帰責を決めるには理由が必要です。"), field="fault_reason", clause="11-2")
    return reason.strip()


def told(operation: str, row: Outage | Breach, by: User, before: dict[str, Any], reason: str = "") -> None:
    """Write the history of what was done to an incident, and bring its unit's worklist to it."""
    target = row.contract.target
    kind = "outage" if isinstance(row, Outage) else "breach"
    after = history.values_of(row)
    history.record(
        operation, kind, target.number, by=by, unit_id=target.unit_id, before=before, after=after, reason=reason
    )
    refresh_worklist([target.unit_id])


def _reasoned(fault: str, reason: str) -> str:
    return reasoned_fault(fault, reason) if fault else ""


def _restored_in_order(known_at: datetime, restored_at: datetime, now: datetime) -> None:
    if not known_at <= restored_at <= now:
        raise Refused(_("復旧日時は、覚知日時から現在までの間です。"), field="restored_at", clause="15-1")


def _some(found: QuerySet[Contract]) -> QuerySet[Contract]:
    if not found.exists():
        raise Refused(_("記録する契約がありません。"), clause="15-1")
    return found


def _as_shown(number: int, counted: int | None) -> None:
    if counted is not None and number != counted:
        said = {"number": number}
        raise Refused(_("対象の契約が変わり、%(number)s件になりました。もう一度確かめてください。") % said)


def _pairs(found: QuerySet[Any]) -> Iterable[tuple[int, str, int, date]]:
    return found.values_list("pk", "target__number", "target__unit_id", "last_served")


def _told_all(
    operation: str, kind: str, found: Iterable[tuple[int, str, int, date]], after: dict[str, Any], by: User
) -> None:
    """One entry a contract; and the worklist of all units, in sets."""
    units = set()
    entries = []
    for _pk, number, unit_id, _last in found:
        units.add(unit_id)
        entries.append(
            Entry(actor=str(by), operation=operation, record=kind, subject=number, unit_id=unit_id, after=after)
        )
    for some in slices(entries):
        history.record_all(some)
    refresh_worklist(sorted(units))


def _day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()
