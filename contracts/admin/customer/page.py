"""What the page of a customer shows, on a chosen day and as it was known on one: all of its units from one reading of their facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from contracts.admin.application.begun import Detail, details, may_ask
from contracts.admin.customer.papers import Papers, papers_of
from contracts.admin.kit.as_of import AsOf
from contracts.admin.kit.bills import Bills, KnowsBills, Monthly, bills_told, times
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.lanes import Coming, coming_of, lanes, window
from contracts.admin.kit.naming import in_order, name_on
from contracts.admin.kit.stored import places_of
from contracts.admin.kit.told import signed
from contracts.admin.work.worklist import shown, standing, takers_seen
from contracts.facts.holders import passed_with
from contracts.facts.load import Loaded, read_units
from contracts.judge.ahead import Ahead, ahead, price_ahead
from contracts.judge.kinds import Act, of_act
from contracts.models import Customer, ManagementUnit
from contracts.models.among import among
from contracts.models.at_once import records_at_once
from contracts.terms.catalog import CATEGORY_NAMES
from contracts.terms.timeline import Timeline
from contracts.terms.unit import ContradictionError, Option, Unit
from contracts.terms.unit import Target as PlainTarget

UNITS_A_PAGE = 20
MOST_UNITS = 300
"""Units of one customer that are added up; of a customer with more, those of the page are."""
WORK_SHOWN = 30


@dataclass(frozen=True, slots=True)
class HeldTarget:
    """A contract or an option as it stands on the day, with what it is charged a month."""

    number: str
    place: str
    name: str
    details: Sequence[Detail]
    is_option: bool
    starts_on: date | None
    ends_on: date | None
    monthly: str | None
    times: str


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """A unit of the customer: what it has and what that comes to, in yen as texts ('' where they may not be seen)."""

    row: ManagementUnit
    place: str
    tier: str
    targets: Sequence[HeldTarget]
    others: int
    """What it has that is not charged on the day: to begin, or over."""
    runs: bool
    """Whether anything of it has not ended by today: what a notice could be for."""
    monthly: str
    next_day: Coming | None


@dataclass
class Page:
    """What was read for the page, or its late part: for that also units that pass, or passed, to the customer or from it, since it may
    be billed for them."""

    rows: Mapping[int, ManagementUnit]
    units: Mapping[int, Unit]
    timelines: Mapping[int, Timeline]
    read: Loaded
    monthly: Monthly | None
    as_of: AsOf
    may_ask: bool = False
    """Whether whoever looks may apply for changes of what they see: not of what was known once."""

    @property
    def held(self) -> Iterator[tuple[int, Unit]]:
        """The units that are the customer's, by id."""
        return ((pk, unit) for pk, unit in self.units.items() if pk in self.rows)

    @cached_property
    def plain(self) -> dict[str, tuple[int, PlainTarget]]:
        """What the units have, by number, each with the id of a unit that has it."""
        return {target.number: (pk, target) for pk, unit in self.units.items() for target in unit.targets}

    def name_of(self, number: str) -> str:
        """What a target is called on the day."""
        pk, target = self.plain.get(number, (None, None))
        if pk is None or target is None:
            # Moved into a unit of somebody else: its days here are billed here.
            return number
        return name_on(target, self.timelines[pk], self.as_of.on)

    @cached_property
    def places(self) -> dict[str, str]:
        """The addresses of the targets, by number."""
        return places_of(self.read)


def customer_page(
    row: Customer, *, as_of: AsOf, nth: int, site: KnowsBills, may: Callable[[str], bool]
) -> dict[str, Any]:
    """The context of the page; ``nth``: which page of its units. ``may`` says whether whoever looks has a permission."""
    context: dict[str, Any] = {"as_of": as_of}
    if not may("contracts.view_managementunit"):
        return context | {"units_hidden": True}
    all_units, here, nth, pages = _units_at(list(_units_of(row)), nth)
    whole = len(all_units) <= MOST_UNITS
    row.holds_any = bool(all_units)  # type: ignore[attr-defined]
    page = _read(all_units if whole else here, as_of)
    if may("billing.view_chargeline"):
        page.monthly = site.monthly(page.read, on=as_of.on)
    page.may_ask = as_of.known_day is None and may("contracts.enter_application")
    coming = list(_coming(page))
    held = [_unit(page, one, coming) for one in here]
    context |= {
        "units": held,
        "unit_count": len(all_units),
        "whole": whole,
        "pages": pages,
        "nth": nth,
        "figures": _figures(page),
        "sees_yen": page.monthly is not None,
        "ahead": lanes(coming, on=as_of.on),
        "managers": _managers(all_units),
        "page_links": [_page_link(at, nth, as_of) for at in range(1, pages + 1)],
    }
    return context | _work(page, may)


def customer_late(
    row: Customer, *, as_of: AsOf, nth: int, site: KnowsBills, may: Callable[[str], bool]
) -> dict[str, Any]:
    """The context of the late part: the bill before and the next one, of each unit too, and what was written."""
    if not may("contracts.view_managementunit"):
        return {}
    sees_yen = may("billing.view_chargeline")
    rows, passed = records_at_once(_units_of(row), passed_with(row.pk).order_by("unit_id", "pk")[:MOST_UNITS])
    all_units, here, _nth, _pages = _units_at(rows, nth)
    rows = all_units if len(all_units) <= MOST_UNITS else here
    page = _read(rows, as_of, beside={one.unit_id for one in passed} if sees_yen else ())
    context: dict[str, Any] = {"bills": None, "unit_bills": []}
    if sees_yen:
        bills = site.bills(page.read, on=as_of.on, today=as_of.today, known=as_of.known, payer=row.pk)
        context["bills"] = bills_told(bills, name_of=page.name_of, place_of=page.places)
        context["unit_bills"] = [_unit_bill(bills, one) for one in here]
    targets = [pk for pk, values in page.read.targets.items() if values["unit_id"] in page.rows]
    papers: Papers = papers_of(row, list(page.rows), targets, known=as_of.known, may=may, site=site)
    return context | {"papers": papers.tables, "history": papers.history}


def _units_of(row: Customer) -> QuerySet[ManagementUnit]:
    """All units of a customer: one more than are added up, where there are more."""
    rows = ManagementUnit.objects.filter(customer=row).select_related("account_manager").order_by("code")
    return rows[: MOST_UNITS + 1]


def _units_at(all_units: list[ManagementUnit], nth: int) -> tuple[list[ManagementUnit], list[ManagementUnit], int, int]:
    """All units of a customer, those of a page of them, its number, and of how many."""
    pages = max(1, -(-min(len(all_units), MOST_UNITS) // UNITS_A_PAGE))
    nth = min(max(nth, 1), pages)
    return all_units, all_units[UNITS_A_PAGE * (nth - 1) : UNITS_A_PAGE * nth], nth, pages


def _page_link(at: int, nth: int, as_of: AsOf) -> dict[str, Any]:
    query = "&".join(filter(None, (as_of.query, f"page={at}")))
    return {"nth": at, "here": at == nth, "query": query}


def _read(rows: Sequence[ManagementUnit], as_of: AsOf, *, beside: Iterable[int] = ()) -> Page:
    by_id = {row.pk: row for row in rows}
    read = read_units({*by_id, *beside}, as_of=as_of.known.revision)
    timelines = {}
    for pk, unit in read.units.items():
        try:
            timelines[pk] = Timeline(unit)
        except ContradictionError:
            timelines[pk] = Timeline(unit, {})
    return Page(by_id, read.units, timelines, read, None, as_of)


def _coming(page: Page) -> Iterator[Coming]:
    """What lies ahead of all units, by day."""
    days, places = window(page.as_of.on), page.places
    found: list[tuple[int, Ahead]] = []
    for pk, unit in page.held:
        found += [(pk, one) for one in ahead(unit, page.timelines[pk].ends, days)]
    for one in page.monthly.ahead if page.monthly is not None else ():
        if one.on in days and one.unit_id in page.rows:
            found.append((one.unit_id, price_ahead(one.number, one.on, one.before_yen, one.after_yen)))
    for pk, one in sorted(found, key=lambda each: (each[1].on, page.rows[each[0]].code, each[1].number)):
        names = {one.number: page.name_of(one.number)}
        row = page.rows[pk]
        yield coming_of(one, names=names, places=places, unit=row.code, unit_place=page_of(row))


def _unit(page: Page, row: ManagementUnit, coming: Sequence[Coming]) -> HeldUnit:
    unit, timeline, on = page.units[row.pk], page.timelines[row.pk], page.as_of.on
    category = timeline.on(on).category
    serving = [target for target in in_order(unit) if timeline.serves(target, on)]
    monthly = ""
    if page.monthly is not None:
        monthly = str(thousands(page.monthly.monthly_yen([target.number for target in serving])))
    return HeldUnit(
        row=row,
        place=page_of(row),
        tier=CATEGORY_NAMES[category] if category else "",
        targets=[_target(page, row.pk, target, timeline) for target in serving],
        others=len(unit.targets) - len(serving),
        runs=any(
            n not in timeline.ends or timeline.ends[n].on >= page.as_of.today for n in (t.number for t in unit.targets)
        ),
        monthly=monthly,
        next_day=next((one for one in coming if one.unit == row.code), None),
    )


def _target(page: Page, unit_id: int, target: PlainTarget, timeline: Timeline) -> HeldTarget:
    charged = page.monthly.monthly.get(target.number) if page.monthly is not None else None
    end = timeline.ends.get(target.number)
    asks = list(may_ask(target, timeline, unit_id, page.as_of.on)) if page.may_ask else []
    return HeldTarget(
        number=target.number,
        place=page.places[target.number],
        name=name_on(target, timeline, page.as_of.on),
        details=details(target, timeline, page.as_of.on, asks),
        is_option=isinstance(target, Option),
        starts_on=target.starts_on,
        ends_on=end.on if end else None,
        monthly=thousands(charged.yen) if charged is not None else None,
        times=times(charged) if charged is not None else "",
    )


def _figures(page: Page) -> dict[str, Any]:
    """What is counted and added up on the day."""
    on = page.as_of.on
    serving = [target for pk, unit in page.held for target in unit.targets if page.timelines[pk].serves(target, on)]
    options = sum(1 for target in serving if isinstance(target, Option))
    found = {"contracts": len(serving) - options, "options": options}
    if page.monthly is None:
        return found
    return found | {"monthly": thousands(page.monthly.monthly_yen([target.number for target in serving]))}


def _unit_bill(bills: Bills, row: ManagementUnit) -> dict[str, Any]:
    """What the later bill has of one unit, and how that differs from the one before ('' where it does not)."""
    now, before = bills.now.by_unit.get(row.pk, 0), bills.before.by_unit.get(row.pk, 0) if bills.before else None
    difference = now - before if before is not None else 0
    return {"pk": row.pk, "now": thousands(now), "difference": signed(difference) if difference else ""}


def _managers(rows: Sequence[ManagementUnit]) -> list[dict[str, Any]]:
    """Who looks after how many of the units."""
    found: dict[str, int] = {}
    for row in rows:
        name = str(row.account_manager or gettext("担当なし"))
        found[name] = found.get(name, 0) + 1
    return [{"name": name, "count": count} for name, count in sorted(found.items(), key=lambda one: (-one[1], one[0]))]


def _work(page: Page, may: Callable[[str], bool]) -> dict[str, Any]:
    """What is to be done, for whoever may see it."""
    today, ids = page.as_of.today, list(page.rows)
    if page.as_of.known_day is not None or not may("contracts.view_workitem") or not ids:
        return {"work": []}
    # What is only to be known stands on the time line.
    to_do = standing(today).filter(among("unit_id", ids), kind__in=of_act(Act.DECISION, Act.TASK))
    found = list(to_do[: WORK_SHOWN + 1])
    work = shown(found[:WORK_SHOWN], today=today, decides=may("contracts.decide_application"))
    return {"work": work, "sees_taker": takers_seen(work, may), "more_work": len(found) > WORK_SHOWN}
