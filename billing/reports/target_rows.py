"""What reports on contracts and options have in common: whose a target is, what it is, and the days on which targets end."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.reports.report import Asked, Column
from contracts.facts import load_units
from contracts.models import Notice, Target
from contracts.models.bulk import slices
from contracts.terms.art12_termination import End, ends
from contracts.terms.catalog import CATEGORY_NAMES, LICENCE_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES
from contracts.terms.unit import ContradictionError

UNITS_AT_ONCE = 250
"""Units read whole together, to compute their ends."""

NUMBER = Column("target", _("対象番号"), width=16)
WHAT = Column("what", _("契約・オプション"), width=34)

OWNER = ("unit__customer__code", "unit__customer__name", "unit__code", "number")
DESCRIBED = (
    *("contract__category", "contract__module_type", "contract__kind", "contract__item"),
    *("option__option", "option__licence_type"),
)


def described(category: str, module_type: str, kind: str, item: str, option: str, licence: str) -> str:
    """What a target is for, by the names of the catalogue."""
    if option:
        return OPTION_NAMES[option] + (f" {LICENCE_NAMES[licence]}" if licence else "")
    name = MODULE_TYPE_NAMES[module_type] if module_type else CATEGORY_NAMES[category]
    return " ".join(part for part in (name, kind, item) if part)


class Ended(NamedTuple):
    """A target's id and how it ends."""

    target_id: int
    end: End


def targets(asked: Asked) -> QuerySet[Any]:
    """The contracts and options that were asked for."""
    return asked.narrow(Target.objects.all())


def ended(asked: Asked) -> dict[str, Ended]:
    """Every target that ends, by number. Only units with notices are read; those whose facts contradict each other have no day."""
    found: dict[str, Ended] = {}
    units = Notice.objects.filter(target__unit__in=targets(asked).values("unit"))
    ids = units.order_by("target__unit_id").values_list("target__unit_id", flat=True).distinct()
    for some in slices(list(ids), UNITS_AT_ONCE):
        found.update(_ended_of(some))
    return found


def _ended_of(unit_ids: Any) -> Iterator[tuple[str, Ended]]:
    units = load_units(unit_ids)
    ids = dict(Target.objects.filter(unit__in=list(units)).values_list("number", "pk"))
    for unit in units.values():
        try:
            yield from ((number, Ended(ids[number], end)) for number, end in ends(unit).items())
        except ContradictionError:
            continue
