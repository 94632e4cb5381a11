"""Stored facts → contracts.terms.unit, for a set of management units at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from contracts import models
from contracts.facts.few import JOINED_APPLICATION, changes_and_notices
from contracts.facts.holders import HeldUnits, Holdings, held_units
from contracts.facts.ids import Ids
from contracts.facts.stays import Chain, chains_of, with_stays
from contracts.facts.translate import Values, contract_of, linked_of, notice_of, option_of, stored_change
from contracts.models.among import among
from contracts.models.bulk import NAMES_AT_ONCE
from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.consents import Assent, Consent
from contracts.terms.unit import Abolished, Contract, LinkedState, Option, Unit, given_in

_TARGET = ("unit_id", "number", "application_id", "billing_starts_on")
_APPLICATION = ("number", "applied_on", "accepted_on")
_CONTRACT = ("category", "module_type", "kind", "item", "premium_consent_on", "ready_on", "linked_service_id")
_OPTION = ("contract_id", "option", "licence_type", "product", "retention_years", "quantity")
_CHANGE = {
    **{name: name for name in ("what", "to_name", "to_number", "effective_on", "application_id")},
    "keep_price": "price_kept",
}
_NOTICE = {"arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}
_LINKED = {
    **{name: name for name in ("from_on", "service", "kind", "item", "holder", "module_consent_on", "ends_on")},
    "known_on": "known_on",
    **{name: name for name in ("premium_consent_on", "bypass_option_on", "advanced_support_on")},
}


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
    held = held_units(asked, as_of)
    own = set(held.named)
    chains = chains_of(held.moved, as_of=as_of) if held.moved else {}
    others = sorted({unit for chain in chains.values() for unit in chain.ever} - own)
    if others:
        held = held.together(held_units(others, as_of))
    targets = _targets(list(held.named), as_of)
    found = _loaded(held, targets, as_of)
    beside = with_stays(found, found, chains.values()) if chains else found
    units = {pk: unit for pk, unit in beside.items() if pk in own}
    return Loaded(units, beside, targets, held.holders, chains, as_of)


def _loaded(held_by: HeldUnits, targets: Mapping[int, Values], as_of: int | None) -> dict[int, Unit]:
    """The units with what is listed under them."""
    held = {pk: values["unit_id"] for pk, values in targets.items()}
    codes = {
        values["linked_service_id"]: values["linked_service"] for values in targets.values() if values["linked_service"]
    }
    states = _states(codes, as_of)
    numbers = {pk: values["number"] for pk, values in targets.items() if values["category"]}
    own_consents, linked_consents = _all_consents(numbers, codes, as_of)
    linked = {code: tuple(given_in(found, linked_consents.get(code, ()))) for code, found in states.items()}

    def of(rows: QuerySet[Any, Any], names: dict[str, str], make: Callable[[Values], Any]) -> dict[int, list[Any]]:
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for pk, *row in rows.filter(among("target_id", targets)).values_list("target_id", *names.values()):
            found[held[pk]].append(make({"target": targets[pk]["number"], **dict(zip(names, row, strict=True))}))
        return found

    if len(held_by.named) <= FEW:
        changes, notices = changes_and_notices(targets, as_of)
    else:
        changed = of(models.Change.objects.as_known_in(as_of).order_by("effective_on", "pk"), _CHANGE, dict)
        applied = _applications(values["application_id"] for some in changed.values() for values in some)
        changes = {
            pk: [stored_change({**values, **applied[values["application_id"]]}) for values in some]
            for pk, some in changed.items()
        }
        notices = of(models.Notice.objects.as_known_in(as_of).order_by("arrived_on", "pk"), _NOTICE, notice_of)
    contracts: defaultdict[int, list[Contract]] = defaultdict(list)
    options: defaultdict[int, list[Option]] = defaultdict(list)
    for pk, values in targets.items():
        if values["category"]:
            consents = own_consents.get(values["number"], ())
            contracts[held[pk]].append(contract_of({**values, "consents": consents}))
        elif values["option"]:
            options[held[pk]].append(option_of({**values, "contract": targets[values["contract_id"]]["number"]}))
    edr = any(values["option"] in EDR_OPTIONS for values in targets.values())
    abolitions = load_abolitions() if edr else ()
    return {
        pk: Unit(
            code=code,
            customer=customer,
            contracts=tuple(contracts[pk]),
            options=tuple(options[pk]),
            changes=tuple(changes.get(pk, ())),
            notices=tuple(notices.get(pk, ())),
            linked={c.linked_service: linked.get(c.linked_service, ()) for c in contracts[pk] if c.linked_service},
            abolitions=abolitions,
            transfers=tuple(sorted(held_by.transfers.get(pk, ()), key=lambda one: one.from_on)),
        )
        for pk, (code, customer) in held_by.named.items()
    }


def _targets(unit_ids: list[int], as_of: int | None) -> dict[int, Values]:
    """Contracts and options of the units by the target's id, in its order: each table by ids, which no join could do as well."""
    targets = models.Target.objects.filter(among("unit_id", unit_ids)).order_by("pk")
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
    elif len(unit_ids) <= FEW:
        return _joined(targets)
    absent = dict.fromkeys((*_CONTRACT, *_OPTION, "linked_service"))
    found = {pk: {**absent, **dict(zip(_TARGET, row, strict=True))} for pk, *row in targets.values_list("pk", *_TARGET)}
    ids = Ids(found)
    for model, names in ((models.Contract, _CONTRACT), (models.Option, _OPTION)):
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


FEW = 100
"""So few units that a join is led by their ids whatever the planner takes the tables for: one query instead of five."""


def _joined(targets: QuerySet[Any, Any]) -> dict[int, Values]:
    """The same of a few units, in one query, as a page asks for them."""
    names = {
        **{name: name for name in _TARGET},
        **JOINED_APPLICATION,
        **{name: f"contract__{name}" for name in _CONTRACT},
        "linked_service": "contract__linked_service__code",
        **{name: f"option__{name}" for name in _OPTION},
    }
    return {pk: dict(zip(names, row, strict=True)) for pk, *row in targets.values_list("pk", *names.values())}


def _applications(ids: Iterable[int]) -> dict[int, Values]:
    """What the applications of those ids add to what was applied for."""
    rows = Ids(ids).rows(models.Application.objects.all(), "pk", *_APPLICATION)
    return {
        pk: {"application": number, "applied_on": applied_on, "accepted_on": accepted_on}
        for pk, number, applied_on, accepted_on in rows
    }


def load_abolitions() -> tuple[Abolished, ...]:
    """The abolitions that were declared, the earliest first: one query. They are for all customers alike (10-11)."""
    names = ("ends_on", "announced_on", "declared_on", "reference")
    return tuple(Abolished(**row) for row in models.Abolition.objects.standing().order_by("ends_on").values(*names))


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
    for pk, *row in Ids(codes).rows(known, "linked_service_id", *_LINKED.values()):
        found[codes[pk]].append(linked_of({"code": codes[pk], **dict(zip(_LINKED, row, strict=True))}))
    return dict(found)


Records = dict[str, tuple[Consent, ...]]


def _all_consents(
    numbers: Mapping[int, str], codes: Mapping[int, str], as_of: int | None
) -> tuple["Records", "Records"]:
    """The records of consent of contracts by number and of linked services by code; of a few of both in one query."""
    if len(numbers) + len(codes) > NAMES_AT_ONCE:
        return _consents("contract_id", numbers, as_of), _consents("linked_service_id", codes, as_of)
    own: Records = {}
    linked: Records = {}
    wanted = Q(among("contract_id", numbers)) | Q(among("linked_service_id", codes))
    rows = models.Consent.objects.as_known_in(as_of).filter(wanted).order_by("given_on", "pk")
    columns = ("contract_id", "linked_service_id", "assent", "given_on", "ends_on")
    for contract, service, assent, given_on, ends_on in rows.values_list(*columns):
        consent = Consent(assent=Assent(assent), given_on=given_on, ends_on=ends_on)
        found, owner = (own, numbers[contract]) if contract else (linked, codes[service])
        found[owner] = (*found.get(owner, ()), consent)
    return own, linked


def _consents(owner: str, named: Mapping[int, str], as_of: int | None) -> Records:
    """The records of consent in the order of their days, by the name of the owner, whose id is in the column ``owner``."""
    found: Records = {}
    rows = models.Consent.objects.as_known_in(as_of).order_by("given_on", "pk")
    for pk, assent, given_on, ends_on in Ids(named).rows(rows, owner, "assent", "given_on", "ends_on"):
        consent = Consent(assent=Assent(assent), given_on=given_on, ends_on=ends_on)
        found[named[pk]] = (*found.get(named[pk], ()), consent)
    return found
