"""第8条（利用条件）: the customer's network must be ready for the three log collection modules."""

from datetime import date

from contracts.terms.catalog import LOG_MODULES, ModuleType

ITEMS = {ModuleType.DEVICE_LOG: "8-1(1)", ModuleType.CLOUD_LOG: "8-1(2)", ModuleType.M365_LOG: "8-1(3)"}


def missing_readiness(module_type: ModuleType, ready_on: date | None, starts_on: date | None, *, on: date) -> str:
    """The clause under which readiness is missing on a day from the billing start on, '' where it is not.

    It does not stop charging (8-2); it is for the account manager's list.
    """
    if module_type not in LOG_MODULES or starts_on is None or on < starts_on:
        return ""
    return "" if ready_on is not None and ready_on <= on else ITEMS[module_type]
