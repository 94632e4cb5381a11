"""Stored and written facts → contracts.terms.unit: the only translator into what the terms speak of."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from contracts import models
from contracts.terms.catalog import Category, LicenceType, Module, ModuleType, OptionType, Product, Service
from contracts.terms.unit import Change, Contract, Ground, LinkedState, Notice, Option, Unit, What

_APPLICATION = {
    "application": "target__application__number",
    "applied_on": "target__application__applied_on",
    "accepted_on": "target__application__accepted_on",
    "billing_starts_on": "target__billing_starts_on",
}
_CONTRACT = {
    "number": "target__number",
    **{name: name for name in ("category", "module_type", "kind", "item", "premium_consent_on", "ready_on")},
    "linked_service": "linked_service__code",
    **_APPLICATION,
}
_OPTION = {
    "number": "target__number",
    "contract": "contract__target__number",
    **{name: name for name in ("option", "licence_type", "product", "retention_years", "quantity")},
    **_APPLICATION,
}
_CHANGE = {
    "target": "target__number",
    **{name: name for name in ("what", "to_name", "to_number", "effective_on")},
    "application": "application__number",
    "accepted_on": "application__accepted_on",
}
_NOTICE = {"target": "target__number", "arrived_on": "arrived_on", "requested_for": "requested_for", "basis": "ground"}
_LINKED = {
    "code": "linked_service__code",
    **{name: name for name in ("from_on", "service", "kind", "item", "holder", "module_consent_on", "ends_on")},
    **{name: name for name in ("premium_consent_on", "bypass_option_on", "advanced_support_on")},
}


def load_units(unit_ids: Iterable[int]) -> dict[int, Unit]:
    """The units of those ids with every fact that bears on them: six queries, however many units."""
    ids = list(unit_ids)
    contracts = _by_unit(models.Contract.objects.order_by("pk"), ids, _CONTRACT, contract_of)
    options = _by_unit(models.Option.objects.order_by("pk"), ids, _OPTION, option_of)
    changes = _by_unit(models.Change.objects.order_by("effective_on", "pk"), ids, _CHANGE, _stored_change)
    notices = _by_unit(models.Notice.objects.order_by("arrived_on", "pk"), ids, _NOTICE, notice_of)
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


def _by_unit(
    rows: QuerySet[Any, Any], ids: list[int], names: dict[str, str], make: Callable[[dict[str, Any]], Any]
) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for unit_id, *row in rows.filter(target__unit__in=ids).values_list("target__unit_id", *names.values()):
        found[unit_id].append(make(dict(zip(names, row, strict=True))))
    return found


def load_linked(codes: Iterable[str]) -> dict[str, list[LinkedState]]:
    """The states of the linked services of those codes, by code, in the order of their days: one query."""
    found: defaultdict[str, list[LinkedState]] = defaultdict(list)
    states = models.LinkedServiceState.objects.filter(linked_service__code__in=list(codes)).order_by("from_on")
    for row in states.values_list(*_LINKED.values()):
        state = linked_of(dict(zip(_LINKED, row, strict=True)))
        found[state.code].append(state)
    return dict(found)


def _stored_change(values: dict[str, Any]) -> Change:
    name, number = values.pop("to_name"), values.pop("to_number")
    return change_of({**values, "to": name if number is None else number})


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
