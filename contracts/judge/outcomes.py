"""What came of what one entered: decided applications, requests and claims, told to whoever entered them, for some days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.judge.lookout import Lookout
from contracts.judge.work import Work

TOLD_FOR = timedelta(days=7)
"""How long somebody is told that what they entered was accepted, confirmed or granted."""
TOLD_BACK_FOR = timedelta(days=30)
"""How long somebody is told that what they asked for was not done, unless they say sooner that they know."""
LONGEST = max(TOLD_FOR, TOLD_BACK_FOR)


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody entered and another decided; ``kind`` is one of those below, ``number`` of what, ``pk`` its record.

    ``asked_on``: the day of the request or the claim. ``of``, ``clause``: of a claim what it is for, and its clause.
    """

    kind: str
    number: str
    on: date
    who: str
    entered_by: int
    asked_on: date | None = None
    why: str = ""
    pk: str = ""
    of: str = ""
    clause: str = ""


_TOLD_BACK = frozenset({"handed_back", "claim_refused"})
"""What was not done as asked: the customer has to be told why."""
_SAID = {
    "accepted": ("10-1", "申込が承諾されました（{day}、{who}）", "application_accepted"),
    "confirmed": ("", "{asked}の依頼が確定されました（{day}、{who}）", "request_confirmed"),
    "handed_back": ("", "{asked}の依頼が差し戻されました（{day}、{who}：{why}）", "request_handed_back"),
    "claim_granted": ("", "減額の請求（{asked}）が認められました（{day}、{who}）", "claim_granted"),
    "claim_refused": ("", "減額の請求（{asked}）は認められませんでした（{day}、{who}：{why}）", "claim_refused"),
}


def outcomes(decided: Iterable[Decided], on: Lookout) -> Iterator[Work]:
    """The rows for those who entered it, as long as they are told."""
    for one in decided:
        last = one.on + (TOLD_BACK_FOR if one.kind in _TOLD_BACK else TOLD_FOR)
        if on.over(last):
            continue
        clause, text, code = _SAID[one.kind]
        values = {"day": one.on.isoformat(), "who": one.who, "pk": one.pk}
        if one.asked_on is not None:
            values |= {"asked": one.asked_on.isoformat(), "why": one.why}
        if one.of:
            values |= {"of": one.of}
        yield Work(
            one.kind,
            one.number,
            one.clause or clause,
            text,
            tuple(values.items()),
            one.on,
            last,
            of=f"{one.of}{one.pk}",
            person_id=one.entered_by,
            code=code,
        )
