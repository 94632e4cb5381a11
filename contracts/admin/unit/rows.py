"""A contract or an option as the page of its unit shows it on a day, and what may be done with it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts.admin.application.begun import Detail, details, may_ask
from contracts.admin.kit.bills import Charged, times
from contracts.admin.kit.columns import page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.naming import in_order, name_on
from contracts.admin.records.contract import VERBS as CONTRACT_VERBS
from contracts.admin.records.option import VERBS as OPTION_VERBS
from contracts.admin.unit.start import READY, START
from contracts.models import Target
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.committed import minimum_term_end
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Option
from contracts.terms.unit import Target as PlainTarget


@dataclass(frozen=True, slots=True)
class UnitPageRow:
    """A contract or an option as it stands on the day."""

    number: str
    address: str
    name: str
    details: Sequence[Detail]
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
    asks = list(may_ask(target, timeline, stored.unit_id, on)) if may("contracts.enter_application") else []
    return UnitPageRow(
        number=target.number,
        address=page_of(stored),
        name=name_on(target, timeline, on),
        details=details(target, timeline, on, asks),
        starts_on=target.starts_on,
        committed_until=_committed_until(target, min(on, end.on) if end else on),
        end=end,
        monthly=thousands(charged.yen) if charged is not None else None,
        times=times(charged) if charged is not None else "",
        is_option=isinstance(target, Option),
        serves=timeline.serves(target, on),
        todo=[(label, address) for label, address, waits in verbs if waits],
        verbs=[(label, address) for label, address, waits in verbs if not waits],
        may_ask=[(one.label, one.address) for one in asks],
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
