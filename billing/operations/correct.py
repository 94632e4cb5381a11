"""訂正と保留の決定: what a month being closed says beside its own lines.

Facts that arrived after the last close are found by the history: every write of a fact writes an entry of its unit. What the
units concerned owe of every closed month is computed anew and set against the ledger. Nothing here writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import override

from billing.facts.ledger import LINE, OF_HELD, Billed, billed, closed_months, left_out
from billing.facts.load import Owned, accounts
from billing.facts.policy import policies
from billing.facts.span import Units, UnitSet, targets_of
from billing.facts.written import written_since
from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month, ParkedTarget
from billing.terms.account import Line
from billing.terms.corrections import Owed, late, month_of_end, owed, succeeding
from billing.terms.payers import Payer, succeeded
from billing.terms.policy import Policy, policy_on
from contracts.facts.holders import holdings_of
from contracts.facts.ids import Ids
from contracts.facts.known import NOW, Known
from contracts.models.among import among
from contracts.models.at_once import Row
from contracts.models.bulk import slices
from contracts.models.choices import OPERATIONS, RECORDS
from contracts.terms.days import ONE_DAY, Period, next_month

UNITS_AT_ONCE = 250
CAUSES_NAMED = 3


@dataclass(slots=True)
class Said:
    """What comes late to a month: lines, settlements newly held, and targets that cannot be computed."""

    lines: list[ChargeLine] = field(default_factory=list)
    held: list[HeldSettlement] = field(default_factory=list)
    parked: list[ParkedTarget] = field(default_factory=list)


def late_of(month: Month, written: Iterable[int]) -> Iterator[Said]:
    """Held settlements that finance billed since, then the corrections; a few hundred units at a time. Nothing in a first month.

    ``written``: the ids of the units of which facts were written since the last close, in their order.
    """
    months = closed_months()
    if not months:
        return
    unit_ids = list(written)
    for some in slices(unit_ids, UNITS_AT_ONCE):
        yield Said(lines=list(decided(month, _decided_of(UnitSet(some)))))
    seen = Month.objects.filter(month=max(months)).values_list("entries_seen", flat=True).get()
    for some in slices(unit_ids, UNITS_AT_ONCE):
        yield _corrected(month, some, months, causes_of(some, seen))


def _decided_of(units: Units) -> list[int]:
    """The ids of the units' held settlements that finance decided to bill, in their order."""
    own = HeldSettlement.objects.filter(units.of("unit_id"))
    held = Ids(pk for _target, pk in targets_of(units).rows(own, "target_id", "pk"))
    return sorted(pk for (pk,) in held.named(HeldDecision.objects.filter(decision="billed"), "held_id"))


def decided(month: Month, to_bill: Iterable[int], known: Known = NOW) -> Iterator[ChargeLine]:
    """Of held settlements that finance decided to bill, by their ids, those that are no line yet; clause, sentence and policy are kept."""
    for some in slices(to_bill):
        rows = list(HeldSettlement.objects.filter(pk__in=some).order_by("pk"))
        of_held = {f"{OF_HELD}{row.pk}" for row in rows}
        lines = ChargeLine.objects.filter(target__in=[row.target_id for row in rows], fee="settlement")
        if known.moment is not None:
            lines = lines.filter(month__closed_at__lt=known.moment)
        done = set(lines.filter(cause__in=of_held).values_list("cause", flat=True))
        held_by = holdings_of({row.unit_id for row in rows})
        for row in rows:
            cause = f"{OF_HELD}{row.pk}"
            if cause not in done:
                values = {name: getattr(row, name) for name in ("unit_id", "target_id", "policy", *LINE)}
                payers = tuple(Payer(*one) for one in held_by.get(row.unit_id, ()))
                payer = succeeded(payers, row.customer_id, month.month)
                # Said here and not by the database alone: it is shown and proposed before it is stored.
                yield ChargeLine(month=month, customer_id=payer, **values | {"cause": cause, "corrects_fee": ""})


def _corrected(month: Month, unit_ids: list[int], months: Mapping[date, Policy], causes: "Causes") -> Said:
    units = UnitSet(unit_ids)
    targets = targets_of(units)
    owned = accounts(units, Period(min(months), next_month(max(months))))
    return corrected(month, owned, months, causes, billed(units, targets=targets), left_out(targets))


def corrected(
    month: Month,
    owned: Iterable[Owned],
    months: Mapping[date, Policy],
    causes: "Causes",
    stored: Billed,
    parted: set[tuple[int, str]],
) -> Said:
    """What ``month`` has to say of the closed ``months``: what the accounts of whole units owe of them against the ledger.

    ``stored``: what the ledger has of them; ``parted``: what it was closed without (billing.facts.ledger).
    """
    said = Said()
    taxed_as = policy_on(policies(), month.month).corrections
    for target in owned:
        if target.contradiction is not None:
            # The month's own lines could not be computed either: it is parked already.
            continue
        closing = next_month(month.month) - ONE_DAY
        now = owed(target.account, months, target.payers, closing)
        whose = target.target_id, target.unit_id
        standing = stored.standing.get(whose)
        if standing is not None:
            standing = standing._replace(held_for=succeeded(target.payers, standing.held_for, closing))
        if target.home:
            said.parked += _parked(month, target, now, parted)
        found = late(
            now,
            succeeding(stored.sums.get(whose, {}), target.payers, closing),
            standing,
            closing=month.month,
            cause=causes.of(target),
            taxed_as=taxed_as,
            apart=target.unit_id if target.moved else 0,
        )
        for corrected, fee, payer, line in found.corrections:
            row = _row(ChargeLine, month, target, payer, line, months[corrected].version)
            row.corrects_month, row.corrects_fee = corrected, fee
            said.lines.append(row)
        if found.held is not None:
            policy = months[month_of_end(found.held)]
            said.held.append(_row(HeldSettlement, month, target, found.held_for, found.held, policy.version))
    return said


def _row(model: Any, month: Month, target: Owned, payer: int, line: Line, policy: str) -> Any:
    whose = {"customer_id": payer, "unit_id": target.unit_id, "target_id": target.target_id}
    return model(month=month, **whose, **line._asdict(), policy=policy)


def _parked(month: Month, target: Owned, now: Owed, known: set[tuple[int, str]]) -> Iterator[ParkedTarget]:
    """The target, where a closed month cannot be computed anew and was not closed knowingly without it: for the first such month."""
    for closed, error in now.unbillable.items():
        if (target.target_id, error.reason) not in known:
            reason = f"{error.reason}（締め済みの{closed:%Y-%m}を計算し直せません）"
            if (target.target_id, reason) not in known:
                yield ParkedTarget(month=month, target_id=target.target_id, reason=reason, clause=error.clause)
                return


class Causes:
    """What came late, in a few words: of a target, or of its unit where nothing was written of the target itself."""

    def __init__(self) -> None:
        self.of_target: defaultdict[str, list[str]] = defaultdict(list)
        self.of_unit: defaultdict[int, list[str]] = defaultdict(list)

    def add(self, unit_id: int, subject: str, words: str) -> None:
        """Note one entry of the history."""
        for known in (self.of_target[subject], self.of_unit[unit_id]):
            if words not in known and len(known) < CAUSES_NAMED:
                known.append(words)

    def of(self, target: Owned) -> str:
        """The words for a target."""
        return "、".join(self.of_target.get(target.account.number, ()) or self.of_unit.get(target.unit_id, ()))


def causes_of(unit_ids: list[int], seen: int) -> Causes:
    """What was written of units after an entry of the history, in a few words."""
    entries = written_since(seen).filter(among("unit_id", unit_ids)).exclude(operation__in=_FOLLOWS).order_by("pk")
    return causes_from(entries.values_list(*CAUSED))


CAUSED = ("unit_id", "pk", "subject", "operation", "record", "after")
"""What is told of entries of the history: their columns."""


def causes_from(entries: Iterable[Row]) -> Causes:
    """The same from entries that have been read, in their order: rows of the columns CAUSED."""
    found = Causes()
    with override("ja"):
        operations, records = ({code: str(name) for code, name in names} for names in (OPERATIONS, RECORDS))
    for unit_id, _pk, subject, operation, record, after in entries:
        if operation not in _FOLLOWS:
            done, what = operations.get(operation) or operation, records.get(record) or record
            found.add(unit_id, subject, _words(done, operation, what, after or {}))
    return found


_FOLLOWS = ("move_end", "take_effect", "undo_effect")
"""Operations that only record what follows from another entry: that one is the cause, and is what a customer can follow."""
_WRITTEN = ("import", "accept", "register", "transfer", "move")
"""Operations that only bring the record: the record says enough."""
_DAYS = {
    "arrived_on": "到達",
    "claimed_on": "請求",
    "effective_on": "から",
    "from_on": "から",
    "billing_starts_on": "課金開始",
}


def _words(operation_name: str, operation: str, record_name: str, after: dict[str, Any]) -> str:
    """An entry in a few words: 解約通知 2025-05-02到達."""
    day = next((f" {after[name]}{said}" for name, said in _DAYS.items() if after.get(name)), "")
    words = f"{record_name}{day}"
    return words if operation in _WRITTEN else f"{operation_name}：{words}"
