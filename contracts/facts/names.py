"""What a contract or an option is called on a day, from the facts that stand: the one place that says so.

A target is named as it stood on the day spoken of, not as it was concluded: an upgrade, another item, more years or licences
count from their own day on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils.translation import gettext

from contracts.facts.change_order import in_order
from contracts.facts.ids import Ids
from contracts.models import Change, Contract, Option, Target
from contracts.models.among import among
from contracts.models.bulk import slices
from contracts.terms import unit
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    LICENCE_NAMES,
    MODULE_TYPE_NAMES,
    OPTION_NAMES,
    PRODUCT_NAMES,
    Category,
    LicenceType,
    ModuleType,
    OptionType,
    Product,
)
from contracts.terms.supplementary import name_on
from contracts.terms.timeline import Timeline
from contracts.terms.unit import What


class Content(NamedTuple):
    """What a contract or an option is for on a day, in the catalogue's codes; '' and None where it has no such thing."""

    category: str = ""
    module_type: str = ""
    kind: str = ""
    item: str = ""
    option: str = ""
    licence_type: str = ""
    product: str = ""
    retention_years: int | None = None
    quantity: int | None = None
    renamed: str = ""
    """What the edition of the day calls the category, where it is not what the catalogue calls it (附則)."""

    @property
    def group(self) -> str:
        """What it counts as in sums: its tier, its module type, or its option."""
        return self.option or self.module_type or self.category

    @property
    def name(self) -> str:
        """The category, module type or option, as the terms write it."""
        if self.renamed:
            return self.renamed
        if self.option:
            return OPTION_NAMES[OptionType(self.option)]
        if self.module_type:
            return MODULE_TYPE_NAMES[ModuleType(self.module_type)]
        return CATEGORY_NAMES[Category(self.category)]

    @property
    def detail(self) -> str:
        """Kind and item of a module; licence type, licences, years and product of an option; '' where it has none."""
        return self._detail(licences=True)

    @property
    def line(self) -> str:
        """Name and detail in one line."""
        return " ".join(part for part in (self.name, self.detail) if part)

    @property
    def line_without_licences(self) -> str:
        """In one line, for where the number of licences has a column of its own."""
        return " ".join(part for part in (self.name, self._detail(licences=False)) if part)

    @property
    def details(self) -> list[tuple[What | None, str]]:
        """The parts of the detail, in order, each with what a change of it changes; None of what stays as it was concluded."""
        said = (
            (None, self.kind),
            (What.ITEM, self.item),
            (None, LICENCE_NAMES[LicenceType(self.licence_type)] if self.licence_type else ""),
            (What.QUANTITY, value_said(What.QUANTITY, self.quantity)),
            (What.RETENTION_YEARS, value_said(What.RETENTION_YEARS, self.retention_years)),
            (None, PRODUCT_NAMES[Product(self.product)] if self.product else ""),
        )
        return [(what, part) for what, part in said if part]

    def _detail(self, *, licences: bool) -> str:
        return " ".join(part for what, part in self.details if licences or what is not What.QUANTITY)


class Changed(NamedTuple):
    """One change that stands: what, to what, from which day on."""

    what: str
    to_name: str
    to_number: int | None
    effective_on: date


def value_said(what: What, value: object) -> str:
    """A value that can be changed, as people read it: a category, an item, years, licences; '' for none."""
    if value is None or value == "":
        return ""
    if what is What.CATEGORY:
        return CATEGORY_NAMES[Category(str(value))]
    if what is What.RETENTION_YEARS:
        return gettext("%(years)s年") % {"years": value}
    if what is What.QUANTITY:
        return gettext("%(count)sライセンス") % {"count": f"{value:,}" if isinstance(value, int) else value}
    return str(value)


def content_on(concluded: Content, changes: Iterable[Changed], day: date) -> Content:
    """What a target is for on a day; ``changes`` in the order of their days."""
    values: dict[str, Any] = {}
    for change in changes:
        if change.effective_on <= day:
            values[change.what] = change.to_name if change.to_number is None else change.to_number
    return _as_called(concluded._replace(**values) if values else concluded, day)


def _as_called(content: Content, day: date) -> Content:
    """The content with the names that the edition of the day gives (附則); papers keep the name of their day."""
    if content.item:
        item = name_on(content.item, day, of=content.module_type)
        return content if item == content.item else content._replace(item=item)
    if content.option or content.module_type or not content.category:
        return content
    name = CATEGORY_NAMES[Category(content.category)]
    called = name_on(name, day)
    return content if called == name else content._replace(renamed=called)


def content_of(target: unit.Target, timeline: Timeline, day: date) -> Content:
    """What a target of a unit of the terms is for on a day."""

    def value(what: What) -> Any:
        return timeline.value(target, what, day)

    if isinstance(target, unit.Option):
        return Content(
            option=target.option,
            licence_type=target.licence_type or "",
            product=target.product or "",
            retention_years=value(What.RETENTION_YEARS),
            quantity=value(What.QUANTITY),
        )
    if target.module:
        module = target.module
        content = Content(module_type=module.module_type, kind=module.kind, item=value(What.ITEM))
        return _as_called(content, day)
    return _as_called(Content(category=value(What.CATEGORY)), day)


def called_on(known: unit.Unit, day: date) -> dict[str, str]:
    """What the targets of a unit are called on a day, by number, each in one line; licences have their own place."""
    timeline = Timeline(known, {})
    return {target.number: content_of(target, timeline, day).line_without_licences for target in known.targets}


def changed(row: Change) -> Changed:
    """A stored change as what is asked of it here."""
    return Changed(row.what, row.to_name, row.to_number, row.effective_on)


class Names:
    """What each of some targets is called on any day; ``concluded`` has the values of Content as they were read."""

    def __init__(self, concluded: Mapping[int, Sequence[Any]], changes: Mapping[int, Sequence[Changed]]) -> None:
        self._concluded, self._changes = concluded, changes

    def on(self, target_id: int, day: date) -> Content:
        """What a target is for on a day."""
        concluded, changes = _content(self._concluded[target_id]), self._changes.get(target_id)
        return content_on(concluded, changes or (), day)

    def knows(self, target_id: int) -> bool:
        """Whether it is one of those targets."""
        return target_id in self._concluded

    def days(self, target_id: int, what: What) -> list[date]:
        """The days from which a change of that kind counts."""
        return [change.effective_on for change in self._changes.get(target_id, ()) if change.what == what]

    def during(self, target_id: int, first: date, last: date) -> list[Content]:
        """What a target is for from ``first`` to ``last``, one after the other."""
        within = (change.effective_on for change in self._changes.get(target_id, ()))
        days = [first, *(day for day in within if first < day <= last)]
        return list(dict.fromkeys(self.on(target_id, day) for day in days))


def names_of(targets: Q) -> Names:
    """The names of the targets that the condition finds, few enough to be joined: two queries."""
    rows = Target.objects.filter(targets)
    concluded = {pk: values for pk, *values in rows.values_list("pk", *_CONCLUDED)}
    standing = Change.objects.standing().filter(target__in=rows.order_by().values("pk"))
    return Names(concluded, _in_order(standing.values_list("application_id", "target_id", *Changed._fields)))


class Groups:
    """What each of very many targets counts as in sums on any day (Content.group); asked for by the million."""

    def __init__(self, concluded: Mapping[int, str], changed: Names) -> None:
        self._concluded, self._changed = concluded, changed

    def on(self, target_id: int, day: date) -> str:
        """What a target counts as on a day."""
        if self._changed.knows(target_id):
            return self._changed.on(target_id, day).group
        return self._concluded[target_id]

    def regroups(self, target_id: int) -> list[date]:
        """The days from which a target may count as something else: of very few it is any."""
        return self._changed.days(target_id, What.CATEGORY)


def groups_of(targets: Ids) -> Groups:
    """What the targets count as: contracts, options and changes each by the targets' ids; whole names of those that have changed."""
    contracts = targets.rows(Contract.objects.all(), "target_id", "category", "module_type")
    concluded = {pk: module_type or category for pk, category, module_type in contracts}
    concluded.update(targets.rows(Option.objects.all(), "target_id", "option"))
    rows = targets.rows(Change.objects.standing(), "target_id", "application_id", *Changed._fields)
    changes = _in_order((application, target, *change) for target, application, *change in rows)
    named = {
        pk: values
        for some in slices(sorted(changes))
        for pk, *values in Target.objects.filter(among("pk", some)).values_list("pk", *_CONCLUDED)
    }
    return Groups(concluded, Names(named, changes))


def _content(values: Sequence[Any]) -> Content:
    # What a target has no row for comes as None; a text of it is '' like any other that is not there.
    return Content._make([*(value or "" for value in values[:_TEXTS]), *values[_TEXTS:], ""])


def _in_order(rows: Iterable[tuple[Any, ...]]) -> dict[int, Sequence[Changed]]:
    """Changes by target in the order in which they take effect; ``rows`` have the application's id and the target before them."""
    found: defaultdict[int, list[Changed]] = defaultdict(list)
    for _application, target, *change in in_order(rows, key=_key, application=itemgetter(0)):
        found[target].append(Changed(*change))
    return dict(found)


def _key(row: tuple[Any, ...]) -> tuple[int, str, date]:
    return row[1], row[2], row[-1]


_OF_CONTRACT = ("category", "module_type", "kind", "item")
_OF_OPTION = ("option", "licence_type", "product", "retention_years", "quantity")
_CONCLUDED = (*(f"contract__{name}" for name in _OF_CONTRACT), *(f"option__{name}" for name in _OF_OPTION))
_TEXTS = Content._fields.index("retention_years")
