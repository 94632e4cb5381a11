"""What is looked at rather than read: closed months by fee, and one month by module type. Closed months never change, so sums are kept."""

from collections import Counter
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from billing.models import ChargeLine, Month
from billing.reports.line_columns import charged_fee
from contracts.facts.names import names_of
from contracts.models import Change
from contracts.models.bulk import slices
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES
from contracts.terms.unit import What

MONTHS_SHOWN = 24


class MonthSums(NamedTuple):
    """A month as 2025-04, and yen before tax by fee."""

    month: str
    yen: dict[str, int]


_KNOWN: dict[tuple[int, datetime], dict[str, int]] = {}
"""Sums by fee of closed months, by the month's id and the moment of its closing."""


def by_fee(count: int = MONTHS_SHOWN) -> list[MonthSums]:
    """The last closed months, the oldest first, corrections under the fee that they correct; each month is summed once a process."""
    months = list(Month.objects.exclude(closed_at=None).order_by("-month")[:count])[::-1]
    keys = {month.pk: (month.pk, month.closed_at) for month in months if month.closed_at}
    unknown = [pk for pk, key in keys.items() if key not in _KNOWN]
    if unknown:
        found: dict[int, dict[str, int]] = {pk: {} for pk in unknown}
        lines = ChargeLine.objects.filter(month__in=unknown).order_by().annotate(counts_as=charged_fee())
        sums = lines.values("month_id", "counts_as").annotate(yen=Sum("amount_yen"))
        for month_id, fee, yen in sums.values_list("month_id", "counts_as", "yen"):
            found[month_id][fee] = yen
        _KNOWN.update({keys[pk]: yen for pk, yen in found.items()})
    return [MonthSums(str(month), _KNOWN[keys[month.pk]]) for month in months]


def by_module_type() -> tuple[str, list[tuple[str, int]]]:
    """The last closed month as 2025-04, and yen by tier or module type, as each was on the first day of the line.

    An option counts with what it is attached to.
    """
    month = Month.objects.exclude(closed_at=None).order_by("-month").first()
    if month is None or month.closed_at is None:
        return "", []
    found = _by_module_type(month.pk, month.closed_at)
    names: dict[str, str] = dict([*MODULE_TYPE_NAMES.items(), *CATEGORY_NAMES.items()])
    order: dict[str, int] = {code: at for at, code in enumerate([*CATEGORY_NAMES, *MODULE_TYPE_NAMES])}
    rows = sorted(found, key=lambda row: order.get(row[0], len(order)))
    return str(month), [(names.get(code, code), yen) for code, yen in rows]


@lru_cache(maxsize=16)
def _by_module_type(month_id: int, closed_at: datetime) -> tuple[tuple[str, int], ...]:
    """Summed by the database as concluded; of the few contracts that were upgraded line by line, as they stood."""
    upgraded = Change.objects.standing().filter(what=What.CATEGORY).values("target_id")
    lines = ChargeLine.objects.filter(month=month_id).order_by()
    lines = lines.annotate(contract=Coalesce("target__option__contract_id", "target_id"))
    sums: Counter[str] = Counter()
    concluded = lines.exclude(contract__in=upgraded).annotate(
        module_type=Coalesce("target__contract__module_type", "target__option__contract__module_type"),
        category=Coalesce("target__contract__category", "target__option__contract__category"),
    )
    for category, module_type, yen in concluded.values_list("category", "module_type").annotate(Sum("amount_yen")):
        sums[module_type or category] += yen
    rows = lines.filter(contract__in=upgraded).values_list("contract", "from_on").annotate(Sum("amount_yen"))
    for some in slices(rows.iterator()):
        names = names_of(Q(pk__in={contract for contract, _from_on, _yen in some}))
        for contract, from_on, yen in some:
            sums[names.on(contract, from_on).group] += yen
    return tuple(sums.items())
