"""Stored facts → contracts.terms.unit, for a set of management units at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from contracts import models
from contracts.facts.few import (
    ABOLISHED,
    CONTRACT,
    LINKED,
    OPTION,
    TARGET,
    Records,
    Written,
    codes_of,
    listed,
    numbers_of,
    written_of,
)
from contracts.facts.holders import HeldUnits, Holdings, held_units
from contracts.facts.ids import Ids
from contracts.facts.stays import Chain, chains_of, with_stays
from contracts.facts.translate import Values, contract_of, linked_of, notice_of, option_of, stored_change
from contracts.models.among import among
from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.consents import Assent, Consent
from contracts.terms.unit import Abolished, Contract, LinkedState, Option, Unit, given_in

_APPLICATION = ("number", "applied_on", "accepted_on")
_CHANGE = {
    **{name: name for name in ("what", "to_name", "to_number", "effective_on", "application_id")},
    "keep_price": "price_kept",
}
_NOTICE = {"arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Units with every fact that bears on them, by id, and what was read for it: nobody has to ask for that again.

    ``beside``: the units, and those that a contract of theirs ever moved into or out of. ``targets``: of all of these, by the
    target's id: its columns by name. ``holders``: who held each of them. ``chains``: of contracts that were ever moved, by id.
    """

    units: dict[int, Unit]
    beside: dict[int, Unit]
    targets: dict[int, Values]
    holders: dict[int, Holdings]
    chains: dict[int, Chain]
    as_of: int | None


def load_units(unit_ids: Iterable[int], *, as_of: int | None = None) -> dict[int, Unit]:
    """The units of those ids with every fact that bears on them: a fixed number of queries, however many units.

    ``as_of``: the revision of the facts in which they are told; None: as they stand now.
    """
    return read_units(unit_ids, as_of=as_of).units


def read_units(unit_ids: Iterable[int], *, as_of: int | None = None) -> Loaded:
    """The same, with all that was read for it.

    What belongs to targets is asked for by the targets' ids and joined here: an index finds a few among very many. Units that
    contracts were moved between are read together, once.
    """
    asked = list(unit_ids)
    if not asked:
        return Loaded({}, {}, {}, {}, {}, as_of)
    if len(asked) <= FEW:
        held, chains, targets = listed(asked, as_of)
        own = set(held.named) & set(asked)
        edr = any(values["option"] in EDR_OPTIONS for values in targets.values())
        written = written_of(targets, as_of, abolishable=edr)
        if as_of is not None:
            for pk, values in targets.items():
                values["billing_starts_on"] = written.starts.get(pk)
    else:
        held = held_units(asked, as_of)
        own = set(held.named)
        chains = chains_of(held.moved, as_of=as_of) if held.moved else {}
        others = sorted({unit for chain in chains.values() for unit in chain.ever} - own)
        if others:
            held = held.together(held_units(others, as_of))
        targets = _targets(list(held.named), as_of)
        written = _written(targets, as_of)
    found = _units(held, targets, written)
    beside = with_stays(found, found, chains.values()) if chains else found
    units = {pk: unit for pk, unit in beside.items() if pk in own}
    return Loaded(units, beside, targets, held.holders, chains, as_of)


FEW = 100
"""So few units that a join is led by their ids whatever the planner takes the tables for: two queries instead of ten."""


def _units(held: HeldUnits, targets: Mapping[int, Values], written: Written) -> dict[int, Unit]:
    """The units with what is listed under them."""
    linked = {
        code: tuple(given_in(found, written.linked_consents.get(code, ()))) for code, found in written.states.items()
    }
    contracts: defaultdict[int, list[Contract]] = defaultdict(list)
    options: defaultdict[int, list[Option]] = defaultdict(list)
    for values in targets.values():
        if values["category"]:
            consents = written.own_consents.get(values["number"], ())
            contracts[values["unit_id"]].append(contract_of({**values, "consents": consents}))
        elif values["option"]:
            contract = targets[values["contract_id"]]["number"]
            options[values["unit_id"]].append(option_of({**values, "contract": contract}))
    return {
        pk: Unit(
            code=code,
            customer=customer,
            contracts=tuple(contracts[pk]),
            options=tuple(options[pk]),
            changes=tuple(written.changes.get(pk, ())),
            notices=tuple(written.notices.get(pk, ())),
            linked={c.linked_service: linked.get(c.linked_service, ()) for c in contracts[pk] if c.linked_service},
            abolitions=written.abolitions,
            transfers=tuple(sorted(held.transfers.get(pk, ()), key=lambda one: one.from_on)),
        )
        for pk, (code, customer) in held.named.items()
    }


def _written(targets: Mapping[int, Values], as_of: int | None) -> Written:
    """The same as written_of, of many units: each table by itself."""
    found, codes, numbers = Written(), codes_of(targets), numbers_of(targets)

    def of(rows: QuerySet[Any, Any], names: dict[str, str], make: Callable[[Values], Any]) -> dict[int, list[Any]]:
        told: defaultdict[int, list[Any]] = defaultdict(list)
        for pk, *row in rows.filter(among("target_id", targets)).values_list("target_id", *names.values()):
            target = targets[pk]
            told[target["unit_id"]].append(make({"target": target["number"], **dict(zip(names, row, strict=True))}))
        return told

    found.states = _states(codes, as_of)
    found.own_consents = _consents("contract_id", numbers, as_of)
    found.linked_consents = _consents("linked_service_id", codes, as_of)
    changed = of(models.Change.objects.as_known_in(as_of).order_by("effective_on", "pk"), _CHANGE, dict)
    applied = _applications(values["application_id"] for some in changed.values() for values in some)
    found.changes = {
        pk: [stored_change({**values, **applied[values["application_id"]]}) for values in some]
        for pk, some in changed.items()
    }
    found.notices = of(models.Notice.objects.as_known_in(as_of).order_by("arrived_on", "pk"), _NOTICE, notice_of)
    if any(values["option"] in EDR_OPTIONS for values in targets.values()):
        found.abolitions = load_abolitions()
    return found


def _targets(unit_ids: list[int], as_of: int | None) -> dict[int, Values]:
    """Contracts and options of the units by the target's id, in its order: each table by ids, which no join could do as well."""
    targets = models.Target.objects.filter(among("unit_id", unit_ids)).order_by("pk")
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
    absent = dict.fromkeys((*CONTRACT, *OPTION, "linked_service"))
    found = {pk: {**absent, **dict(zip(TARGET, row, strict=True))} for pk, *row in targets.values_list("pk", *TARGET)}
    ids = Ids(found)
    for model, names in ((models.Contract, CONTRACT), (models.Option, OPTION)):
        for pk, *row in ids.rows(model._default_manager.all(), "target_id", *names):
            found[pk].update(zip(names, row, strict=True))
    applied = _applications(values["application_id"] for values in found.values())
    services = Ids(values["linked_service_id"] for values in found.values() if values["linked_service_id"])
    codes = dict(services.rows(models.LinkedService.objects.all(), "pk", "code"))
    starts = models.BillingStart.objects.as_known_in(as_of)
    known = dict(ids.rows(starts, "target_id", "starts_on")) if as_of is not None else {}
    for pk, values in found.items():
        values.update(applied[values["application_id"]])
        values["linked_service"] = codes.get(values["linked_service_id"])
        if as_of is not None:
            values["billing_starts_on"] = known.get(pk)
    return found


def _applications(ids: Iterable[int]) -> dict[int, Values]:
    """What the applications of those ids add to what was applied for."""
    rows = Ids(ids).rows(models.Application.objects.all(), "pk", *_APPLICATION)
    return {
        pk: {"application": number, "applied_on": applied_on, "accepted_on": accepted_on}
        for pk, number, applied_on, accepted_on in rows
    }


def load_abolitions() -> tuple[Abolished, ...]:
    """The abolitions that were declared, the earliest first: one query. They are for all customers alike (10-11)."""
    rows = models.Abolition.objects.standing().order_by("ends_on").values(*ABOLISHED)
    return tuple(Abolished(**row) for row in rows)


def load_linked(codes: Iterable[str]) -> dict[str, list[LinkedState]]:
    """The states of the linked services of those codes, by code, in the order of their days: three queries."""
    services = models.LinkedService.objects.filter(code__in=list(codes))
    wanted = dict(services.values_list("pk", "code"))
    consents = _consents("linked_service_id", wanted, None)
    return {code: given_in(found, consents.get(code, ())) for code, found in _states(wanted, None).items()}


def _states(codes: Mapping[int, str], as_of: int | None) -> dict[str, list[LinkedState]]:
    """The states of the services of those ids, by code, in the order of their days."""
    found: defaultdict[str, list[LinkedState]] = defaultdict(list)
    known = models.LinkedServiceState.objects.as_known_in(as_of).order_by("from_on")
    for pk, *row in Ids(codes).rows(known, "linked_service_id", *LINKED.values()):
        found[codes[pk]].append(linked_of({"code": codes[pk], **dict(zip(LINKED, row, strict=True))}))
    return dict(found)


def _consents(owner: str, named: Mapping[int, str], as_of: int | None) -> Records:
    """The records of consent in the order of their days, by the name of the owner, whose id is in the column ``owner``."""
    found: Records = {}
    rows = models.Consent.objects.as_known_in(as_of).order_by("given_on", "pk")
    for pk, assent, given_on, ends_on in Ids(named).rows(rows, owner, "assent", "given_on", "ends_on"):
        consent = Consent(assent=Assent(assent), given_on=given_on, ends_on=ends_on)
        found[named[pk]] = (*found.get(named[pk], ()), consent)
    return found
