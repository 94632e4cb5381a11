"""A contract or an option as the page of its unit shows it on a day, and what may be done with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts.admin.kit.bills import Charged, times
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.naming import detail_on, in_order, name_on
from contracts.admin.records.contract import VERBS as CONTRACT_VERBS
from contracts.admin.records.option import VERBS as OPTION_VERBS
from contracts.admin.unit.start import READY, START
from contracts.intake.form import Verb
from contracts.models import Target
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.catalog import ITEMS, Category, ModuleType, OptionType
from contracts.terms.committed import minimum_term_end
from contracts.terms.editions import terms_on
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Option, What
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
    """What it is charged a month, in yen; None where it is not charged, or yen may not be seen."""
    times: str
    """Price × number of a licence; '' for anything else."""
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


def rows_of(
    timeline: Timeline,
    stored: Mapping[str, Target],
    charged: Mapping[str, Charged],
    *,
    on: date,
    may: Callable[[str], bool],
    acts: bool,
) -> Iterator[UnitPageRow]:
    """Contracts, the tier first, each followed by its options. ``acts``: what may be done with each is offered."""
    for target in in_order(timeline.unit):
        yield _row(target, timeline, stored[target.number], charged.get(target.number), on, may if acts else _nothing)


def _nothing(permission: str) -> bool:
    return False


def _row(
    target: PlainTarget,
    timeline: Timeline,
    stored: Target,
    charged: Charged | None,
    on: date,
    may: Callable[[str], bool],
) -> UnitPageRow:
    end = timeline.ends.get(target.number)
    verbs = list(_verbs(target, stored, may))
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
        monthly=thousands(charged.yen) if charged is not None else None,
        times=times(charged) if charged is not None else "",
        is_option=isinstance(target, Option),
        serves=timeline.serves(target, on),
        todo=[(label, address) for label, address, waits in verbs if waits],
        verbs=[(label, address) for label, address, waits in verbs if not waits],
        may_ask=list(_may_ask(target, timeline, stored, on)) if not end and may("contracts.enter_application") else [],
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
