"""Stored and written facts → contracts.terms.unit: the only translator into what the terms speak of."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from contracts import models
from contracts.models.bulk import slices
from contracts.terms.art10_options import EDR_OPTIONS
from contracts.terms.catalog import Category, LicenceType, Module, ModuleType, OptionType, Product, Service
from contracts.terms.consents import Assent, Consent
from contracts.terms.unit import Abolished, Change, Contract, Ground, LinkedState, Notice, Option, Unit, What, given_in

_TARGET = {
    "number": "number",
    "application": "application__number",
    "applied_on": "application__applied_on",
    "accepted_on": "application__accepted_on",
    "billing_starts_on": "billing_starts_on",
}
_CONTRACT = {
    **{name: name for name in ("category", "module_type", "kind", "item", "premium_consent_on", "ready_on")},
    "linked_service": "linked_service__code",
}
_OPTION = {
    "contract_id": "contract_id",
    **{name: name for name in ("option", "licence_type", "product", "retention_years", "quantity")},
}
_CHANGE = {
    **{name: name for name in ("what", "to_name", "to_number", "effective_on")},
    "application": "application__number",
    "accepted_on": "application__accepted_on",
    "keep_price": "price_kept",
}
_NOTICE = {"arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}
_LINKED = {
    "code": "linked_service__code",
    **{name: name for name in ("from_on", "service", "kind", "item", "holder", "module_consent_on", "ends_on")},
    "known_on": "known_on",
    **{name: name for name in ("premium_consent_on", "bypass_option_on", "advanced_support_on")},
}

Values = dict[str, Any]


def load_units(unit_ids: Iterable[int], *, as_of: int | None = None) -> dict[int, Unit]:
    """The units of those ids with every fact that bears on them: a fixed number of queries, however many units.

    ``as_of``: the revision of the facts in which they are told; None: as they stand now.
    What belongs to targets is asked for by the targets' ids and joined here: an index finds a few among very many.
    """
    ids = list(unit_ids)
    targets = _targets(ids, as_of)
    held = {pk: values["unit_id"] for pk, values in targets.items()}
    linked_codes = {values["linked_service"] for values in targets.values() if values["linked_service"]}
    states = _states(linked_codes, as_of)
    own_consents, linked_consents = _consents(
        Q(contract__in=list(targets)) | Q(linked_service__code__in=list(linked_codes)), as_of
    )
    linked = {code: tuple(given_in(found, linked_consents.get(code, ()))) for code, found in states.items()}

    def of(rows: QuerySet[Any, Any], names: dict[str, str], make: Callable[[Values], Any]) -> dict[int, list[Any]]:
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for pk, *row in rows.filter(target__in=list(targets)).values_list("target_id", *names.values()):
            values = {**targets[pk], "target": targets[pk]["number"], **dict(zip(names, row, strict=True))}
            found[held[pk]].append(make(values))
        return found

    changes = of(models.Change.objects.as_known_in(as_of).order_by("effective_on", "pk"), _CHANGE, _stored_change)
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
    units = models.ManagementUnit.objects.filter(pk__in=ids).values_list("pk", "code", "customer__code")
    return {
        pk: Unit(
            code=code,
            customer=customer,
            contracts=tuple(contracts[pk]),
            options=tuple(options[pk]),
            changes=tuple(changes[pk]),
            notices=tuple(notices[pk]),
            linked={c.linked_service: linked.get(c.linked_service, ()) for c in contracts[pk] if c.linked_service},
            abolitions=abolitions,
        )
        for pk, code, customer in units
    }


def _targets(unit_ids: list[int], as_of: int | None) -> dict[int, Values]:
    """Contracts and options of the units by the target's id, in its order: one query, both sides joined."""
    names = {
        "unit_id": "unit_id",
        **_TARGET,
        **{name: f"contract__{path}" for name, path in _CONTRACT.items()},
        **{name: f"option__{path}" for name, path in _OPTION.items()},
    }
    targets = models.Target.objects.filter(unit__in=unit_ids).order_by("pk")
    if as_of is not None:
        targets = targets.filter(recorded_in__lte=as_of)
    found = {pk: dict(zip(names, row, strict=True)) for pk, *row in targets.values_list("pk", *names.values())}
    if as_of is not None:
        starts = models.BillingStart.objects.as_known_in(as_of).filter(target__unit__in=unit_ids)
        known = dict(starts.values_list("target_id", "starts_on"))
        for pk, values in found.items():
            values["billing_starts_on"] = known.get(pk)
    return found


class PriceDay(NamedTuple):
    """A price without its amount: what tells it apart, and the number of the application it was quoted with ('': unknown)."""

    target: str
    fee: str
    from_on: date | None
    note: str
    application: str = ""


PRICE_DAY = ("target__number", "fee", "from_on", "note", "application__number")
"""The columns of a PriceDay, from a price."""


def price_day_of(row: tuple[Any, ...]) -> PriceDay:
    """A PriceDay of those columns."""
    target, fee, from_on, note, application = row
    return PriceDay(target, fee, from_on, note, application or "")


def price_day_written(values: Values) -> PriceDay:
    """A PriceDay by the names of a price's values."""
    names = ("target", "fee", "from_on", "note", "application")
    return price_day_of(tuple(values[name] for name in names))


def load_price_days(numbers: Iterable[str]) -> list[PriceDay]:
    """The standing prices of those targets, in sets."""
    found: list[PriceDay] = []
    for some in slices(sorted(numbers)):
        prices = models.Price.objects.standing().filter(target__number__in=some)
        found += map(price_day_of, prices.values_list(*PRICE_DAY))
    return found


def load_abolitions() -> tuple[Abolished, ...]:
    """The abolitions that were declared, the earliest first: one query. They are for all customers alike (10-11)."""
    names = ("ends_on", "announced_on", "declared_on", "reference")
    return tuple(Abolished(**row) for row in models.Abolition.objects.order_by("ends_on").values(*names))


def load_linked(codes: Iterable[str]) -> dict[str, list[LinkedState]]:
    """The states of the linked services of those codes, by code, in the order of their days: two queries."""
    wanted = list(codes)
    states = _states(wanted, None)
    _own, consents = _consents(Q(linked_service__code__in=wanted), None)
    return {code: given_in(found, consents.get(code, ())) for code, found in states.items()}


def _states(codes: Iterable[str], as_of: int | None) -> dict[str, list[LinkedState]]:
    found: defaultdict[str, list[LinkedState]] = defaultdict(list)
    known = models.LinkedServiceState.objects.as_known_in(as_of)
    states = known.filter(linked_service__code__in=list(codes)).order_by("from_on")
    for row in states.values_list(*_LINKED.values()):
        state = linked_of(dict(zip(_LINKED, row, strict=True)))
        found[state.code].append(state)
    return dict(found)


Records = dict[str, tuple[Consent, ...]]


def _consents(wanted: Q, as_of: int | None) -> tuple[Records, Records]:
    """The records of consent in the order of their days: of contracts by number, of linked services by code. One query."""
    of_contracts: Records = {}
    of_services: Records = {}
    owners = ("contract__target__number", "linked_service__code")
    rows = models.Consent.objects.as_known_in(as_of).filter(wanted).order_by("given_on", "pk")
    for number, code, assent, given_on, ends_on in rows.values_list(*owners, "assent", "given_on", "ends_on"):
        consent = Consent(assent=Assent(assent), given_on=given_on, ends_on=ends_on)
        found, owner = (of_contracts, number) if number else (of_services, code)
        found[owner] = (*found.get(owner, ()), consent)
    return of_contracts, of_services


def _stored_change(values: Values) -> Change:
    number = values["to_number"]
    return change_of({**values, "to": values["to_name"] if number is None else number})


def contract_of(values: dict[str, Any]) -> Contract:
    """A contract by the names of its values, as the terms see it."""
    module_type = values["module_type"]
    return Contract(
        number=values["number"],
        category=Category(values["category"]),
        module=Module(ModuleType(module_type), values["kind"], values["item"]) if module_type else None,
        linked_service=values["linked_service"] or "",
        application=values["application"],
        applied_on=values["applied_on"],
        accepted_on=values["accepted_on"],
        starts_on=values["billing_starts_on"],
        premium_consent_on=values["premium_consent_on"],
        ready_on=values["ready_on"],
        consents=values.get("consents", ()),
    )


def option_of(values: dict[str, Any]) -> Option:
    """An option by the names of its values, as the terms see it."""
    return Option(
        number=values["number"],
        contract=values["contract"],
        option=OptionType(values["option"]),
        licence_type=LicenceType(values["licence_type"]) if values["licence_type"] else None,
        product=Product(values["product"]) if values["product"] else None,
        retention_years=values["retention_years"],
        quantity=values["quantity"],
        application=values["application"],
        applied_on=values["applied_on"],
        accepted_on=values["accepted_on"],
        starts_on=values["billing_starts_on"],
    )


def change_of(values: dict[str, Any]) -> Change:
    """A change by the names of its values, as the terms see it."""
    return Change(
        target=values["target"],
        what=What(values["what"]),
        to=values["to"],
        application=values["application"],
        accepted_on=values["accepted_on"],
        effective_on=values["effective_on"],
        price_kept=bool(values["keep_price"]),
    )


def notice_of(values: dict[str, Any]) -> Notice:
    """A notice by the names of its values, as the terms see it."""
    return Notice(
        target=values["target"],
        arrived_on=values["arrived_on"],
        requested_for=values["requested_for"],
        ground=Ground(values["basis"]),
    )


def linked_of(values: dict[str, Any]) -> LinkedState:
    """A state of a linked service by the names of its values, as the terms see it."""
    return LinkedState(**{**values, "service": Service(values["service"])})
