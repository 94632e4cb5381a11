"""What the terms say to an application before it is saved: every violation, what it would do, what stays to be done."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts import models
from contracts.facts.load import (
    PriceDay,
    change_of,
    contract_of,
    linked_of,
    load_abolitions,
    load_linked,
    load_price_days,
    load_units,
    option_of,
)
from contracts.intake.book.cells import CellError
from contracts.intake.book.merge import Merged
from contracts.intake.book.read import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.form import (
    CHANGES,
    CONCLUDED,
    FIELDS,
    Filed,
    Line,
    Rows,
    Verb,
    by_number,
    named,
    number_of,
    rows_of,
)
from contracts.intake.known import Known
from contracts.intake.sentence import Sentence
from contracts.judge.abolished import asks_for_edr, ended_by_abolition, with_notices
from contracts.judge.lines import already_there, leave_out_unknown, settled_rows, taken_numbers
from contracts.judge.unpriced import PRICE_KEPT_SILENTLY, prices_kept_silently, prices_of
from contracts.terms.consents import Assent, Consent
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


@dataclass(slots=True)
class Judgement:
    """The unit as it is and as it would be, and everything that stands against it.

    ``merged`` are the rows that acceptance would write; ``seen`` names the facts that were judged: another value means
    that they have changed since.
    """

    before: Unit
    after: Unit
    remarks: list[Remark]
    merged: Merged
    lines: list[Line]
    seen: str
    consents: dict[str, Consent] = field(default_factory=dict)

    @property
    def refused(self) -> list[Remark]:
        """What stands against acceptance."""
        return [remark for remark in self.remarks if remark.refused]

    @property
    def acceptable(self) -> bool:
        """Whether the application asks for something and nothing stands against it."""
        return bool(list(named(self.lines))) and not self.refused


def judge_application(
    unit: models.ManagementUnit, lines: Sequence[Line], *, number: str, applied_on: date, on: date
) -> Judgement:
    """Judge the lines of an application for a unit as though it were accepted on the day ``on``.

    Writes nothing and raises nothing: whatever is wrong is a remark. The number of queries does not grow with the lines.
    """
    filed = Filed(number, unit.code, applied_on, on)
    before = load_units([unit.pk])[unit.pk]
    linked = _linked(before, lines)
    asked = by_number(lines)
    items = {contract.number: contract.linked_service for contract in before.contracts if contract.linked_service}
    items |= {
        line["number"]: line["linked_service"].strip() for _k, _v, line in named(asked) if line.get("linked_service")
    }
    rows = rows_of(asked, filed, linked, items)
    faults = list(rows.faults)
    settled, half_read = settled_rows(rows, before, faults)
    faults += leave_out_unknown(settled, _nameable(before, settled, linked, unit, asked))
    faults += taken_numbers(settled)
    prices = _prices_of(before, settled)
    faults += already_there(settled, before, prices)
    consents, consent_remarks = _own_consents(asked, before)
    if asks_for_edr(settled["options"]):
        before = replace(before, abolitions=load_abolitions())
    after = _resulting(before, settled, linked, consents)
    judged = _resulting(before, {**settled, "contracts": settled["contracts"] + half_read}, linked, consents)
    settled["notices"] += ended_by_abolition(after, {row.values["number"] for row in settled["options"]})
    after, judged = with_notices(after, settled["notices"]), with_notices(judged, settled["notices"])
    remarks = [_of_fault(fault, rows) for fault in faults] + consent_remarks
    half_read_lines = {rows.origins[row.number].line for row in half_read}
    whole = (*settled["contracts"], *rows.rows["options"], *rows.rows["changes"])
    read = {rows.origins[row.number].line for row in whole} | half_read_lines
    remarks += _of_unit(before, judged, asked, on, half_read=half_read_lines, read=read)
    remarks += _of_other_units(unit, settled["linked_services"])
    remarks += _of_prices(after, settled, rows, prices)
    return Judgement(
        before=before,
        after=after,
        remarks=_once_each(remarks),
        merged=Merged(settled, _known(unit, before, settled, linked), 0, faults, defaultdict(set)),
        lines=[dict(line) for line in lines],
        seen=_facts_seen(before, linked),
        consents=consents,
    )


def _linked(before: Unit, lines: Sequence[Line]) -> dict[str, list[LinkedState]]:
    found: dict[str, list[LinkedState]] = {code: list(states) for code, states in before.linked.items()}
    asked = {line.get("linked_service", "").strip() for _key, _verb, line in named(lines)} - {"", *found}
    return found | (load_linked(asked) if asked else {})


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


def _own_consents(lines: Sequence[Line], before: Unit) -> tuple[dict[str, Consent], list[Remark]]:
    """The customer's own consents (17-1) that lines bring, by the tier's number; each needs its day and its evidence."""
    found: dict[str, Consent] = {}
    remarks = []
    recorded = {contract.number: {c.given_on for c in contract.consents} for contract in before.contracts}

    def refused(key: str, name: str, message: str) -> None:
        remarks.append(Remark(key, name, "17-1", fault=Fault("contracts", None, name, message, "17-1")))

    for key, verb, line in named(lines):
        if "consent_document" not in FIELDS[verb] or line.get("category") == "module":
            continue
        given = {name: (line.get(name) or "").strip() for name in FIELDS[verb] if "consent" in name}
        if not any(given.values()):
            continue
        for name in [name for name, value in given.items() if not value]:
            refused(key, name, "同意には、同意日、同意した者及び文書番号が必要です")
        number = line.get("number" if verb is Verb.CONTRACT else "target", "")
        column = BY_NAME["contracts"].column("premium_consent_on")
        try:
            day = column.parse(given[column.name]) if given[column.name] else None
        except CellError as error:
            if verb is not Verb.CONTRACT:  # there it is a cell of the contract's own row
                refused(key, column.name, Sentence("{label}：{what}", label=column.label, what=error.args[0]))
            continue
        if number in found:
            refused(key, column.name, "同じ契約についての同意は、一つの行に記入してください")
        elif day in recorded.get(number, ()):
            refused(key, column.name, "同じ日の同意が既に記録されています")
        elif day is not None:
            found[number] = Consent(assent=Assent.OWN_PREMIUM_CONSENT, given_on=day)
    return found, remarks


def _resulting(
    before: Unit,
    settled: Mapping[str, list[Row]],
    linked: dict[str, list[LinkedState]],
    consents: Mapping[str, Consent],
) -> Unit:
    states = {code: list(found) for code, found in linked.items()}
    for row in settled["linked_services"]:
        states[row.values["code"]].append(linked_of(row.values))
    contracts = before.contracts + tuple(contract_of(row.values) for row in settled["contracts"])
    contracts = tuple(
        replace(contract, consents=(*contract.consents, consents[contract.number]))
        if contract.number in consents
        else contract
        for contract in contracts
    )
    known = {contract.number for contract in contracts}
    options = tuple(option_of(row.values) for row in settled["options"] if row.values["contract"] in known)
    services = {contract.linked_service for contract in contracts if contract.linked_service}
    targets = known | {option.number for option in before.options + options}
    changes = tuple(change_of(row.values) for row in settled["changes"] if row.values["target"] in targets)
    return replace(
        before,
        contracts=contracts,
        options=before.options + options,
        changes=before.changes + changes,
        linked={code: tuple(states.get(code, ())) for code in services},
    )


def _of_fault(fault: Fault, rows: Rows) -> Remark:
    origin = rows.origins[fault.row or 0]
    return Remark(origin.line, origin.fields.get(fault.column, fault.column), fault.clause, fault=fault)


def _of_unit(
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


def _prices_of(before: Unit, settled: Mapping[str, list[Row]]) -> list[PriceDay]:
    """The prices that stand of what is changed or priced and is on record."""
    asked = {row.values["target"] for sheet in ("changes", "prices") for row in settled[sheet]}
    return load_price_days({target.number for target in before.targets} & asked)


def _of_prices(after: Unit, settled: Mapping[str, list[Row]], rows: Rows, stored: list[PriceDay]) -> Iterator[Remark]:
    """Changes after which the old price would go on without a word: it is asked for, and does not stand against acceptance (I-41)."""
    asked = {(row.values["target"], row.values["what"], row.values["effective_on"]): row for row in settled["changes"]}
    brought = [(row.values["target"], row.values["fee"], row.values["from_on"], "") for row in settled["prices"]]
    prices = prices_of([*stored, *brought])
    for change in prices_kept_silently(after, prices):
        row = asked.get((change.target, change.what.value, change.effective_on))
        if row is not None:
            fault = Fault("changes", row.number, "monthly_yen", PRICE_KEPT_SILENTLY, "13")
            yield replace(_of_fault(fault, rows), refused=False)


def _kept_by_unread(lines: Sequence[Line], read: set[str]) -> set[str]:
    unread = [(verb, line) for key, verb, line in named(lines) if key not in read and verb is not Verb.PRICE]
    what = [line.get("option", "") if verb is Verb.OPTION else verb for verb, line in unread]
    return {clause for name in what for clause in _KEPT_BY.get(name, ())}


def _of_other_units(unit: models.ManagementUnit, states: Sequence[Row]) -> list[Remark]:
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
        last=finding.last,
        refused=finding.refused or asked,
    )


def _once_each(remarks: Iterable[Remark]) -> list[Remark]:
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


def _known(
    unit: models.ManagementUnit, before: Unit, settled: Mapping[str, list[Row]], linked: Mapping[str, Any]
) -> Known:
    contracts = {contract.number: {"unit": unit.code} for contract in before.contracts}
    contracts |= {row.values["number"]: row.values for row in settled["contracts"]}
    options = {option.number: {"contract": option.contract} for option in before.options}
    options |= {row.values["number"]: row.values for row in settled["options"]}
    return Known({}, {unit.code: {"code": unit.code}}, {code: {} for code in linked}, contracts, options)


def _nameable(
    before: Unit,
    settled: Mapping[str, list[Row]],
    linked: Mapping[str, Any],
    unit: models.ManagementUnit,
    lines: Sequence[Line],
) -> Known:
    """What the lines may name: this unit's contracts and options, and those that the lines ask for, readable or not."""
    written: dict[str, dict[str, Any]] = {
        number_of(line): {} for _key, verb, line in named(lines) if verb is Verb.CONTRACT
    }
    known = _known(unit, before, settled, linked)
    return replace(known, contracts=written | known.contracts)


def _facts_seen(before: Unit, linked: Mapping[str, Iterable[LinkedState]]) -> str:
    """A name of the facts that were judged: the unit's own, and those of every linked service that it or the form names."""
    facts = (replace(before, linked={}), sorted((code, tuple(states)) for code, states in linked.items()))
    return hashlib.sha256(repr(facts).encode()).hexdigest()
