"""What the page of a management unit shows, on a chosen day: all of it from one reading of the unit's facts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts.admin.kit.columns import page_of, thousands, times_said
from contracts.admin.kit.language import clause_said, violation_said, with_clause
from contracts.admin.kit.naming import detail_on, name_on
from contracts.admin.records.contract import VERBS as CONTRACT_VERBS
from contracts.admin.records.option import VERBS as OPTION_VERBS
from contracts.admin.unit.picture import picture
from contracts.admin.unit.start import READY, START
from contracts.admin.work.worklist import shown, standing
from contracts.facts.load import load_units
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
from contracts.terms.days import NOT_YET_KNOWN
from contracts.terms.editions import terms_on
from contracts.terms.remedies import remedy
from contracts.terms.timeline import Finding, Timeline, judge
from contracts.terms.unit import ContradictionError, Option, Unit, What
from contracts.terms.unit import Target as PlainTarget


@dataclass(frozen=True, slots=True)
class UnitPageRow:
    """A contract or an option as it stands on the day."""

    number: str
    address: str
    name: str
    content: str
    starts_on: date | None
    committed_until: date | None
    end: End | None
    monthly: str | None
    times: str
    """A licence's price with its number and what that comes to; '' for anything else."""
    is_option: bool
    serves: bool
    todo: Sequence[tuple[str, str]]
    """What it still waits for: the verb, and where."""
    verbs: Sequence[tuple[str, str]]
    """What else may be done with it: the verb, and where."""
    may_ask: Sequence[tuple[str, str]]
    """What may be applied for on it: what, and the application form with its first line begun."""

    @property
    def end_clause(self) -> str:
        """The clause and the readings that make the end that day."""
        return gettext("、").join(filter(None, (clause_said(self.end.clause), *self.end.readings))) if self.end else ""


def unit_page(row: ManagementUnit, *, on: date, today: date, may: Callable[[str], bool]) -> dict[str, Any]:
    """The context of the page: the unit on the day ``on``, and what of it is to come or to be done from ``today`` on.

    ``may`` says whether whoever looks has a permission.
    """
    unit = load_units([row.pk])[row.pk]
    context: dict[str, Any] = {"on": on, "is_today": on == today, "today": today}
    try:
        timeline, findings = Timeline(unit), judge(unit)
    except ContradictionError as error:
        timeline, findings = Timeline(unit, {}), []
        context["contradiction"] = with_clause(gettext(error.reason), error.clause)
    rows = list(_rows(unit, timeline, _stored(row, on), on=on, may=may))
    return context | {
        "tier": _tier(timeline, on),
        "rows": [found for found in rows if found.serves],
        "others": [found for found in rows if not found.serves],
        "eligible": not any(_holds(finding, on) for finding in findings),
        "findings": [
            _said(finding, on) for finding in findings if finding.last is None or finding.last >= min(on, today)
        ],
        "past": [
            _said(finding, on) for finding in findings if finding.last is not None and finding.last < min(on, today)
        ],
        "work": shown(standing(today).filter(unit=row), today=today),
        "applications": Application.objects.filter(unit=row).select_related("entered_by").order_by("-pk")[:20],
        "picture": picture(unit, on=on, findings=findings) if unit.targets else None,
    }


def _stored(row: ManagementUnit, on: date) -> dict[str, Target]:
    """The targets by number, each with its monthly price on the day: one query."""
    prices = Price.objects.standing().filter(target=OuterRef("pk"), fee="monthly", from_on__lte=on).order_by("-from_on")
    targets = Target.objects.filter(unit=row).select_related("contract__target", "option__target")
    targets = targets.annotate(monthly=Subquery(prices.values("amount_yen")[:1]))
    return {target.number: target for target in targets}


def _tier(timeline: Timeline, on: date) -> str:
    category = timeline.on(on).category
    return CATEGORY_NAMES[category] if category else ""


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
