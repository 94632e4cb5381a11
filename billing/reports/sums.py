"""What is looked at rather than read: a month by fee, and by module type. Closed months never change: billing.operations keeps their sums."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet, Sum
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


def kinds_in_order(found: Iterable[str]) -> list[tuple[str, str]]:
    """Tiers and module types by their names, each with its code, in the order of the catalogue."""
    names: dict[str, str] = dict([*MODULE_TYPE_NAMES.items(), *CATEGORY_NAMES.items()])
    order: dict[str, int] = {code: at for at, code in enumerate([*CATEGORY_NAMES, *MODULE_TYPE_NAMES])}
    return [(names.get(code, code), code) for code in sorted(found, key=lambda code: order.get(code, len(order)))]


def by_module_type(months: Iterable[Month]) -> dict[int, dict[str, int]]:
    """Yen of each month by tier or module type, as each was on the first day of the line, by the month's id; an option counts with
    what it is on.

    Summed by the database as concluded; of the few contracts that were upgraded line by line, as they stood.
    """
    found: dict[int, Counter[str]] = {month.pk: Counter() for month in months}
    lines = ChargeLine.objects.filter(month__in=list(found)).order_by()
    lines = lines.annotate(contract=Coalesce("target__option__contract_id", "target_id"))
    upgraded = changed_in(What.CATEGORY)
    concluded = lines.exclude(contract__in=upgraded).annotate(
        module_type=Coalesce("target__contract__module_type", "target__option__contract__module_type"),
        category=Coalesce("target__contract__category", "target__option__contract__category"),
    )
    sums = concluded.values_list("month_id", "category", "module_type").annotate(Sum("amount_yen"))
    for month, category, module_type, yen in sums:
        found[month][module_type or category] += yen
    rows = lines.filter(contract__in=upgraded).values_list("month_id", "contract", "from_on")
    for some in slices(rows.annotate(Sum("amount_yen")).iterator()):
        names = names_of(Q(pk__in={contract for _month, contract, _from_on, _yen in some}))
        for month, contract, from_on, yen in some:
            found[month][names.on(contract, from_on).group] += yen
    return {month: dict(sums) for month, sums in found.items()}


def changed_in(*what: What) -> QuerySet[Any, Any]:
    """The ids of the contracts of which this was ever changed."""
    return Change.objects.standing().filter(what__in=what).order_by().values("target_id")
