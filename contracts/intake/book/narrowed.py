"""A book of one customer, or of one management unit: which rows of each sheet are of it.

No query stands within another. Where the database takes its tables for empty, as after a load that was undone, it goes through the
inner one again for every row of the outer one.
"""

from dataclasses import dataclass

from django.db.models import Q

from contracts.models import Contract, Customer, ManagementUnit
from contracts.models.among import among

_UNIT = {
    "units": "",
    "contracts": "target__unit",
    "options": "target__unit",
    "changes": "target__unit",
    "prices": "target__unit",
    "notices": "target__unit",
    "outages": "contract__target__unit",
    "breaches": "contract__target__unit",
}
"""The way from a row of a sheet to its management unit; '' where the row is one."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """By the code of a customer, or of a management unit; with neither it is everything."""

    customer: str = ""
    unit: str = ""

    def is_there(self) -> bool:
        """Whether there is such a customer or unit."""
        if self.unit:
            return ManagementUnit.objects.filter(code=self.unit).exists()
        return not self.customer or Customer.objects.filter(code=self.customer).exists()

    def rows(self, sheet: str) -> Q:
        """The condition on the rows of a sheet. A linked service is of whoever's module links it, and so of more than one.

        Ids are looked up here and not in the query: call it when the rows are read.
        """
        if not self.customer and not self.unit:
            return Q()
        if sheet == "linked_services":
            linking = Contract.objects.filter(self._of("target__unit"), linked_service__isnull=False)
            return Q(among("linked_service_id", set(linking.values_list("linked_service_id", flat=True))))
        if sheet == "customers":
            own = ManagementUnit.objects.filter(code=self.unit).values_list("customer_id", flat=True)
            return Q(among("pk", own)) if self.unit else Q(code=self.customer)
        return self._of(_UNIT[sheet])

    def _of(self, way: str) -> Q:
        path = f"{way}__" if way else ""
        return Q(**{f"{path}code": self.unit}) if self.unit else Q(**{f"{path}customer__code": self.customer})


EVERYTHING = Narrowed()
