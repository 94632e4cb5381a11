"""作業の種別: which of the worklist's kinds are to be decided, to be done, what came of one's own, and what is only to be known."""

from enum import StrEnum


class Act(StrEnum):
    """What a row asks of whoever reads it."""

    DECISION = "decision"
    """決定: somebody with the permission to decide says yes or no; nobody else can do anything about it."""
    TASK = "task"
    """作業: whoever looks after the unit, or the one person whom it is for, mends it or asks the customer."""
    OUTCOME = "outcome"
    """結果: what came of what one entered. Nothing is to be done; it goes by itself after some days."""
    NOTE = "note"
    """お知らせ: what is coming by itself. It stands in the calendar and on the unit's page, not among what is to be done."""


ACTS: dict[str, Act] = {
    "application": Act.DECISION,
    "asked": Act.DECISION,
    "claim": Act.DECISION,
    "returned": Act.TASK,
    "rejected": Act.TASK,
    "handed_back": Act.TASK,
    "claim_refused": Act.TASK,
    "contradiction": Act.TASK,
    "eligibility": Act.TASK,
    "consent": Act.TASK,
    "untold": Act.TASK,
    "price": Act.TASK,
    "start": Act.TASK,
    "readiness": Act.TASK,
    "renewal": Act.TASK,
    "claim_due": Act.TASK,
    "alone": Act.TASK,
    "accepted": Act.OUTCOME,
    "confirmed": Act.OUTCOME,
    "claim_granted": Act.OUTCOME,
    "ending": Act.NOTE,
    "pair": Act.NOTE,
    "minimum_term": Act.NOTE,
}
"""Every kind of row, in the order in which they stand on a page: what others wait for first."""

DECIDED_BY = {
    "application": "contracts.decide_application",
    "asked": "contracts.confirm_asked",
    "claim": "contracts.decide_claim",
}
"""The permission that each kind of decision asks for."""

DONE_OUTSIDE = frozenset({"renewal", "claim_due", "alone", "handed_back", "claim_refused"})
"""Work that is done by asking the customer, which no fact tells of: a person says that it is done, and what came of it."""

STAKES_NOTHING = frozenset({"asked", "confirmed", "handed_back", "accepted", "claim_granted", "claim_refused"})
"""Kinds whose contract is named for its number alone: what it is paid is not what they are about."""

FOR_A_YEAR = frozenset({"renewal"})
"""Kinds in which a year's fees are at stake (10-9); in all others it is those of a month."""


def of_act(*acts: Act) -> list[str]:
    """The kinds of those acts, in their order."""
    return [kind for kind, act in ACTS.items() if act in acts]
