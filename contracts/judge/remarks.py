"""What is said to an application: every fault of a line, everything that the resulting unit breaks, at the line that causes it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contracts import models
from contracts.facts.load import load_units
from contracts.facts.price_days import PriceDay, price_day_written
from contracts.facts.translate import change_of, linked_of
from contracts.intake.book.read import Row
from contracts.intake.faults import Fault
from contracts.intake.form import CHANGES, CONCLUDED, Line, Rows, Verb, named
from contracts.judge.unpriced import (
    KEPT_AND_PRICED,
    PRICE_KEPT_SILENTLY,
    kept_and_priced,
    prices_kept_silently,
    prices_of,
)
from contracts.terms.standing import Violation
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import ContradictionError, LinkedState, Unit


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong: with one field of a line (``fault``), or with the unit that would result (``violation``).

    ``line`` is the key of the line that causes it, '' where no line of the form does; ``first`` and ``last`` are the days
    on which a violation holds, ``last`` None where nothing known ends it. ``refused``: it stands against acceptance.
    """

    line: str
    field: str
    clause: str
    fault: Fault | None = None
    violation: Violation | None = None
    first: date | None = None
    last: date | None = None
    refused: bool = True


_OPEN = frozenset({"6-2", "7-5"})
"""What a contract whose kind or item is not right yet is not judged by: it may well keep it once it is."""
_KEPT_BY: Mapping[str, frozenset[str]] = {
    Verb.CONTRACT: frozenset({"7-1"}),
    "m365_log_monitoring": frozenset({"7-10"}),
    "edr_operation": frozenset({"7-1", "7-13"}),
    "edr_licence": frozenset({"7-12"}),
    Verb.CATEGORY: frozenset({"7-2", "7-11"}),
    Verb.ITEM: frozenset({"7-5"}),
    Verb.QUANTITY: frozenset({"10-2(8)"}),
}
"""What a line that cannot be read yet may well keep: the unit is judged by it once it can be."""


def of_fault(fault: Fault, rows: Rows) -> Remark:
    """A fault of a row at the field of the line that the row comes from."""
    origin = rows.origins[fault.row or 0]
    return Remark(origin.line, origin.fields.get(fault.column, fault.column), fault.clause, fault=fault)


def of_unit(
    before: Unit, after: Unit, lines: Sequence[Line], on: date, *, half_read: set[str], read: set[str]
) -> list[Remark]:
    """Everything that the resulting unit breaks (第7条, 第9条, 第10条, 第17条): what holds from ``on`` on, or is new (I-30)."""
    try:
        known = judge(before)
    except ContradictionError:
        known = []
    try:
        findings = judge(after)
    except ContradictionError as error:
        fault = Fault("notices", None, "target", error.reason, error.clause)
        return [Remark("", "", error.clause, fault=fault)]
    line_of = _lines_by_cause(lines)
    kept = _kept_by_unread(lines, read)
    past = [finding for finding in findings if finding.last is not None and finding.last < on]
    own = brought_by(past, known)
    remarks = []
    for finding in findings:
        remark = _of_finding(finding, line_of)
        over = finding in past and finding not in own
        open_question = remark.clause in kept or (remark.line in half_read and remark.clause in _OPEN)
        if not over and not open_question:
            remarks.append(remark)
    return remarks


def of_prices(after: Unit, settled: Mapping[str, list[Row]], rows: Rows, stored: list[PriceDay]) -> Iterator[Remark]:
    """Changes after which the old price would go on without a word: it is asked for, and does not stand against acceptance (I-41).

    One that is told with 料金据置 and a new price has to say which it is.
    """
    asked = {row.key: row for row in settled["changes"]}
    brought = [price_day_written(row.values) for row in settled["prices"]]
    prices = prices_of([*stored, *brought])
    for change in prices_kept_silently(after, prices):
        row = asked.get((change.target, change.what.value, change.effective_on, change.application))
        if row is not None:
            fault = Fault("changes", row.number, "monthly_yen", PRICE_KEPT_SILENTLY, "13")
            yield replace(of_fault(fault, rows), refused=False)
    for change in kept_and_priced(map(change_of, (row.values for row in settled["changes"])), brought):
        row = asked[change.target, change.what.value, change.effective_on, change.application]
        yield of_fault(Fault("changes", row.number, "keep_price", KEPT_AND_PRICED, "13"), rows)


def _kept_by_unread(lines: Sequence[Line], read: set[str]) -> set[str]:
    unread = [(verb, line) for key, verb, line in named(lines) if key not in read and verb is not Verb.PRICE]
    what = [line.get("option", "") if verb is Verb.OPTION else verb for verb, line in unread]
    return {clause for name in what for clause in _KEPT_BY.get(name, ())}


def of_other_units(unit: models.ManagementUnit, states: Sequence[Row]) -> list[Remark]:
    """What other units would break that link a service of which the application writes a new state."""
    codes = {row.values["code"] for row in states}
    if not codes:
        return []
    linking = models.ManagementUnit.objects.filter(targets__contract__linked_service__code__in=codes)
    others = load_units(set(linking.exclude(pk=unit.pk).values_list("pk", flat=True)))
    remarks = []
    for other in sorted(others.values(), key=lambda other: other.code):
        linked = {code: (*found, *_new(states, code)) for code, found in other.linked.items()}
        found = brought_by(judge(replace(other, linked=linked)), judge(other))
        remarks += [_of_finding(finding, {}) for finding in found]
    return remarks


def _new(states: Sequence[Row], code: str) -> list[LinkedState]:
    return [linked_of(row.values) for row in states if row.values["code"] == code]


Causes = Mapping[tuple[str, ...], str]
"""The key of a line by what it asks for: by number; a change also by its target, what it changes and its day."""


def _lines_by_cause(lines: Sequence[Line]) -> Causes:
    """What concludes a target stands for it before what changes it, and that before what only prices it."""
    found: dict[tuple[str, ...], str] = {}
    for verbs in (CONCLUDED, frozenset(CHANGES), frozenset({Verb.PRICE})):
        for key, verb, line in [each for each in named(lines) if each[1] in verbs]:
            number = line.get("number" if verb in CONCLUDED else "target", "")
            found.setdefault((number,), key)
            if verb in CHANGES:
                found.setdefault((number, CHANGES[verb], line.get("effective_on", "")), key)
    return found


def _of_finding(finding: Finding, line_of: Causes) -> Remark:
    violation, change = finding.violation, finding.change
    causes: list[tuple[str, ...]] = [(number,) for number in violation.targets]
    if change is not None:
        causes.insert(0, (change.target, change.what, change.effective_on.isoformat()))
    line = next((line_of[cause] for cause in causes if cause in line_of), "")
    # What is asked for now and would never take effect is not accepted; on record it is moot.
    asked = bool(line) and change is not None and line_of.get(causes[0]) == line
    return Remark(
        line,
        violation.field,
        violation.clause,
        violation=violation,
        first=finding.first,
        last=finding.last_known,
        refused=finding.refused or asked,
    )


def once_each(remarks: Iterable[Remark]) -> list[Remark]:
    """What a line says by itself is not said again by the unit's judgement of the same field and clause."""
    seen: set[tuple[str, str, str]] = set()
    kept = []
    for remark in remarks:
        place = (remark.line, remark.field.removeprefix("to_"), remark.clause)
        if remark.violation is None or not remark.line or place not in seen:
            kept.append(remark)
        if remark.fault is not None:
            seen.add(place)
    return kept
