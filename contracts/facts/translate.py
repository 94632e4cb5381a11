"""Values by their columns' names → contracts.terms.unit: the only translator into what the terms speak of, of stored and of written facts."""

from typing import Any

from contracts.terms.catalog import Category, LicenceType, Module, ModuleType, OptionType, Product, Service
from contracts.terms.unit import Change, Contract, Ground, LinkedState, Notice, Option, What

Values = dict[str, Any]


def contract_of(values: Values) -> Contract:
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


def option_of(values: Values) -> Option:
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


def stored_change(values: Values) -> Change:
    """A change as its table has it: what it is to is a name or a number."""
    number = values["to_number"]
    return change_of({**values, "to": values["to_name"] if number is None else number})


def change_of(values: Values) -> Change:
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


def notice_of(values: Values) -> Notice:
    """A notice by the names of its values, as the terms see it."""
    return Notice(
        target=values["target"],
        arrived_on=values["arrived_on"],
        requested_for=values["requested_for"],
        ground=Ground(values["basis"]),
    )


def linked_of(values: Values) -> LinkedState:
    """A state of a linked service by the names of its values, as the terms see it."""
    return LinkedState(**{**values, "service": Service(values["service"])})
