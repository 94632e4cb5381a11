"""The finance department's choices as the settings' file has them (FINANCE_FILE)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.terms.account import TaxCategory
from billing.terms.due_day import HolidayRule
from billing.terms.policy import Corrections, Policy, in_order


def policies() -> tuple[Policy, ...]:
    """Every set of choices, in the order of their days. Raises ImproperlyConfigured where the file cannot be followed."""
    return _read(Path(settings.FINANCE_FILE))


@cache
def _read(file: Path) -> tuple[Policy, ...]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["policy"]
    try:
        return in_order(_policy(row) for row in rows)
    except ValueError as fault:
        raise ImproperlyConfigured(f"{file}: {fault}") from None


def _policy(row: dict[str, Any]) -> Policy:
    chosen = {
        "settlement_tax": TaxCategory(row["settlement_tax"]),
        "corrections": Corrections(row.get("corrections", Corrections.RETURN)),
        "due_holiday": HolidayRule(row.get("due_holiday", HolidayRule.NONE)),
    }
    return Policy(**{**row, **chosen})
