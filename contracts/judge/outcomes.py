"""What came of what one entered: decided applications and requests, told to whoever entered them, for some days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from contracts.judge.lookout import Lookout
from contracts.judge.work import Work

TOLD_FOR = timedelta(days=7)
"""How long somebody is told that what they entered was accepted or confirmed."""
TOLD_BACK_FOR = timedelta(days=30)
"""How long somebody is told that what they asked for was not done, unless they say sooner that they know."""
LONGEST = max(TOLD_FOR, TOLD_BACK_FOR)


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody entered and another decided: ``kind`` is accepted, confirmed or handed_back; ``number`` of what."""

    kind: str
    number: str
    on: date
    who: str
    entered_by: int
    asked_on: date | None = None
    why: str = ""
    pk: str = ""


_SAID = {
    "accepted": ("10-1", "申込が承諾されました（{day}、{who}）", "application_accepted"),
    "confirmed": ("", "{asked}の依頼が確定されました（{day}、{who}）", "request_confirmed"),
    "handed_back": ("", "{asked}の依頼が差し戻されました（{day}、{who}：{why}）", "request_handed_back"),
}


def outcomes(decided: Iterable[Decided], on: Lookout) -> Iterator[Work]:
    """The rows for those who entered it, as long as they are told."""
    for one in decided:
        last = one.on + (TOLD_BACK_FOR if one.kind == "handed_back" else TOLD_FOR)
        if on.over(last):
            continue
        clause, text, code = _SAID[one.kind]
        values = {"day": one.on.isoformat(), "who": one.who, "pk": one.pk}
        if one.asked_on is not None:
            values |= {"asked": one.asked_on.isoformat(), "why": one.why}
        yield Work(
            one.kind,
            one.number,
            clause,
            text,
            tuple(values.items()),
            one.on,
            last,
            of=one.pk,
            person_id=one.entered_by,
            code=code,
        )
