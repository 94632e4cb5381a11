"""The finance department's choices as the settings' file has them (FINANCE_FILE)."""

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings

from billing.terms.account import TaxCategory
from billing.terms.policy import Policy


def policies() -> tuple[Policy, ...]:
    """Every set of choices, in the order of their days."""
    return _read(Path(settings.FINANCE_FILE))


@cache
def _read(file: Path) -> tuple[Policy, ...]:
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["policy"]
    found = [Policy(**{**row, "settlement_tax": TaxCategory(row["settlement_tax"])}) for row in rows]
    return tuple(sorted(found, key=lambda policy: policy.from_on))
