"""What was written of a few units, of many tables in one query: a page reads the facts of few units, and asks often.

Of many units each table is asked for by itself (contracts.facts.load): there an answer takes longer than asking does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from contracts.facts.holders import HELD, HeldUnits, held_from
from contracts.facts.stays import MOVED, Chain, chains_from, moves_about
from contracts.facts.translate import Values, linked_of, notice_of, stored_change
from contracts.models import (
    Abolition,
    BillingStart,
    Change,
    Consent,
    LinkedServiceState,
    ManagementUnit,
    Notice,
    Target,
)
from contracts.models.among import Later, among
from contracts.models.at_once import Asked, Prepared, Row, at_once
from contracts.terms.consents import Assent
from contracts.terms.consents import Consent as PlainConsent
from contracts.terms.unit import Abolished, LinkedState
from contracts.terms.unit import Change as PlainChange
from contracts.terms.unit import Notice as PlainNotice

TARGET = ("unit_id", "number", "application_id", "billing_starts_on")
CONTRACT = ("category", "module_type", "kind", "item", "premium_consent_on", "ready_on", "linked_service_id")
OPTION = ("contract_id", "option", "licence_type", "product", "retention_years", "quantity")
LINKED = {
    **{name: name for name in ("from_on", "service", "kind", "item", "holder", "module_consent_on", "ends_on")},
    "known_on": "known_on",
    **{name: name for name in ("premium_consent_on", "bypass_option_on", "advanced_support_on")},
}
ABOLISHED = ("ends_on", "announced_on", "declared_on", "reference")
CONSENTED = ("contract_id", "linked_service_id", "assent", "given_on", "ends_on")
Records = dict[str, tuple[PlainConsent, ...]]

_JOINED = {
    **{name: name for name in TARGET},
    "application": "application__number",
    "applied_on": "application__applied_on",
    "accepted_on": "application__accepted_on",
    **{name: f"contract__{name}" for name in CONTRACT},
    "linked_service": "contract__linked_service__code",
    **{name: f"option__{name}" for name in OPTION},
}
_CHANGED = {
    **{name: name for name in ("what", "to_name", "to_number", "effective_on")},
    "keep_price": "price_kept",
    "application": "application__number",
    "accepted_on": "application__accepted_on",
}
_NOTICED = {"arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}


@dataclass(slots=True)
class Written:
    """What was written of the targets of units: changes by their days and notices by their arrival, by the unit's id; states of linked
    services in the order of their days, by code; consents by the contract's number or the service's code; abolitions, the earliest
    first; the 課金開始日 that was on record, by the target's id, where an earlier revision is told."""

    changes: dict[int, list[PlainChange]] = field(default_factory=lambda: defaultdict(list))
    notices: dict[int, list[PlainNotice]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, list[LinkedState]] = field(default_factory=lambda: defaultdict(list))
    own_consents: Records = field(default_factory=dict)
    linked_consents: Records = field(default_factory=dict)
    abolitions: tuple[Abolished, ...] = ()
    starts: dict[int, date] = field(default_factory=dict)


class Listed(NamedTuple):
    """Units, those that contracts were ever moved from there to or from beside them; the chains of these; and what is listed under
    all of them: by the target's id, in its order, its columns by name."""

    held: HeldUnits
    chains: dict[int, Chain]
    targets: dict[int, Values]


def _targets_in(as_of: int | None) -> QuerySet[Target]:
    return Target.objects.all() if as_of is None else Target.objects.filter(recorded_in__lte=as_of)


def _listed(units: Iterable[int] | Later, as_of: int | None) -> tuple[Asked, ...]:
    return (
        (ManagementUnit.objects.filter(among("pk", units)), HELD),
        (_targets_in(as_of).filter(among("unit_id", units)), ("pk", *_JOINED.values())),
    )


_LISTED = Prepared(lambda: _listed(Later("units"), None))
"""As it stands, which is what is asked for on every page of a unit and after whatever is done to one."""


def listed(unit_ids: Iterable[int], as_of: int | None) -> Listed:
    """All of that of a few units: one query, and one more where contracts were ever moved between units."""
    ids = list(unit_ids)
    targets, of_targets = _targets_in(as_of), ("pk", *_JOINED.values())
    asked, rows = _LISTED(units=ids) if as_of is None else at_once(*_listed(ids, as_of))
    held, chains = held_from(asked, as_of), {}
    if held.moved:
        moves = moves_about(held.moved)
        others = moves.values("origin_id").union(moves.values("unit_id"))
        moved, beside, of_others = at_once(
            (moves, MOVED),
            (ManagementUnit.objects.filter(pk__in=others).exclude(among("pk", ids)), HELD),
            (targets.filter(unit_id__in=others).exclude(among("unit_id", ids)), of_targets),
        )
        held, chains = held.together(held_from(beside, as_of)), chains_from(moved, as_of)
        rows += of_others
    return Listed(
        held, chains, {pk: dict(zip(_JOINED, row, strict=True)) for pk, *row in sorted(rows, key=itemgetter(0))}
    )


def _written(
    targets: Iterable[int] | Later,
    services: Iterable[int] | Later,
    contracts: Iterable[int] | Later,
    as_of: int | None,
    *,
    abolishable: bool,
) -> tuple[Asked, ...]:
    of_targets, of_services = among("target_id", targets), among("linked_service_id", services)
    abolitions = Abolition.objects.standing() if abolishable else Abolition.objects.none()
    starts = BillingStart.objects.none() if as_of is None else BillingStart.objects.as_known_in(as_of)
    return (
        (Change.objects.as_known_in(as_of).filter(of_targets), ("target_id", "pk", *_CHANGED.values())),
        (Notice.objects.as_known_in(as_of).filter(of_targets), ("target_id", "pk", *_NOTICED.values())),
        (LinkedServiceState.objects.as_known_in(as_of).filter(of_services), ("linked_service_id", *LINKED.values())),
        (
            Consent.objects.as_known_in(as_of).filter(Q(among("contract_id", contracts)) | Q(of_services)),
            ("pk", *CONSENTED),
        ),
        (abolitions, ABOLISHED),
        (starts.filter(of_targets), ("target_id", "starts_on")),
    )


_LATER = (Later("targets"), Later("services"), Later("contracts"), None)
_WRITTEN = Prepared(lambda: _written(*_LATER, abolishable=False))
_WRITTEN_WITH_ABOLITIONS = Prepared(lambda: _written(*_LATER, abolishable=True))


def written_of(targets: Mapping[int, Values], as_of: int | None, *, abolishable: bool) -> Written:
    """What was written of the targets of a few units: one query. ``targets``: by id, with their columns by name.

    ``abolishable``: whether they have anything that abolitions are of.
    """
    codes = codes_of(targets)
    numbers = numbers_of(targets)
    if as_of is None:
        ask = _WRITTEN_WITH_ABOLITIONS if abolishable else _WRITTEN
        answers = ask(targets=targets, services=codes, contracts=numbers)
    else:
        answers = at_once(*_written(targets, codes, numbers, as_of, abolishable=abolishable))
    changes, notices, states, consents, abolished, begun = answers
    found = Written(starts=dict(begun))
    for unit, values in _of_units(targets, changes, _CHANGED, "effective_on"):
        found.changes[unit].append(stored_change(values))
    for unit, values in _of_units(targets, notices, _NOTICED, "arrived_on"):
        found.notices[unit].append(notice_of(values))
    for pk, *row in sorted(states, key=lambda row: row[1]):
        found.states[codes[pk]].append(linked_of({"code": codes[pk], **dict(zip(LINKED, row, strict=True))}))
    for _pk, *row in sorted(consents, key=lambda row: (row[4], row[0])):
        add_consent(found, numbers, codes, row)
    plain = (Abolished(**dict(zip(ABOLISHED, row, strict=True))) for row in abolished)
    found.abolitions = tuple(sorted(plain, key=lambda one: one.ends_on))
    return found


def codes_of(targets: Mapping[int, Values]) -> dict[int, str]:
    """The codes of the linked services of targets, by the service's id."""
    return {
        values["linked_service_id"]: values["linked_service"] for values in targets.values() if values["linked_service"]
    }


def numbers_of(targets: Mapping[int, Values]) -> dict[int, str]:
    """The numbers of those targets that are contracts, by id."""
    return {pk: values["number"] for pk, values in targets.items() if values["category"]}


def add_consent(found: Written, numbers: Mapping[int, str], codes: Mapping[int, str], row: Iterable[Any]) -> None:
    """Put a record of consent, of the columns CONSENTED, to its contract or its linked service, after those before it."""
    contract, service, assent, given_on, ends_on = row
    consent = PlainConsent(assent=Assent(assent), given_on=given_on, ends_on=ends_on)
    records, owner = (found.own_consents, numbers[contract]) if contract else (found.linked_consents, codes[service])
    records[owner] = (*records.get(owner, ()), consent)


def _of_units(
    targets: Mapping[int, Values], rows: Iterable[Row], names: Mapping[str, str], day: str
) -> list[tuple[int, Values]]:
    """Rows of (target, id, columns) as values by name with the target's number, with its unit's id: by their day, then as written."""
    told = [(target, pk, dict(zip(names, row, strict=True))) for target, pk, *row in rows]
    told.sort(key=lambda one: (one[2][day], one[1]))
    return [
        (targets[target]["unit_id"], {"target": targets[target]["number"], **values}) for target, _pk, values in told
    ]
