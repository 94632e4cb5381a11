"""New facts into the tables, in sets: for a book taken in, and for an application accepted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Model
from django.utils import timezone

from contracts import models
from contracts.facts import name_keys
from contracts.facts.derive import store_ends
from contracts.facts.writing import Writing
from contracts.models.bulk import create_all, ids_of, slices
from contracts.terms.art12_termination import ends
from contracts.terms.catalog import LicenceType
from contracts.terms.unit import Unit

Values = dict[str, Any]
"""What a new fact says, by the English names of the book's columns."""

UnitOf = Callable[[str], str | None]
"""The code of the unit of a contract or an option, by its number."""


class FactsWriter:
    """Writes new facts, one kind after the other, in sets; ``new`` has them by the English name of their sheet.

    ``units`` are the units as they are with the new facts: what is derived from them is written too.
    """

    def __init__(
        self, new: Mapping[str, Sequence[Values]], units: Mapping[str, Unit], writing: Writing, *, unit_of: UnitOf
    ) -> None:
        self.new, self.units, self.writing, self.unit_of = new, units, writing, unit_of
        self.ends = {code: ends(unit) for code, unit in units.items()}

    def write(self) -> dict[str, int]:
        """Every new row; the ids of the units, by code. Ends of stored targets first, so that a tier may follow another on the day
        after its end.
        """
        customers = self._customers()
        units = self._units(customers)
        self._name_keys(customers, units)
        services = self._linked_services()
        self._move_ends(units)
        applications = self._applications(units)
        targets = self._targets(units, applications)
        self._contracts(targets, services)
        self._options(targets)
        self._facts(targets, applications)
        return units

    def _customers(self) -> dict[str, int]:
        rows = self._values("customers")
        create_all(models.Customer, (models.Customer(**{**values, "kana": values["kana"] or ""}) for values in rows))
        of_units = {values["customer"] for values in self._values("units")}
        return ids_of(models.Customer, "code", of_units.union(values["code"] for values in rows))

    def _units(self, customers: dict[str, int]) -> dict[str, int]:
        rows = self._values("units")
        create_all(
            models.ManagementUnit,
            (
                models.ManagementUnit(code=row["code"], customer_id=customers[row["customer"]], name=row["name"])
                for row in rows
            ),
        )
        made = {values["code"] for values in rows}
        return ids_of(models.ManagementUnit, "code", {*self.units, *self._units_named(), *made})

    def _name_keys(self, customers: dict[str, int], units: dict[str, int]) -> None:
        for kind, sheet, ids in (("customer", "customers", customers), ("unit", "units", units)):
            name_keys.begin(kind, ((ids[values["code"]], values) for values in self._values(sheet)))

    def _units_named(self) -> Iterator[str]:
        for sheet in ("contracts", "options", "changes"):
            for values in self._values(sheet):
                yield self.unit_of(values.get("target") or values["number"]) or ""

    def _linked_services(self) -> dict[str, int]:
        rows = self._values("linked_services")
        named = {row["code"] for row in rows}
        codes = sorted(named - set(ids_of(models.LinkedService, "code", named)))
        create_all(models.LinkedService, (models.LinkedService(code=code) for code in codes))
        linked = {row["linked_service"] for row in self._values("contracts") if row["linked_service"]}
        ids = ids_of(models.LinkedService, "code", named | linked)
        states = (
            models.LinkedServiceState(
                linked_service_id=ids[row["code"]], **{name: value for name, value in row.items() if name != "code"}
            )
            for row in rows
        )
        self.writing.add_all(models.LinkedServiceState, states)
        return ids

    def _move_ends(self, units: Mapping[str, int]) -> None:
        """Ends of all stored targets of the units, also of those that end no longer: a second licence lets a pair go on (I-24).

        A unit that was just made has none.
        """
        made = {values["code"] for values in self._values("units")}
        stored = {units[code]: found for code, found in self.ends.items() if code in units and code not in made}
        store_ends(stored, by=self.writing.by)

    def _applications(self, units: dict[str, int]) -> dict[str, int]:
        facts: dict[str, models.Application] = {}
        for sheet in ("contracts", "options", "changes"):
            for values in self._values(sheet):
                number = values["application"]
                if number not in facts:
                    unit = units[self.unit_of(values.get("target") or values["number"]) or ""]
                    facts[number] = models.Application(number=number, unit_id=unit, accepted_on=values["accepted_on"])
                facts[number].applied_on = facts[number].applied_on or values.get("applied_on")
        quoted_with = {row["application"] for row in self._values("prices") if row["application"]}
        ids = ids_of(models.Application, "number", quoted_with.union(facts))
        self._complete_stored_applications(facts, ids)
        new = [application for number, application in facts.items() if number not in ids]
        create_all(models.Application, new)
        return ids | {application.number: application.pk for application in new}

    def _complete_stored_applications(self, facts: dict[str, models.Application], known: dict[str, int]) -> None:
        """A change's application has no 申込日 in the book; a contract of the same application brings it."""
        dated = [number for number in known if number in facts and facts[number].applied_on]
        for some in slices(dated):
            stored = list(models.Application.objects.filter(number__in=some, applied_on=None))
            for application in stored:
                application.applied_on = facts[application.number].applied_on
            models.Application.objects.bulk_update(stored, ["applied_on"])

    def _targets(self, units: dict[str, int], applications: dict[str, int]) -> dict[str, int]:
        def make(values: Values, kind: str) -> models.Target:
            unit = self.unit_of(values["number"]) or ""
            end = self.ends[unit].get(values["number"])
            return models.Target(
                number=values["number"],
                kind=kind,
                unit_id=units[unit],
                application_id=applications[values["application"]],
                billing_starts_on=values["billing_starts_on"],
                ends_on=end.on if end else None,
                term_licences=values["quantity"] if values.get("licence_type") == LicenceType.TERM else None,
            )

        contracts = (make(row, "module" if row["module_type"] else "tier") for row in self._values("contracts"))
        self.writing.add_all(models.Target, contracts)
        self.writing.add_all(models.Target, (make(row, "option") for row in self._values("options")))
        ids = ids_of(models.Target, "number", self._numbers())
        starts = (values for sheet in ("contracts", "options") for values in self._values(sheet))
        self.writing.add_all(
            models.BillingStart,
            (
                models.BillingStart(target_id=ids[values["number"]], starts_on=values["billing_starts_on"])
                for values in starts
                if values["billing_starts_on"]
            ),
        )
        return ids

    def _contracts(self, targets: dict[str, int], services: dict[str, int]) -> None:
        create_all(
            models.Contract,
            (
                models.Contract(
                    target_id=targets[values["number"]],
                    category=values["category"],
                    module_type=values["module_type"] or "",
                    kind=values["kind"],
                    item=values["item"],
                    linked_service_id=services[values["linked_service"]] if values["linked_service"] else None,
                    premium_consent_on=values["premium_consent_on"],
                    ready_on=values["ready_on"],
                )
                for values in self._values("contracts")
            ),
        )

    def _options(self, targets: dict[str, int]) -> None:
        create_all(
            models.Option,
            (
                models.Option(
                    target_id=targets[values["number"]],
                    contract_id=targets[values["contract"]],
                    option=values["option"],
                    licence_type=values["licence_type"] or "",
                    product=values["product"] or "",
                    retention_years=values["retention_years"],
                    quantity=values["quantity"],
                )
                for values in self._values("options")
            ),
        )

    def _facts(self, targets: dict[str, int], applications: dict[str, int]) -> None:
        self.writing.add_all(
            models.Change, (_change(values, targets, applications) for values in self._values("changes"))
        )
        prices = ("fee", "amount_yen", "from_on", "note")
        self.writing.add_all(
            models.Price,
            (
                models.Price(
                    target_id=targets[values["target"]],
                    application_id=applications[values["application"]] if values["application"] else None,
                    **{name: values[name] for name in prices},
                )
                for values in self._values("prices")
            ),
        )
        self.writing.add_all(
            models.Notice,
            (
                models.Notice(
                    target_id=targets[values["target"]],
                    arrived_on=values["arrived_on"],
                    requested_for=values["requested_for"],
                    ground=values["basis"],
                    reference=values.get("reference", ""),
                )
                for values in self._values("notices")
            ),
        )
        for model, sheet in ((models.Outage, "outages"), (models.Breach, "breaches")):
            self.writing.add_all(model, (_incident(model, values, targets) for values in self._values(sheet)))

    def _numbers(self) -> set[str]:
        """The numbers of all targets that the new facts are, or speak of."""
        names = ("number", "target", "contract")
        return {values[name] for rows in self.new.values() for values in rows for name in names if values.get(name)}

    def _values(self, sheet: str) -> Sequence[Values]:
        return self.new.get(sheet, ())


def _change(values: dict[str, Any], targets: dict[str, int], applications: dict[str, int]) -> models.Change:
    is_number = isinstance(values["to"], int)
    return models.Change(
        target_id=targets[values["target"]],
        what=values["what"],
        to_name="" if is_number else values["to"],
        to_number=values["to"] if is_number else None,
        application_id=applications[values["application"]],
        effective_on=values["effective_on"],
        price_kept=bool(values["keep_price"]),
    )


def _incident(model: type[Model], values: dict[str, Any], targets: dict[str, int]) -> Model:
    moments = {name: timezone.make_aware(value) for name, value in values.items() if name.endswith("_at")}
    others = {name: value for name, value in values.items() if name in ("claimed_on", "guarantee")}
    return model(contract_id=targets[values["contract"]], **moments, **others)
