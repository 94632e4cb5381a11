"""請求: how a claim for a reduction stands on a day, and what of it somebody has to do — plain functions over plain values (第15条)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from contracts.judge.lookout import Lookout
from contracts.judge.work import KNOWN_AHEAD, Work
from contracts.terms.art15_claims import (
    Moments,
    breach_claim_deadline,
    excuses,
    outage_claim_deadline,
    safe_claim_day,
    state_of,
    whole_units,
)

OUTAGE, BREACH = "outage", "breach"
CLAUSES = {OUTAGE: "15-1", BREACH: "15-2"}
"""The paragraph that a claim rests on, by what it is for."""

OPEN, TOO_SHORT, EXCUSED = "open", "too_short", "excused"
UNCLAIMED, CLAIMED, GRANTED, REFUSED, LAPSED = "unclaimed", "claimed", "granted", "refused", "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An outage or a breach and its claim; moments in Japan. ``began_at`` is when the company knew, or the breach occurred.

    ``by_book`` says that the claim was settled outside, by the book; ``restored_at`` is None for breaches and open outages.
    ``beside`` are the other records of the contract whose hours count with those of an outage (I-38).
    """

    kind: str
    pk: int
    contract: str
    guarantee: str = ""
    began_at: datetime
    restored_at: datetime | None = None
    fault: str = ""
    claimed_on: date | None = None
    decision: str = ""
    by_book: bool = False
    beside: tuple[Moments, ...] = ()

    @property
    def key(self) -> str:
        """What tells the incident from others of its contract, whatever has been said of it since it was recorded."""
        return f"{self.kind}{self.guarantee}{self.began_at:%Y%m%d%H%M}"

    @property
    def clause(self) -> str:
        """The paragraph that the claim rests on."""
        return CLAUSES[self.kind]

    @property
    def deadline(self) -> date | None:
        """The last day of the claim; None while an outage lasts."""
        if self.kind == BREACH:
            return breach_claim_deadline(self.began_at.date())
        return _deadline(self.began_at, self.restored_at) if self.restored_at else None

    @property
    def safe_day(self) -> date | None:
        """The day on which a claim that has not come is asked for."""
        return safe_claim_day(self.deadline) if self.deadline else None

    @property
    def state(self) -> Moments | None:
        """The state that an outage is of, with all records that overlap or touch (I-38); None while it lasts."""
        return state_of((self.began_at, self.restored_at), self.beside) if self.restored_at else None

    @property
    def too_short(self) -> bool:
        """Whether an outage that is over is of a state of less than 24 hours, and so gives no right (15-1, I-38)."""
        return self.state is not None and not whole_units(*self.state)


class Told(NamedTuple):
    """What is on record of one outage of a contract, as far as it decides whether its hours count with another's."""

    began_at: datetime
    restored_at: datetime | None
    fault: str
    claimed_on: date | None
    decision: str


def counting_beside(outages: Iterable[Told], *, claimed: bool) -> tuple[Moments, ...]:
    """The records whose hours count with those of another of their contract (I-38): not excused, not refused, not lapsed.

    ``claimed``: beside one that is claimed only what is claimed or granted counts; beside another, what may still be claimed too.
    """
    return tuple(
        (one.began_at, one.restored_at)
        for one in outages
        if one.restored_at is not None
        and not excuses(one.fault)
        and one.decision != "refused"
        and (one.claimed_on is not None or not claimed)
        and (one.claimed_on is None or one.claimed_on <= _deadline(one.began_at, one.restored_at))
    )


def _deadline(began_at: datetime, restored_at: datetime) -> date:
    return outage_claim_deadline(restored_at.date(), known_on=began_at.date())


def standing(incident: Incident, on: date) -> str:
    """How the claim stands on a day. What was claimed after the deadline has lapsed, whatever else was said of it."""
    return _standing(incident, Lookout(on))


def _standing(incident: Incident, on: Lookout) -> str:
    deadline = incident.deadline
    if deadline is None:
        return OPEN
    if incident.claimed_on is None:
        if incident.too_short:
            return TOO_SHORT
        if excuses(incident.fault):
            return EXCUSED
        return LAPSED if on.over(deadline) else UNCLAIMED
    if incident.claimed_on > deadline:
        return LAPSED
    if incident.decision:
        return GRANTED if incident.decision == "granted" else REFUSED
    return GRANTED if incident.by_book else CLAIMED


def claim_work(incidents: Iterable[Incident], on: Lookout) -> Iterator[Work]:
    """Claims to decide, their fault to decide, and claims that have not come though their safe day has."""
    for incident in incidents:
        stands, of = _standing(incident, on), incident.key
        places = (("of", incident.kind), ("pk", str(incident.pk)))
        if stands == CLAIMED and incident.claimed_on:
            days = (("day", incident.claimed_on.isoformat()), *places)
            number, clause, received = incident.contract, incident.clause, incident.claimed_on
            if not incident.fault:
                yield Work(
                    "claim",
                    number,
                    "11-2",
                    "請求（{day}）について、帰責を決めていません",
                    days,
                    received,
                    of=of,
                    code="fault_undecided",
                )
            text = "請求（{day}）を認めるか決めていません"
            yield Work("claim", number, clause, text, days, received, of=of, code="claim_undecided")
        deadline, safe = incident.deadline, incident.safe_day
        if stands == UNCLAIMED and deadline and safe and on.reached(safe - KNOWN_AHEAD):
            yield Work(
                "claim_due",
                incident.contract,
                incident.clause,
                "減額の請求がありません。請求の期限は{deadline}です（安全な日は{safe}まで）",
                (("deadline", deadline.isoformat()), ("safe", safe.isoformat()), *places),
                safe,
                deadline,
                of=of,
                shown_from=safe,
                code="claim_has_not_come",
            )
