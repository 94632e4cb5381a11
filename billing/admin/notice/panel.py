"""What follows from a notice, as its page draws it: every day with its clause, every yen with its sentence."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from billing.operations.outlook import Cost
from billing.operations.rehearse import Moved, Rehearsal
from billing.terms.art14_settlement import SettlementState
from contracts.admin.kit.columns import thousands
from contracts.admin.kit.language import clause_said, violation_said
from contracts.admin.kit.naming import detail_on, name_on
from contracts.admin.kit.told import because, money
from contracts.judge.following import Choice, Days, days_of
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY, month_of
from contracts.terms.remedies import remedy
from contracts.terms.timeline import Finding, Timeline
from contracts.terms.unit import Option, Target

Way = tuple[Choice, Rehearsal[Any]]
"""One way to give notice for a pair, and what it would bring."""


def panel(rehearsal: Rehearsal[Any], ways: Sequence[Way], *, on: date) -> dict[str, Any]:
    """The context of the page's panel, from the rehearsal of what was asked for units of one customer, and of the ways to give
    notice.
    """
    timelines = {pk: Timeline(unit) for pk, unit in rehearsal.after.units.items()}
    targets = {target.number: target for unit in rehearsal.after.units.values() for target in unit.targets}
    days: list[tuple[Days, Timeline]] = []
    for pk, unit in sorted(rehearsal.after.units.items(), key=lambda item: item[1].code):
        known = rehearsal.before.units[pk].notices
        days += [
            (days_of(targets[notice.target], notice), timelines[pk]) for notice in unit.notices if notice not in known
        ]
    moved = [
        _moved(one, targets[one.number], timelines[one.unit_id], on) for one in sorted(rehearsal.moved, key=_by_day)
    ]
    return {
        "days": [_days(one, timeline, on) for one, timeline in days],
        "terms": [sentence for one, _timeline in days for sentence in _against_term(one)],
        "moved": moved,
        "owed": thousands(sum(row["yen"] for row in moved)),
        "first": _first_month(rehearsal.moved),
        "money": money(rehearsal),
        "lost": [_lost(one.finding) for one in rehearsal.lost],
        "ways": [_way(way, found, next(iter(timelines.values())), on) for way, found in ways],
    }


def _days(days: Days, timeline: Timeline, on: date) -> dict[str, Any]:
    target = next(target for target in timeline.unit.targets if target.number == days.notice.target)
    effect = days.effect
    return {
        "number": target.number,
        "name": name_on(target, timeline, on),
        "arrived": days.notice.arrived_on,
        "earliest": days.earliest,
        "wait": (days.earliest - days.notice.arrived_on).days if days.earliest else None,
        "named": days.named,
        "on": effect.on,
        "because": gettext("、").join(filter(None, (clause_said(effect.clause), *effect.readings))),
    }


def _against_term(days: Days) -> Iterator[str]:
    """Where the arrival lies against 10-9 and 10-10, in sentences (I-10 … I-12, I-23)."""
    if days.term is None:
        return
    term, effect = days.term.term, days.effect.on
    said = {
        "number": days.notice.target,
        "first": term.first,
        "last": term.last,
        "deadline": days.term.deadline,
        "safe": days.term.safe,
        "arrived": days.notice.arrived_on,
        "wait": (days.earliest - days.notice.arrived_on).days if days.earliest else 0,
        "runs": days.earliest,
        "effect": effect,
        "next": term.last + ONE_DAY,
    }
    yield (
        gettext(
            "%(number)sの契約期間は%(first)sから%(last)sまで。更新を止める通知の期限は%(deadline)s（第10条第9項、I-10）、安全な日は%(safe)sです。"
        )
        % said
    )
    if days.term.in_time and effect <= term.last:
        yield (
            gettext("到達日%(arrived)sは期限までなので、この期間の満了で終わり、更新されません（第10条第9項）。") % said
        )
    elif days.term.in_time:
        yield (
            gettext("到達日%(arrived)sは期限までですが、指定により%(effect)sまで続くため、%(next)sに更新されます。")
            % said
        )
    elif effect <= term.last:
        yield (
            gettext(
                "到達日%(arrived)sは期限を過ぎていますが、%(wait)s日を経過する日（%(runs)s）までに効力が生じ、満了前に終わるので更新されません（第10条第10項、I-12）。"
            )
            % said
        )
    else:
        yield (
            gettext(
                "到達日%(arrived)sは期限を過ぎ、効力（%(effect)s）も満了日の後なので、%(next)sに更新されます。新しい契約期間の満了日まで解除調定金が生じます（第14条第3項、I-12）。"
            )
            % said
        )


def _by_day(one: Moved) -> tuple[bool, date, str]:
    return one.after is None, one.after.on if one.after else NOT_YET_KNOWN, one.number


def _moved(one: Moved, target: Target, timeline: Timeline, on: date) -> dict[str, Any]:
    day = min(on, one.after.on) if one.after else on
    return {
        "number": one.number,
        "name": name_on(target, timeline, day),
        "detail": detail_on(target, timeline, day),
        "before": one.before,
        "after": one.after,
        "because": because(one.after),
        "with": one.after.after if one.after else "",
        "term": _renewed(target, one.after),
        **_cost(one.cost),
    }


def _renewed(target: Target, end: End | None) -> str:
    if end is None or not isinstance(target, Option) or not target.is_term_licence or target.starts_on is None:
        return ""
    if end.on < target.starts_on:
        return ""
    term = term_of(target.starts_on, end.on)
    return gettext("契約期間 %(first)s – %(last)s") % {"first": term.first, "last": term.last}


def _cost(cost: Cost | None) -> dict[str, Any]:
    if cost is None:
        return {"yen": 0, "amount": "", "sentence": "", "held": False}
    if cost.missing is not None:
        return {"yen": 0, "amount": "", "sentence": gettext(cost.missing.reason), "held": False, "missing": True}
    if cost.settlement is None:
        return {"yen": 0, "amount": "0", "sentence": cost.why_nothing, "held": False}
    line = cost.settlement.line
    held = cost.settlement.standing is SettlementState.HELD
    return {
        "yen": 0 if held else line.amount_yen,
        "amount": thousands(line.amount_yen),
        "sentence": line.basis,
        "clause": clause_said(line.clause),
        "held": held,
    }


def _first_month(moved: Sequence[Moved]) -> str:
    """The month from which charges are otherwise; '' where no end moves."""
    days = [end.on for one in moved for end in (one.before, one.after) if end is not None]
    first = min((day for day in days if day < NOT_YET_KNOWN), default=None)
    return f"{month_of(first):%Y-%m}" if first else ""


def _lost(finding: Finding) -> dict[str, Any]:
    violation = finding.violation
    return {
        "clause": clause_said(violation.clause),
        "sentence": violation_said(violation),
        "first": None if finding.first == NOT_YET_KNOWN else finding.first,
        "last": finding.last_known,
        "holds": True,
        "refused": finding.refused,
        "remedy": gettext(found) if (found := remedy(violation)) else "",
        "targets": violation.targets,
    }


def _way(way: Choice, found: Rehearsal[Any], timeline: Timeline, on: date) -> dict[str, Any]:
    """One way to give notice for a pair: the end and the cost of each (I-14)."""
    targets = {target.number: target for target in timeline.unit.targets}
    rows = [
        {
            "number": one.number,
            "name": name_on(targets[one.number], timeline, on),
            "on": one.after.on,
            **_cost(one.cost),
        }
        for one in found.moved
        if one.after is not None
    ]
    return {
        "number": way.target.number,
        "name": name_on(way.target, timeline, on),
        "named": way.named,
        "rows": rows,
        "total": thousands(sum(row["yen"] for row in rows)),
    }
