"""Stored and written facts → contracts.terms.unit: the only translator into what the terms speak of."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from contracts import models
from contracts.terms.catalog import Category, LicenceType, Module, ModuleType, OptionType, Product, Service
from contracts.terms.consents import Assent, Consent
from contracts.terms.unit import Change, Contract, Ground, LinkedState, Notice, Option, Unit, What, given_in

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
}
_NOTICE = {"arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}
_LINKED = {
    "code": "linked_service__code",
    **{name: name for name in ("from_on", "service", "kind", "item", "holder", "module_consent_on", "ends_on")},
    **{name: name for name in ("premium_consent_on", "bypass_option_on", "advanced_support_on")},
}

Values = dict[str, Any]


def load_units(unit_ids: Iterable[int]) -> dict[int, Unit]:
    """The units of those ids with every fact that bears on them: nine queries, however many units.

    What belongs to targets is asked for by the targets' ids and joined here: an index finds a few among very many.
    """
    ids = list(unit_ids)
    unit_of: dict[int, int] = {}
    targets: dict[int, Values] = {}
    for pk, unit_id, *row in models.Target.objects.filter(unit__in=ids).values_list("pk", "unit_id", *_TARGET.values()):
        unit_of[pk], targets[pk] = unit_id, dict(zip(_TARGET, row, strict=True))

    def of(
        rows: QuerySet[Any, Any], names: dict[str, str], make: Callable[[Values], Any]
    ) -> defaultdict[int, list[Any]]:
        found: defaultdict[int, list[Any]] = defaultdict(list)
        for pk, *row in rows.filter(target__in=list(targets)).values_list("target_id", *names.values()):
            values = {**targets[pk], "target": targets[pk]["number"], **dict(zip(names, row, strict=True))}
            found[unit_of[pk]].append(make(values))
        return found

    def stored_option(values: Values) -> Option:
        return option_of({**values, "contract": targets[values["contract_id"]]["number"]})

    own_consents = _consents("contract__target__number", contract__in=list(targets))

    def stored_contract(values: Values) -> Contract:
        return contract_of({**values, "consents": own_consents.get(values["number"], ())})

    contracts = of(models.Contract.objects.order_by("pk"), _CONTRACT, stored_contract)
    options = of(models.Option.objects.order_by("pk"), _OPTION, stored_option)
    changes = of(models.Change.objects.order_by("effective_on", "pk"), _CHANGE, _stored_change)
    notices = of(models.Notice.objects.order_by("arrived_on", "pk"), _NOTICE, notice_of)
    linked = load_linked({c.linked_service for held in contracts.values() for c in held if c.linked_service})
    units = models.ManagementUnit.objects.filter(pk__in=ids).values_list("pk", "code", "customer__code")
    return {
        pk: Unit(
            code=code,
            customer=customer,
            contracts=tuple(contracts[pk]),
            options=tuple(options[pk]),
            changes=tuple(changes[pk]),
            notices=tuple(notices[pk]),
            linked={
                c.linked_service: tuple(linked.get(c.linked_service, ())) for c in contracts[pk] if c.linked_service
            },
        )
        for pk, code, customer in units
    }


def load_linked(codes: Iterable[str]) -> dict[str, list[LinkedState]]:
    """The states of the linked services of those codes, by code, in the order of their days: two queries."""
    wanted = list(codes)
    found: defaultdict[str, list[LinkedState]] = defaultdict(list)
    states = models.LinkedServiceState.objects.filter(linked_service__code__in=wanted).order_by("from_on")
    for row in states.values_list(*_LINKED.values()):
        state = linked_of(dict(zip(_LINKED, row, strict=True)))
        found[state.code].append(state)
    for code, consents in _consents("linked_service__code", linked_service__code__in=wanted).items():
        found[code] = given_in(found[code], consents)
    return dict(found)


def _consents(owner: str, **narrowed: Any) -> dict[str, tuple[Consent, ...]]:
    """The records of consent by the number or code of their owner, in the order of their days: one query."""
    found: defaultdict[str, list[Consent]] = defaultdict(list)
    records = models.Consent.objects.filter(**narrowed).order_by("given_on", "pk")
    for code, assent, given_on, ends_on in records.values_list(owner, "assent", "given_on", "ends_on"):
        found[code].append(Consent(assent=Assent(assent), given_on=given_on, ends_on=ends_on))
    return {code: tuple(consents) for code, consents in found.items()}


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
