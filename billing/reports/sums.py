"""What is looked at rather than read: a month by fee, and by module type. Closed months never change: billing.operations keeps their sums."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from billing.models import ChargeLine, Month
from contracts.facts.names import names_of
from contracts.models import Change
from contracts.models.bulk import slices
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES
from contracts.terms.unit import What


class FeeSum(NamedTuple):
    """Lines and yen before tax of one fee; of corrections of the fee that they correct, which is '' for others."""

    fee: str
    corrects: str
    lines: int
    yen: int


def of_fees(months: Iterable[Month]) -> dict[int, list[FeeSum]]:
    """The lines of each month by fee, by the month's id: one query."""
    found: dict[int, list[FeeSum]] = {month.pk: [] for month in months}
    lines = ChargeLine.objects.filter(month__in=list(found)).order_by()
    sums = lines.values_list("month_id", "fee", "corrects_fee").annotate(Count("pk"), Sum("amount_yen"))
    for month_id, *row in sums:
        found[month_id].append(FeeSum(*row))
    return found


def by_kind(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Yen by tier or module type, by the names and in the order of the catalogue."""
    names: dict[str, str] = dict([*MODULE_TYPE_NAMES.items(), *CATEGORY_NAMES.items()])
    order: dict[str, int] = {code: at for at, code in enumerate([*CATEGORY_NAMES, *MODULE_TYPE_NAMES])}
    rows = sorted(found.items(), key=lambda row: order.get(row[0], len(order)))
    return [(names.get(code, code), yen) for code, yen in rows]


def by_module_type(month: Month) -> list[tuple[str, int]]:
    """Yen of a month by tier or module type, as each was on the first day of the line; an option counts with what it is on.

    Summed by the database as concluded; of the few contracts that were upgraded line by line, as they stood.
    """
    upgraded = Change.objects.standing().filter(what=What.CATEGORY).values("target_id")
    lines = ChargeLine.objects.filter(month=month).order_by()
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
    return list(sums.items())
