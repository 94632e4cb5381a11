"""What the page of a management unit shows, on a chosen day: all of it from one reading of the unit's facts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext

from contracts.admin.kit.as_of import AsOf
from contracts.admin.kit.bills import Bills, KnowsBills, bills_told
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.language import clause_said, violation_said, with_clause
from contracts.admin.kit.naming import name_on
from contracts.admin.unit.picture import picture
from contracts.admin.unit.rows import rows_of
from contracts.admin.work.worklist import shown, standing
from contracts.facts.load import load_units
<<<<<<< HEAD
from contracts.models import Application, ManagementUnit, Target
from contracts.terms.catalog import CATEGORY_NAMES
=======
from contracts.intake.form import Verb
from contracts.models import Application, ManagementUnit, Price, Target
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    ITEMS,
    Category,
    ModuleType,
    OptionType,
)
from contracts.terms.committed import minimum_term_end
>>>>>>> main
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.editions import terms_on
from contracts.terms.remedies import remedy
from contracts.terms.timeline import Finding, Timeline, judge
from contracts.terms.unit import ContradictionError, Unit

APPLICATIONS_SHOWN = 20


def unit_page(row: ManagementUnit, *, as_of: AsOf, site: KnowsBills, may: Callable[[str], bool]) -> dict[str, Any]:
    """The context of the page: the unit on a day, and what of it is to come or to be done from today on.

    ``may`` says whether whoever looks has a permission. What was known on an earlier day offers no verbs: they act on what stands.
    """
    on, today = as_of.on, as_of.today
    unit = load_units([row.pk], as_of=as_of.known.revision)[row.pk]
    context: dict[str, Any] = {"as_of": as_of, "on": on, "is_today": as_of.is_today, "today": today}
    try:
        timeline, findings = Timeline(unit), judge(unit)
    except ContradictionError as error:
        timeline, findings = Timeline(unit, {}), []
        context["contradiction"] = with_clause(gettext(error.reason), error.clause)
    known = {target.number for target in unit.targets}
    targets = Target.objects.filter(unit=row).select_related("contract__target", "option__target")
    stored = {target.number: target for target in targets if target.number in known}
    bills = None
    if may("billing.view_chargeline"):
        bills = site.bills({row.pk: unit}, on=on, today=today, known=as_of.known)
    charged = bills.monthly if bills is not None else {}
    now = as_of.known_day is None
    places = {number: page_of(found) for number, found in stored.items()}
    rows = list(rows_of(timeline, stored, charged, on=on, may=may, acts=now))
    return context | {
        "tier": _tier(timeline, on),
        "rows": [found for found in rows if found.serves],
        "others": [found for found in rows if not found.serves],
        "monthly": thousands(bills.monthly_yen(list(known))) if bills is not None else "",
        "bills": _bills(bills, unit, timeline, places, on),
        "eligible": not any(_holds(finding, on) for finding in findings),
        "findings": [
            _said(finding, on) for finding in findings if finding.last is None or finding.last >= min(on, today)
        ],
        "past": [
            _said(finding, on) for finding in findings if finding.last is not None and finding.last < min(on, today)
        ],
        "work": shown(standing(today).filter(unit=row), today=today, pages=places) if now else [],
        "applications": Application.objects.filter(unit=row)
        .select_related("entered_by")
        .order_by("-pk")[:APPLICATIONS_SHOWN],
        "picture": picture(unit, on=on, findings=findings) if unit.targets else None,
    }


def _bills(
    found: Bills | None, unit: Unit, timeline: Timeline, places: dict[str, str], on: date
) -> dict[str, Any] | None:
    if found is None:
        return None
    names = {target.number: name_on(target, timeline, on) for target in unit.targets}
    return bills_told(found, name_of=names.__getitem__, place_of=places)


def _tier(timeline: Timeline, on: date) -> str:
    category = timeline.on(on).category
    return CATEGORY_NAMES[category] if category else ""


<<<<<<< HEAD
=======
def _rows(
    unit: Unit, timeline: Timeline, stored: dict[str, Target], *, on: date, may: Callable[[str], bool]
) -> Iterator[UnitPageRow]:
    """Contracts, the tier first, each followed by its options."""
    for contract in sorted(unit.contracts, key=lambda contract: (not contract.is_tier, contract.number)):
        yield _row(contract, timeline, stored[contract.number], on, may)
        for option in unit.options:
            if option.contract == contract.number:
                yield _row(option, timeline, stored[option.number], on, may)


def _row(target: PlainTarget, timeline: Timeline, stored: Target, on: date, may: Callable[[str], bool]) -> UnitPageRow:
    end = timeline.ends.get(target.number)
    verbs = list(_verbs(target, stored, may))
    is_licence = isinstance(target, Option) and target.option is OptionType.EDR_LICENCE
    licences = int(str(timeline.value(target, What.QUANTITY, on) or 0)) if is_licence else 0
    if may("contracts.add_notice") and (end is None or end.on >= on):
        address = reverse("admin:contracts_notice_receive", args=[stored.unit_id])
        verbs.append((gettext("解約通知"), f"{address}?{urlencode({'target': target.number})}", False))
    return UnitPageRow(
        number=target.number,
        address=page_of(stored),
        name=name_on(target, timeline, on),
        content=detail_on(target, timeline, on),
        starts_on=target.starts_on,
        committed_until=_committed_until(target, min(on, end.on) if end else on),
        end=end,
        monthly=thousands(stored.monthly),  # type: ignore[attr-defined]
        times=times_said(stored.monthly, licences) if stored.monthly and licences else "",  # type: ignore[attr-defined]
        is_option=isinstance(target, Option),
        serves=timeline.serves(target, on),
        todo=[(label, address) for label, address, waits in verbs if waits],
        verbs=[(label, address) for label, address, waits in verbs if not waits],
        may_ask=[] if end else list(_may_ask(target, timeline, stored, on)),
    )


def _committed_until(target: PlainTarget, on: date) -> date | None:
    """The last day of the minimum term (第5条, 第10条第8項), of a 期間ライセンス that of the term that runs (10-9)."""
    if isinstance(target, Option) and target.is_term_licence and target.starts_on is not None:
        return term_of(target.starts_on, on).last
    return minimum_term_end(target)


def _verbs(target: PlainTarget, stored: Target, may: Callable[[str], bool]) -> Iterator[tuple[str, str, bool]]:
    """What may be done with the target as it stands: the verb, where, and whether the target waits for it."""
    model = "option" if isinstance(target, Option) else "contract"
    row = getattr(stored, model)
    for verb in OPTION_VERBS if isinstance(target, Option) else CONTRACT_VERBS:
        if may(verb.permission) and verb.offered(row):
            waits = verb is START or (verb is READY and row.ready_on is None)
            yield str(verb.label), reverse(f"admin:contracts_{model}_{verb.name}", args=[stored.pk]), waits


def _may_ask(target: PlainTarget, timeline: Timeline, stored: Target, on: date) -> Iterator[tuple[str, str]]:
    """The changes that the terms know for the target as it stands (第9条, 第10条第5項), and an option on it."""
    form = reverse("admin:contracts_application_new", args=[stored.unit_id])

    def begun(verb: Verb, **fields: str) -> str:
        return f"{form}?{urlencode({'verb': verb.value, **fields})}"

    if isinstance(target, Option):
        years = timeline.value(target, What.RETENTION_YEARS, on)
        if target.option is OptionType.EDR_LICENCE:
            yield gettext("ライセンス数の変更"), begun(Verb.QUANTITY, target=target.number)
        elif isinstance(years, int) and years < terms_on(on).most_retention_years:
            yield gettext("保管年数の変更"), begun(Verb.RETENTION_YEARS, target=target.number)
        return
    if target.module is None and timeline.value(target, What.CATEGORY, on) != Category.PREMIUM:
        yield gettext("カテゴリの変更"), begun(Verb.CATEGORY, target=target.number)
    module = target.module
    if module and module.module_type is not ModuleType.DEVICE_LOG and len(ITEMS[module.module_type, module.kind]) > 1:
        yield gettext("品目の変更"), begun(Verb.ITEM, target=target.number)
    yield gettext("オプションの追加"), begun(Verb.OPTION, contract=target.number)


>>>>>>> main
def _holds(finding: Finding, on: date) -> bool:
    return finding.first <= on and (finding.last is None or on <= finding.last)


def _said(finding: Finding, on: date) -> dict[str, Any]:
    violation = finding.violation
    return {
        "clause": clause_said(violation.clause),
        "sentence": violation_said(violation),
        "first": None if finding.first == NOT_YET_KNOWN else finding.first,
        "last": finding.last,
        "holds": _holds(finding, on),
        "refused": finding.refused,
        "remedy": gettext(found) if (found := remedy(violation)) else "",
        "targets": violation.targets,
    }
