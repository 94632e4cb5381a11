"""What is coming for a management unit: renewals, ends, minimum terms, what ends together, what is left alone."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from contracts.judge.lookout import Lookout
from contracts.judge.work import AHEAD, KNOWN_AHEAD, Work
from contracts.terms.art10_options import renewal_deadline, safe_day, term_of
from contracts.terms.art12_termination import End, ends
from contracts.terms.catalog import ModuleType, OptionType
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import ONE_DAY
from contracts.terms.unit import Contract, ContradictionError, Option, Unit

REMINDERS = (90, 60, 30)
"""How many days before the deadline of 10-9 a renewal is reminded of; and once more on the safe day (I-33)."""


def coming(unit: Unit, on: Lookout) -> list[Work]:
    """What of the unit is coming on a day, or will be shown within KNOWN_AHEAD of it; each row says on which days it matters."""
    try:
        ended = ends(unit)
    except ContradictionError:
        return []  # contracts.judge.work says so
    found = [*_renewals(unit, ended, on), *_endings(unit, ended), *_minimum_terms(unit, ended), *_alone(unit, ended)]
    return [
        work
        for work in found
        if (work.shown_from is None or on.reached(work.shown_from - KNOWN_AHEAD))
        and (work.until_on is None or not on.over(work.until_on))
    ]


def _renewals(unit: Unit, ended: dict[str, End], on: Lookout) -> Iterator[Work]:
    """10-9: the next term of each 期間ライセンス that can still be stopped in time; from 90 days before the deadline to it."""
    for option in unit.options:
        if not option.is_term_licence or option.starts_on is None or option.number in ended:
            continue
        # The first term whose deadline is not over; those before the day's own are over with theirs.
        term = term_of(option.starts_on, on.on)
        if on.over(renewal_deadline(term)):
            term = term_of(option.starts_on, term.last + ONE_DAY)
        deadline, safe = renewal_deadline(term), safe_day(term)
        text = "{last}の契約期間満了で更新されます。更新を止める通知は{deadline}まで（安全な日は{safe}まで）"
        days = {"last": term.last, "deadline": deadline, "safe": safe}
        values = tuple((name, day.isoformat()) for name, day in days.items())
        reminded = deadline - timedelta(days=REMINDERS[0])
        yield Work("renewal", option.number, "10-9", text, values, safe, deadline, shown_from=reminded, code="renews")


def _endings(unit: Unit, ended: dict[str, End]) -> Iterator[Work]:
    """Ends to come: by notice from 30 days before; of a pair (12-2 … 12-4) as soon as the notice of the one has arrived."""
    for number, end in ended.items():
        reading = (("reading", end.readings[0]),) if end.readings else ()
        if end.after and end.clause.startswith("12-"):
            text = "{after}の終了に伴い、{day}に終了します"
            values = (("after", end.after), ("day", end.on.isoformat()), *reading)
            shown = end.notice.arrived_on
            yield Work(
                "pair", number, end.clause, text, values, end.on, end.on, shown_from=shown, code="ends_with_other"
            )
        else:
            text, values = "{day}に終了します", (("day", end.on.isoformat()), *reading)
            shown = end.on - AHEAD
            yield Work("ending", number, end.clause, text, values, end.on, end.on, shown_from=shown, code="ends")


def _minimum_terms(unit: Unit, ended: dict[str, End]) -> Iterator[Work]:
    """第5条, 10-8: minimum terms about to be over, of what does not end."""
    for target in unit.targets:
        last = minimum_term_end(target)
        if last is not None and target.number not in ended:
            clause = "5" if isinstance(target, Contract) else "10-8"
            text, values = "最低利用期間が{day}に満了します", (("day", last.isoformat()),)
            shown = last - AHEAD
            yield Work(
                "minimum_term",
                target.number,
                clause,
                text,
                values,
                last,
                last,
                shown_from=shown,
                code="minimum_term_over",
            )


def _alone(unit: Unit, ended: dict[str, End]) -> Iterator[Work]:
    """A 個別ログ収集モジュール that goes on after its monitoring has ended: no rule joins the two, somebody has to ask (I-09, I-15)."""
    for contract in unit.contracts:
        if contract.module is None or contract.module.module_type is not ModuleType.DEVICE_LOG:
            continue
        watching = [
            o for o in unit.options if o.contract == contract.number and o.option is OptionType.DEVICE_LOG_MONITORING
        ]
        if not watching or any(option.number not in ended for option in watching):
            continue
        last = max(ended[option.number].on for option in watching)
        end = ended.get(contract.number)
        if end is None or end.on > last:
            text = "監視オプション（{option}）の終了後も、モジュールの契約が続きます"
            values = (("option", _latest(watching, ended)), ("reading", "I-09"))
            until = end.on if end else None
            first = last + ONE_DAY
            shown = ended[_latest(watching, ended)].notice.arrived_on
            yield Work(
                "alone", contract.number, "7-8", text, values, first, until, shown_from=shown, code="module_unwatched"
            )


def _latest(options: Iterable[Option], ended: dict[str, End]) -> str:
    return max(options, key=lambda option: ended[option.number].on).number
