"""What of a management unit somebody has to decide or mend, with the day and the clause: a plain function over plain facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from contracts.terms.art08_readiness import missing_readiness
from contracts.terms.art12_termination import ends
from contracts.terms.days import NOT_YET_KNOWN, ONE_DAY
from contracts.terms.timeline import Finding, judge
from contracts.terms.unit import ContradictionError, Unit

CONSENTS = frozenset({"7-3", "7-4", "7-6", "7-7", "17-1"})
"""Clauses that a consent or a prerequisite mends."""

AHEAD = timedelta(days=30)
"""How long before its day what is to come is on the list."""

KNOWN_AHEAD = timedelta(days=100)
"""How long before it is shown a row is made: the calendar has this month and the three after it, and a missed week of the jobs leaves
no hole in the list."""


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do. It matters from ``from_on`` (None: as soon as something starts) to ``until_on`` (None: until mended).

    ``shown_from`` is the first day on which it is on the list (None: at once); ``due_at`` is a moment by which it has to be done. ``text`` is a sentence with ``{names}``, filled from ``values``;
    ``person_id`` is the one person whom it is for (None: whoever looks after the unit).
    ``yen`` is what is at stake, where no price of a contract says it (contracts.judge.stake).
    ``code`` names the cause whatever words say it; ``of`` tells one of several for one subject from the others.
    """

    kind: str
    subject: str
    clause: str
    text: str
    values: tuple[tuple[str, str], ...] = ()
    from_on: date | None = None
    until_on: date | None = None
    due_at: datetime | None = None
    of: str = ""
    person_id: int | None = None
    shown_from: date | None = None
    yen: int | None = None
    code: str = field(kw_only=True)

    @property
    def key(self) -> str:
        """What tells this work of a unit from its other work, however often it is computed and in whatever words."""
        return f"{self.kind}|{self.subject}|{self.of}|{self.code}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An application on which somebody has to act since a day: in the state ``received``, ``draft`` (it was sent back) or
    ``rejected`` (nobody has taken note of it yet). ``why`` and ``entered_by`` are told of the last two; ``yen`` is the month that it asks for.
    """

    number: str
    since: date
    state: str = "received"
    why: str = ""
    entered_by: int | None = None
    pk: str = ""
    yen: int | None = None
    who: str = ""
    """Whoever entered it, by their name at the log-in: the number of a person is another one where a book was restored."""


_ASKS = {
    "received": ("application", "申込が決定を待っています（受付{day}）", "application_waits"),
    "draft": (
        "returned",
        "申込が差し戻されました。直して、もう一度受け付けてください（{day}：{why}）",
        "application_returned",
    ),
    "rejected": ("rejected", "申込が拒絶されました。理由を確かめてください（{day}：{why}）", "application_rejected"),
}
"""What an application asks for by its state: kind, sentence, code. What was sent back or rejected is told to whoever entered it."""


@dataclass(frozen=True, slots=True)
class Untold:
    """A setting changed under 第17条第1項 of which the customer has not been told; ``pk`` names it, the moment is Japan's."""

    pk: int
    contract: str
    what: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class SecondAsked:
    """What one person asked for and another has to confirm; ``pk`` names it."""

    pk: int
    subject: str
    asked_on: date
    asked_by: str


def work_of(
    unit: Unit,
    *,
    waiting: Iterable[Waiting],
    untold: Iterable[Untold],
    within: timedelta,
    asked: Iterable[SecondAsked] = (),
) -> list[Work]:
    """Everything to be done for a unit, whatever the day; ``within`` is the internal target for telling the customer (17-2)."""
    found = [_of_application(one) for one in waiting]
    found += [
        Work(
            "asked",
            one.subject,
            "",
            "{who}の依頼（{day}）が、別の人の確認を待っています",
            (("who", one.asked_by), ("day", one.asked_on.isoformat()), ("pk", str(one.pk))),
            one.asked_on,
            of=str(one.pk),
            code="second_person",
        )
        for one in asked
    ]
    found += [
        Work(
            "untold",
            u.contract,
            "17-2",
            "設定変更を契約者に報告していません（{what}）",
            (("what", u.what), ("pk", str(u.pk))),
            u.changed_at.date(),
            due_at=u.changed_at + within,
            of=str(u.pk),
            code="setting_change_untold",
        )
        for u in untold
    ]
    try:
        found += [*_eligibility(unit), *_starts(unit), *_readiness(unit)]
    except ContradictionError as error:
        found.append(Work("contradiction", error.number, error.clause, error.reason, code=error.code))
    return found


def _of_application(one: Waiting) -> Work:
    kind, text, code = _ASKS[one.state]
    person = None if one.state == "received" else one.entered_by
    values = {"day": one.since.isoformat(), "pk": one.pk, "who": one.who}
    if one.state != "received":
        values["why"] = one.why
    return Work(
        kind, one.number, "10-1", text, tuple(values.items()), one.since, person_id=person, yen=one.yen, code=code
    )


def _eligibility(unit: Unit) -> Iterator[Work]:
    for finding in judge(unit):
        violation = finding.violation
        if finding.change is not None and not finding.refused:
            continue  # without effect: there is nothing to do
        yield Work(
            "consent" if violation.clause in CONSENTS else "eligibility",
            violation.targets[0],
            violation.clause,
            violation.text,
            (*violation.values, *_reading(finding)),
            None if finding.first == NOT_YET_KNOWN else finding.first,
            finding.last_known,
            code=violation.code,
        )


def _reading(finding: Finding) -> tuple[tuple[str, str], ...]:
    """What a notice breaks only warns, until it is mended (I-09)."""
    reading = finding.violation.reading if finding.refused else "I-09"
    return (("reading", reading),) if reading else ()


def _starts(unit: Unit) -> Iterator[Work]:
    ended = ends(unit)
    for target in unit.targets:
        if target.starts_on is None and target.number not in ended:
            yield Work(
                "start", target.number, "13", "課金開始日が未定です", from_on=target.accepted_on, code="start_unknown"
            )


def _readiness(unit: Unit) -> Iterator[Work]:
    """8-1: no day of readiness by the billing start; it does not stop charging (8-2)."""
    ended = ends(unit)
    for contract in unit.contracts:
        starts_on = contract.starts_on
        end = ended.get(contract.number)
        if contract.module is None or starts_on is None or (end and end.on < starts_on):
            continue
        clause = missing_readiness(contract.module.module_type, contract.ready_on, starts_on, on=starts_on)
        if clause:
            ready = contract.ready_on - ONE_DAY if contract.ready_on else None
            last = _earlier(ready, end.on if end else None)
            text = "通信環境の準備完了日がありません（課金開始日{day}）"
            values = (("day", starts_on.isoformat()),)
            shown = starts_on - AHEAD
            yield Work(
                "readiness",
                contract.number,
                clause,
                text,
                values,
                starts_on,
                last,
                shown_from=shown,
                code="network_not_ready",
            )


def _earlier(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
