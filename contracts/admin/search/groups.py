"""What a term finds, kind by kind: customers, units, contracts, options, applications, notices, linked services."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts import clock
from contracts.admin.kit.columns import iso, page_of
from contracts.facts.finding import Search
from contracts.facts.folding import fold
from contracts.models import (
    Application,
    Contract,
    Customer,
    LinkedService,
    LinkedServiceState,
    ManagementUnit,
    Notice,
    Option,
)
from contracts.models.among import among
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES, Category, ModuleType, OptionType


class Hit(NamedTuple):
    """A record that was found: its code or number, what it is called, what else tells it from others, and its page."""

    code: str
    name: str
    about: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind: the first of them, and the list that shows them all ('' where these are all)."""

    title: str
    hits: Sequence[Hit]
    more: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A kind of record as it is shown: found as ``kind`` by the search, each row of ``rows`` told by ``hit``."""

    model: Any
    kind: str
    hit: Callable[[Any], Hit]
    rows: QuerySet[Any]

    def group(self, search: Search, request: HttpRequest, *, most: int) -> Group | None:
        """The first records found, best first; None where nothing is found, or the person may not view them."""
        meta = self.model._meta
        if not request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            return None
        ids = search.ids(self.kind)[:LOOKED_AT]
        rows = list(self.rows.filter(among("pk", ids))) if ids else []
        if not rows:
            return None
        place = {pk: at for at, pk in enumerate(ids)}
        rows.sort(key=lambda row: place[row.pk])
        hits = sorted(map(self.hit, rows), key=lambda hit: _likeness(hit, search.term))
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        more = f"{address}?{urlencode({'q': search.term})}" if len(hits) > most else ""
        return Group(str(meta.verbose_name_plural), hits[:most], more)


LOOKED_AT = 100
"""Records of a kind of which the best are shown first."""


def groups_of(search: Search, request: HttpRequest, kinds: Iterable[Shown], *, most: int) -> list[Group]:
    """The groups that have anything to show to the person; ``most`` records of each."""
    found = (kind.group(search, request, most=most) for kind in kinds)
    return [group for group in found if group is not None]


def _likeness(hit: Hit, term: str) -> tuple[bool, bool, bool, int]:
    """What is called just so first, then what begins so, then what has it in its name, shorter names first."""
    wanted, code, name = fold(term), fold(hit.code), fold(hit.name)
    return (
        wanted not in (code, name),
        not (code.startswith(wanted) or name.startswith(wanted)),
        not (wanted in name or wanted in code),
        len(hit.name) if wanted in name else 0,
    )


def _customer(row: Customer) -> Hit:
    return Hit(row.code, row.name, "", page_of(row))


def _unit(row: ManagementUnit) -> Hit:
    return Hit(row.code, row.name, row.customer.name, page_of(row))


def _whose(row: Any) -> str:
    return f"{row.unit.customer.name} {row.unit.name}"


def _until(row: Any) -> str:
    ends_on = row.target.ends_on
    if ends_on is None:
        return _whose(row.target)
    said = gettext("%(day)sに終了") if ends_on < clock.today() else gettext("%(day)sに終了予定")
    return f"{_whose(row.target)} ・ {said % {'day': iso(ends_on)}}"


def _contract(row: Contract) -> Hit:
    called = (
        MODULE_TYPE_NAMES[ModuleType(row.module_type)] if row.module_type else CATEGORY_NAMES[Category(row.category)]
    )
    return Hit(row.target.number, called, _until(row), page_of(row.target))


def _option(row: Option) -> Hit:
    return Hit(row.target.number, OPTION_NAMES[OptionType(row.option)], _until(row), page_of(row.target))


def _application(row: Application) -> Hit:
    return Hit(row.number, _whose(row), row.get_state_display(), page_of(row))


def _notice(row: Notice) -> Hit:
    said = " ・ ".join(filter(None, (row.target.number, gettext("到達日") + " " + str(iso(row.arrived_on)))))
    return Hit(row.reference or row.target.number, _whose(row.target), said, page_of(row))


def _service(row: LinkedService) -> Hit:
    states = list(row.states.all())
    state = next((one for one in reversed(states) if one.from_on <= clock.today()), next(iter(states), None))
    if state is None:
        return Hit(row.code, "", "", page_of(row))
    what = " ".join(filter(None, (state.get_service_display(), state.kind, state.item)))
    return Hit(row.code, what, state.holder, page_of(row))


_STATES = Prefetch("states", LinkedServiceState.objects.standing().order_by("from_on"))
_OF_TARGET = "target__unit__customer"
SHOWN = (
    Shown(Customer, "customer", _customer, Customer.objects.all()),
    Shown(ManagementUnit, "unit", _unit, ManagementUnit.objects.select_related("customer")),
    Shown(Contract, "target", _contract, Contract.objects.select_related(_OF_TARGET)),
    Shown(Option, "target", _option, Option.objects.select_related(_OF_TARGET)),
    Shown(Application, "application", _application, Application.objects.select_related("unit__customer")),
    Shown(Notice, "notice", _notice, Notice.objects.standing().select_related(_OF_TARGET)),
    Shown(LinkedService, "service", _service, LinkedService.objects.prefetch_related(_STATES)),
)
"""In the order in which they are shown."""
