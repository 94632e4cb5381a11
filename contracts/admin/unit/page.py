"""What the page of a management unit shows, on a chosen day: all of it from one reading of the unit's facts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext

from contracts.admin.kit.as_of import AsOf
from contracts.admin.kit.bills import KnowsBills, bills_told
from contracts.admin.kit.columns import thousands
from contracts.admin.kit.language import clause_said, violation_said, with_clause
from contracts.admin.kit.naming import name_on
from contracts.admin.kit.stored import places_of, stored_targets
from contracts.admin.unit.picture import picture
from contracts.admin.unit.rows import rows_of
from contracts.admin.work.worklist import shown, standing, takers_seen
from contracts.facts.load import read_units
from contracts.judge.kinds import Act
from contracts.models import Application, ManagementUnit, Target
from contracts.terms.catalog import CATEGORY_NAMES
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.remedies import remedy
from contracts.terms.timeline import Finding, Timeline, judge
from contracts.terms.unit import ContradictionError

APPLICATIONS_SHOWN = 20


def unit_page(row: ManagementUnit, *, as_of: AsOf, site: KnowsBills, may: Callable[[str], bool]) -> dict[str, Any]:
    """The context of the page: the unit on a day, and what of it is to come or to be done from today on.

    ``may`` says whether whoever looks has a permission. What was known on an earlier day offers no verbs: they act on what stands.
    """
    on, today = as_of.on, as_of.today
    read = read_units([row.pk], as_of=as_of.known.revision)
    unit = read.units[row.pk]
    context: dict[str, Any] = {"as_of": as_of, "on": on, "is_today": as_of.is_today, "today": today}
    try:
        timeline, findings = Timeline(unit), judge(unit)
    except ContradictionError as error:
        timeline, findings = Timeline(unit, {}), []
        context["contradiction"] = with_clause(gettext(error.reason), error.clause)
    known = {target.number for target in unit.targets}
    stored = stored_targets({row.pk: unit})
    monthly = site.monthly(read, on=on) if may("billing.view_chargeline") else None
    charged = monthly.monthly if monthly is not None else {}
    now = as_of.known_day is None
    row.has_movable = any(_movable(one, row, today) for one in stored.values())  # type: ignore[attr-defined]
    rows = list(rows_of(timeline, stored, charged, on=on, may=may, acts=now))
    listed = shown(standing(today).filter(unit=row), today=today) if now else []
    work = [one for one in listed if one["act"] in (Act.DECISION, Act.TASK)]
    return context | {
        "tier": _tier(timeline, on),
        "rows": [found for found in rows if found.serves],
        "others": [found for found in rows if not found.serves],
        "sees_yen": monthly is not None,
        "monthly": thousands(monthly.monthly_yen(list(known))) if monthly is not None else "",
        "eligible": not any(_holds(finding, on) for finding in findings),
        "findings": [
            _said(finding, on) for finding in findings if finding.last is None or finding.last >= min(on, today)
        ],
        "past": [
            _said(finding, on) for finding in findings if finding.last is not None and finding.last < min(on, today)
        ],
        "acts": any(found.todo or found.verbs or found.may_ask for found in rows),
        "work": work,
        "sees_taker": takers_seen(work, may),
        "notes": [one for one in listed if one["act"] is Act.NOTE],
        "applications": Application.objects.filter(unit=row)
        .select_related("entered_by")
        .order_by("-pk")[:APPLICATIONS_SHOWN],
        "picture": picture(unit, on=on, findings=findings) if unit.targets else None,
    }


def unit_late(row: ManagementUnit, *, as_of: AsOf, site: KnowsBills, may: Callable[[str], bool]) -> dict[str, Any]:
    """The context of the late part: the bill before and the next one, which is what the close computes."""
    if not may("billing.view_chargeline"):
        return {"bills": None}
    read = read_units([row.pk], as_of=as_of.known.revision)
    unit = read.units[row.pk]
    try:
        timeline = Timeline(unit)
    except ContradictionError:
        timeline = Timeline(unit, {})
    names = {target.number: name_on(target, timeline, as_of.on) for target in unit.targets}
    found = site.bills(read, on=as_of.on, today=as_of.today, known=as_of.known)
    # Of a contract that has moved into another unit, its days here are billed here.
    return {"bills": bills_told(found, name_of=lambda number: names.get(number, number), place_of=places_of(read))}


def _movable(target: Target, row: ManagementUnit, on: date) -> bool:
    """Whether a target can be moved out of the unit (contracts.operations.moves.movable)."""
    is_module = target.kind == "contract" and bool(target.contract.module_type)
    return is_module and target.unit_id == row.pk and (target.ends_on is None or target.ends_on >= on)


def _tier(timeline: Timeline, on: date) -> str:
    category = timeline.on(on).category
    return CATEGORY_NAMES[category] if category else ""


def _holds(finding: Finding, on: date) -> bool:
    return finding.first <= on and (finding.last is None or on <= finding.last)


def _said(finding: Finding, on: date) -> dict[str, Any]:
    violation = finding.violation
    return {
        "clause": clause_said(violation.clause),
        "sentence": violation_said(violation),
        "first": None if finding.first == NOT_YET_KNOWN else finding.first,
        "last": finding.last_known,
        "holds": _holds(finding, on),
        "refused": finding.refused,
        "remedy": gettext(found) if (found := remedy(violation)) else "",
        "targets": violation.targets,
    }
