"""Rows of the book into the tables, in sets: for a book taken in, and for an application accepted."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.utils import timezone

from contracts import models
from contracts.facts.writing import Writing
from contracts.intake.book.merge import Merged
from contracts.intake.book.read import Row
from contracts.models.bulk import NAMES_AT_ONCE, create_all, ids_of, slices
from contracts.terms.art12_termination import ends
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.unit import Unit


class BookWriter:
    """Writes the new rows of a merged book, sheet after sheet, in sets."""

    def __init__(self, merged: Merged, units: dict[str, Unit], writing: Writing) -> None:
        self.writing = writing
        self.new, self.known, self.codes = merged.new, merged.known, set(units)
        self.ends = {number: end.on for unit in units.values() for number, end in ends(unit).items()}

    def write(self) -> None:
        """Every new row. Ends of stored targets first, so that a tier may follow another on the day after its end."""
        customers = self._with_ids(models.Customer, "customers", models.Customer, self.known.customers)
        units = self._units(customers)
        services = self._linked_services()
        self._move_ends()
        applications = self._applications(units)
        targets = self._targets(units, applications)
        self._contracts(targets, services)
        self._options(targets)
        self._facts(targets, applications)

    def _with_ids(
        self, model: type[Model], sheet: str, make: Callable[..., Model], named: Iterable[str], field: str = "code"
    ) -> dict[str, int]:
        create_all(model, (make(**row.values) for row in self.new[sheet]))
        return ids_of(model, field, named)

    def _units(self, customers: dict[str, int]) -> dict[str, int]:
        def make(code: str, customer: str, name: str) -> models.ManagementUnit:
            return models.ManagementUnit(code=code, customer_id=customers[customer], name=name)

        return self._with_ids(models.ManagementUnit, "units", make, self.known.units)

    def _linked_services(self) -> dict[str, int]:
        rows = self.new["linked_services"]
        stored = ids_of(models.LinkedService, "code", self.known.linked_services)
        codes = sorted({row.values["code"] for row in rows} - set(stored))
        create_all(models.LinkedService, (models.LinkedService(code=code) for code in codes))
        ids = ids_of(models.LinkedService, "code", self.known.linked_services)
        states = (
            models.LinkedServiceState(
                linked_service_id=ids[row.values["code"]], **{k: v for k, v in row.values.items() if k != "code"}
            )
            for row in rows
        )
        self.writing.add_all(models.LinkedServiceState, states)
        return ids

    def _move_ends(self) -> None:
        # Every target of the units, also those that end no longer: a second licence lets a pair go on (I-24).
        moved = []
        for some in slices(sorted(self.codes)):
            for target in models.Target.objects.filter(unit__code__in=some).only("number", "ends_on"):
                if target.ends_on != self.ends.get(target.number):
                    target.ends_on = self.ends.get(target.number)
                    moved.append(target)
        # What ends sooner first: two tiers of a unit may not overlap at any moment between.
        moved.sort(key=lambda target: target.ends_on or NOT_YET_KNOWN)
        models.Target.objects.bulk_update(moved, ["ends_on"], batch_size=NAMES_AT_ONCE)

    def _applications(self, units: dict[str, int]) -> dict[str, int]:
        facts: dict[str, models.Application] = {}
        for sheet in ("contracts", "options", "changes"):
            for row in self.new[sheet]:
                values = row.values
                unit = self.known.unit_of(values.get("target") or values["number"])
                application = facts.setdefault(
                    values["application"],
                    models.Application(
                        number=values["application"], unit_id=units[unit or ""], accepted_on=values["accepted_on"]
                    ),
                )
                application.applied_on = application.applied_on or values.get("applied_on")
        stored = ids_of(models.Application, "number", facts)
        self._complete_stored_applications(facts, stored)
        create_all(models.Application, (facts[number] for number in facts if number not in stored))
        return ids_of(models.Application, "number", facts)

    def _complete_stored_applications(self, facts: dict[str, models.Application], known: dict[str, int]) -> None:
        """A change's application has no 申込日 in the book; a contract of the same application brings it."""
        dated = [number for number in known if facts[number].applied_on]
        for some in slices(dated):
            stored = list(models.Application.objects.filter(number__in=some, applied_on=None))
            for application in stored:
                application.applied_on = facts[application.number].applied_on
            models.Application.objects.bulk_update(stored, ["applied_on"])

    def _targets(self, units: dict[str, int], applications: dict[str, int]) -> dict[str, int]:
        def make(row: Row, kind: str) -> models.Target:
            values = row.values
            return models.Target(
                number=values["number"],
                kind=kind,
                unit_id=units[self.known.unit_of(values["number"]) or ""],
                application_id=applications[values["application"]],
                billing_starts_on=values["billing_starts_on"],
                ends_on=self.ends.get(values["number"]),
            )

        contracts = (make(row, "module" if row.values["module_type"] else "tier") for row in self.new["contracts"])
        self.writing.add_all(models.Target, contracts)
        self.writing.add_all(models.Target, (make(row, "option") for row in self.new["options"]))
        ids = ids_of(models.Target, "number", [*self.known.contracts, *self.known.options])
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
                models.Price(target_id=targets[values["target"]], **{name: values[name] for name in prices})
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

    def _values(self, sheet: str) -> Iterable[dict[str, Any]]:
        return (row.values for row in self.new[sheet])


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
