"""これから: every day ahead on which something of a unit becomes otherwise by itself, or has to be said by — for a time line.

Plain values of the facts that are known. What somebody has to do about it is the worklist's (contracts.judge.coming).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.facts.names import value_said
from contracts.terms.art10_options import renewal_deadline, safe_day, terms
from contracts.terms.art12_termination import End
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import ONE_DAY, Period
from contracts.terms.unit import Contract, Unit, What


@dataclass(frozen=True, slots=True)
class Ahead:
    """One day ahead: what kind of thing, of which target, the clause; ``text`` is a sentence filled from ``values``."""

    on: date
    kind: str
    number: str
    clause: str
    text: str
    values: tuple[tuple[str, str], ...]


KINDS = ("start", "end", "deadline", "renewal", "minimum_term", "change", "price")
"""What can lie ahead, in the order in which it is told; prices are billing's to tell."""

CLAUSES = {What.CATEGORY: "9-1(1)", What.ITEM: "9-1(2)", What.RETENTION_YEARS: "10-5", What.QUANTITY: "10-5"}
"""The clause that each change rests on."""


def ahead(unit: Unit, ended: Mapping[str, End], days: Period) -> list[Ahead]:
    """What of the unit lies in those days, by day. ``ended``: its ends, as art12_termination has them."""
    found = [*_starts(unit, ended), *_ends(ended), *_terms(unit, ended, days), *_minimum_terms(unit, ended)]
    found += _changes(unit, ended)
    return sorted((one for one in found if one.on in days), key=lambda one: (one.on, KINDS.index(one.kind), one.number))


def price_ahead(number: str, on: date, before_yen: int | None, after_yen: int) -> Ahead:
    """A monthly unit price that begins on a day, in yen; ``before_yen`` None where there was none."""
    after = f"{after_yen:,}"
    if before_yen is None:
        return _said(on, "price", number, "13", "{day}から月額の単価が{after}円になります", day=on, after=after)
    text = "{day}から月額の単価が{before}円から{after}円に変わります"
    return _said(on, "price", number, "13", text, day=on, before=f"{before_yen:,}", after=after)


def _said(on: date, kind: str, number: str, clause: str, text: str, **values: object) -> Ahead:
    return Ahead(on, kind, number, clause, text, tuple((name, str(value)) for name, value in values.items()))


def _starts(unit: Unit, ended: Mapping[str, End]) -> Iterator[Ahead]:
    for target in unit.targets:
        end = ended.get(target.number)
        if target.starts_on is not None and (end is None or end.on >= target.starts_on):
            yield _said(target.starts_on, "start", target.number, "13", "{day}から課金します", day=target.starts_on)


def _ends(ended: Mapping[str, End]) -> Iterator[Ahead]:
    for number, end in ended.items():
        if end.after and end.clause.startswith("12-"):
            text = "{after}の終了に伴い、{day}に終了します"
            yield _said(end.on, "end", number, end.clause, text, after=end.after, day=end.on)
        else:
            yield _said(end.on, "end", number, end.clause, "{day}に終了します", day=end.on)


def _terms(unit: Unit, ended: Mapping[str, End], days: Period) -> Iterator[Ahead]:
    """10-9: of each 期間ライセンス that goes on, the last day to stop each renewal and the renewal itself."""
    for option in unit.options:
        if not option.is_term_licence or option.starts_on is None:
            continue
        end = ended.get(option.number)
        for term in terms(option.starts_on):
            renewed = term.last + ONE_DAY
            if term.first >= days.stop:
                break
            if end is not None and end.on < renewed:
                break
            deadline, safe = renewal_deadline(term), safe_day(term)
            if end is None:
                text = "{last}の契約期間満了で更新されます。更新を止める通知は{deadline}まで（安全な日は{safe}まで）"
                named = {"last": term.last, "deadline": deadline, "safe": safe}
                yield _said(deadline, "deadline", option.number, "10-9", text, **named)
            yield _said(renewed, "renewal", option.number, "10-9", "{day}に契約期間が更新されます", day=renewed)


def _minimum_terms(unit: Unit, ended: Mapping[str, End]) -> Iterator[Ahead]:
    for target in unit.targets:
        last = minimum_term_end(target)
        end = ended.get(target.number)
        if last is not None and (end is None or end.on > last):
            clause = "5" if isinstance(target, Contract) else "10-8"
            yield _said(last, "minimum_term", target.number, clause, "最低利用期間が{day}に満了します", day=last)


def _changes(unit: Unit, ended: Mapping[str, End]) -> Iterator[Ahead]:
    for change in unit.changes:
        end = ended.get(change.target)
        if end is not None and end.on < change.effective_on:
            continue
        text, to = "{day}から「{to}」に変わります", value_said(change.what, change.to)
        yield _said(
            change.effective_on, "change", change.target, CLAUSES[change.what], text, day=change.effective_on, to=to
        )
