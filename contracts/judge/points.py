"""お確かめください: what of an application is lawful and yet hardly meant — pointed out, and not in the way of whoever knows it.

A plain function over the judged form and what else is on record: days far off, amounts far from the last or from others' for the
same thing, amounts that may be written in thousands, and a twin of what waits or was just accepted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from contracts.intake.form import AMOUNT_FEES, Line, Verb, named, number_of
from contracts.intake.refilled import STARTS
from contracts.judge.application import Judgement
from contracts.terms.unit import Contract

LONG_PAST = timedelta(days=31)
"""A start further back than this is asked about."""
FAR_AHEAD = timedelta(days=366)
"""A start further ahead than this is asked about."""
TWIN_WITHIN = timedelta(days=30)
"""How long after its acceptance an application is still looked at for a twin."""
TIMES = 3
"""An amount so many times the last, or the middle of others', or so small a part of it, is asked about."""
OTHERS = 3
"""Of fewer prices than this nobody can say what is usual."""
THOUSANDS = 1_000
"""What is below this many yen, and is no price of a licence, may be written in thousands."""
LICENCE_YEN = 10_000
"""A monthly price of one licence from this on may be that of all."""

Same = tuple[str, str, str]
"""What a price is for: fee, then category and module type, or the option."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to be looked at again: at which line and field, a sentence with ``{names}`` and what fills it."""

    code: str
    line: str
    field: str
    text: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What is known once it was ticked: the same point about the same values, in whatever words."""
        return "|".join((self.code, self.line, self.field, *(value for _name, value in self.values)))


@dataclass(frozen=True, slots=True)
class Filed:
    """Another application of the customer: its number, its unit's code, its state and day, and its lines."""

    number: str
    unit: str
    state: str
    on: date
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the form is set beside: the customer's other applications, the last amount by target and fee, others' by what they are for."""

    applications: Sequence[Filed] = ()
    last: Mapping[tuple[str, str], int] = field(default_factory=dict)
    others: Mapping[Same, Sequence[int]] = field(default_factory=dict)


def points(judgement: Judgement, record: OnRecord, *, applied_on: date, on: date) -> list[Point]:
    """Everything of the form that is to be looked at again, in the order of its lines; what concerns the whole form first."""
    found = list(_twins(judgement.lines, record.applications))
    if applied_on < on - LONG_PAST:
        found.append(Point("applied_long_ago", "", "applied_on", _APPLIED, (("day", applied_on.isoformat()),)))
    for key, verb, line in named(judgement.lines):
        found += _start(key, verb, line, on)
        found += _amounts(judgement, key, verb, line, record)
    return found


_APPLIED = "申込日が{day}です。1か月より前の日でよいか、確かめてください"
_PAST = "{day}は1か月より前の日です。さかのぼって料金が生じます"
_AHEAD = "{day}は1年より先の日です"
_TWIN = "同じ内容の申込{number}があります（管理単位{unit}、{state}、{day}）"
_THOUSANDS = "{yen}円です。千円単位で記入していないか、確かめてください"
_OF_ALL = (
    "1ライセンスの月額が{yen}円です。全体の額を記入していないか、確かめてください（{count}ライセンスで月額{total}円）"
)
_LAST = "{yen}円は、今の額{last}円から大きく離れています"
_USUAL = "{yen}円は、同じものの料金の中央の額{usual}円から大きく離れています"


def _start(key: str, verb: Verb, line: Line, on: date) -> Iterator[Point]:
    name = STARTS.get(verb, "")
    try:
        day = date.fromisoformat(line.get(name, ""))
    except ValueError:
        return
    said = (("day", day.isoformat()),)
    if day < on - LONG_PAST:
        yield Point("start_long_past", key, name, _PAST, said)
    elif day > on + FAR_AHEAD:
        yield Point("start_far_ahead", key, name, _AHEAD, said)


def _amounts(judgement: Judgement, key: str, verb: Verb, line: Line, record: OnRecord) -> Iterator[Point]:
    for name, fee in AMOUNT_FEES.items():
        written = line.get(name, "")
        fee = line.get("fee", "") if fee == "" else fee
        if not written.isdecimal() or not int(written):
            continue
        yen, target = int(written), line.get("target", "")
        per_licence = fee == "monthly" and (line.get("option") == "edr_licence" or verb is Verb.QUANTITY)
        others = record.others.get(_same(judgement, line, fee), ())
        usual = int(median(others)) if len(others) >= OTHERS else None
        point = _amount(yen, record.last.get((target, fee)), usual, line if per_licence else None)
        if point is not None:
            code, text, said = point
            values = tuple((what, f"{value:,}") for what, value in {"yen": yen, **said}.items())
            yield Point(code, key, name, text, values)


def _amount(
    yen: int, last: int | None, usual: int | None, licence: Line | None
) -> tuple[str, str, dict[str, int]] | None:
    """What is odd of an amount, the likeliest slip first; None where nothing is."""
    known = last or usual
    if licence is not None:
        number = licence.get("quantity") or licence.get("to_quantity") or ""
        if yen >= LICENCE_YEN and (known is None or _far(yen, known)):
            count = int(number) if number.isdecimal() else 1
            return "licence_price_of_all", _OF_ALL, {"count": count, "total": yen * count}
    elif yen < THOUSANDS and (known is None or not _far(yen * 1000, known)):
        return "amount_in_thousands", _THOUSANDS, {}
    if last and _far(yen, last):
        return "amount_far_from_last", _LAST, {"last": last}
    if usual and _far(yen, usual):
        return "amount_far_from_others", _USUAL, {"usual": usual}
    return None


def _far(yen: int, known: int) -> bool:
    return yen >= known * TIMES or yen * TIMES <= known


def _same(judgement: Judgement, line: Line, fee: str) -> Same:
    """What the price of a line is for."""
    if line.get("option"):
        return fee, "", line["option"]
    if line.get("category"):
        return fee, line["category"], line.get("module_type", "") if line["category"] == "module" else ""
    target = next((target for target in judgement.after.targets if target.number == line.get("target")), None)
    if target is None:
        return fee, "", ""
    if isinstance(target, Contract):
        category = line.get("to_category") or str(target.category)
        return fee, category, str(target.module.module_type) if target.module else ""
    return fee, "", str(target.option)


_NOT_CONTENT = frozenset({"key", "number", "quotation", "keep_price"})
_PLACES = ("contract", "target")


def _contents(lines: Iterable[Line]) -> set[tuple[tuple[str, str], ...]]:
    """What lines ask for: without days, amounts, numbers and keys, so that a second form for the same is found."""
    found = list(named(list(lines)))
    own = {name for key, verb, line in found if verb in (Verb.CONTRACT, Verb.OPTION) for name in (key, number_of(line))}
    return {
        tuple(
            sorted(
                (name, "" if name in _PLACES and value in own else value)
                for name, value in line.items()
                if value and name not in _NOT_CONTENT and not name.endswith(("_on", "_yen")) and "consent" not in name
            )
        )
        for _key, _verb, line in found
    }


def _twins(lines: Sequence[Line], applications: Iterable[Filed]) -> Iterator[Point]:
    """Applications that ask for all that this one does, or for which this one asks for all."""
    own = _contents(lines)
    for other in applications:
        content = _contents(other.lines)
        if own and content and (own <= content or content <= own):
            said = {"number": other.number, "unit": other.unit, "state": other.state, "day": other.on.isoformat()}
            yield Point("twin", "", "", _TWIN, tuple(said.items()))
