"""The guards of what is known by its code: a code stays with what it was given to, and what is referred to does not go."""

from typing import Any

from django.db.models import Model

from contracts import models
from contracts.guards.guard import Guard

IN_USE: dict[type[Model], tuple[tuple[type[Model], str], ...]] = {
    models.Customer: (
        (models.ManagementUnit, "customer_id"),
        (models.Transfer, "giver_id"),
        (models.Transfer, "receiver_id"),
    ),
    models.ManagementUnit: ((models.Target, "unit_id"), (models.Application, "unit_id")),
    models.LinkedService: ((models.Contract, "linked_service_id"), (models.Consent, "linked_service_id")),
}
"""By which columns it is referred to: where foreign keys are not looked at (SQLite, as other programs open it) it would go from
beneath them.
"""


def known_by_code() -> list[Guard]:
    """Customers, units and linked services: number and code stay; one that is in use is not deleted."""
    found = []
    for model, used in IN_USE.items():
        shared: dict[str, Any] = {"owner": "contracts", "table": model._meta.db_table, "refusal": "code_stays"}
        shared |= {"says": "a code stays with what it was given to"}
        some = " OR ".join(f"EXISTS (SELECT 1 FROM {by._meta.db_table} WHERE {column} = OLD.id)" for by, column in used)
        found += [Guard(event="UPDATE", when="(OLD.id {differs} NEW.id OR OLD.code {differs} NEW.code)", **shared)]
        found += [Guard(event="DELETE", when=f"({some})", **shared)]
    return found
