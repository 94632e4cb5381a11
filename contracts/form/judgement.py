"""What the terms say to an application before it is saved: every violation, what it would do, what stays to be done."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts import models
from contracts.book.faults import Fault
from contracts.book.merge import Known, Merged
from contracts.book.read import Row
from contracts.facts import change_of, contract_of, linked_of, load_linked, load_units, option_of
from contracts.form.checks import already_there, numbers_taken, outside_lives, settled_rows, unknown_references
from contracts.form.lines import FIELDS, Filed, Line, Rows, Verb, named, number_of, rows_of
from contracts.terms.consents import Assent, Consent
from contracts.terms.standing import Violation
from contracts.terms.timeline import Finding, judge
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
    items = {contract.number: contract.linked_service for contract in before.contracts if contract.linked_service}
    rows = rows_of(lines, filed, linked, items)
    faults = list(rows.faults)
    settled, half_read = settled_rows(rows, before, faults)
    faults += unknown_references(settled, before, linked, lines)
    faults += numbers_taken(settled, lines)
    faults += already_there(settled, before)
    faults += outside_lives(settled, before)
    consents, consent_remarks = _own_consents(lines)
    after = _resulting(before, settled, linked, consents)
    judged = _resulting(before, {**settled, "contracts": settled["contracts"] + half_read}, linked, consents)
    remarks = [_of_fault(fault, rows) for fault in faults] + consent_remarks
    remarks += _of_unit(before, judged, lines, on, half_read={rows.origins[row.number].line for row in half_read})
    remarks += _of_other_units(unit, settled["linked_services"])
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


def _own_consents(lines: Sequence[Line]) -> tuple[dict[str, Consent], list[Remark]]:
    """The customer's own consents (17-1) that lines bring, by the tier's number; each needs its day and its evidence."""
    found, remarks = {}, []
    for key, verb, line in named(lines):
        if "consent_document" not in FIELDS[verb] or line.get("category") == "module":
            continue
        given = {name: (line.get(name) or "").strip() for name in FIELDS[verb] if "consent" in name}
        if not any(given.values()):
            continue
        for name in [name for name, value in given.items() if not value]:
            fault = Fault("contracts", None, name, "同意には、同意日、同意した者及び文書番号が必要です", "17-1")
            remarks.append(Remark(key, name, "17-1", fault=fault))
        try:
            day = date.fromisoformat(given["premium_consent_on"])
        except ValueError:
            continue
        number = number_of(line) if verb is Verb.CONTRACT else line.get("target", "")
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


def _of_unit(before: Unit, after: Unit, lines: Sequence[Line], on: date, *, half_read: set[str]) -> list[Remark]:
    """Everything that the resulting unit breaks (第7条, 第9条, 第10条, 第17条): what holds from ``on`` on, or is new (I-30)."""
    try:
        known = {finding.violation.key for finding in judge(before)}
    except ContradictionError:
        known = set()
    try:
        findings = judge(after)
    except ContradictionError as error:
        fault = Fault("notices", None, "target", error.reason, error.clause)
        return [Remark("", "", error.clause, fault=fault)]
    keys = _keys_by_number(lines)
    remarks = []
    for finding in findings:
        over = finding.last is not None and finding.last < on
        remark = _of_finding(finding, keys)
        if not (over and finding.violation.key in known) and not (remark.line in half_read and remark.clause in _OPEN):
            remarks.append(remark)
    return remarks


def _of_other_units(unit: models.ManagementUnit, states: Sequence[Row]) -> list[Remark]:
    """What other units would break that link a service of which the application writes a new state."""
    codes = {row.values["code"] for row in states}
    if not codes:
        return []
    linking = models.ManagementUnit.objects.filter(targets__contract__linked_service__code__in=codes)
    others = load_units(set(linking.exclude(pk=unit.pk).values_list("pk", flat=True)))
    remarks = []
    for other in others.values():
        linked = {code: (*found, *_new(states, code)) for code, found in other.linked.items()}
        known = {finding.violation.key for finding in judge(other)}
        found = [finding for finding in judge(replace(other, linked=linked)) if finding.violation.key not in known]
        remarks += [_of_finding(finding, {}) for finding in found]
    return remarks


def _new(states: Sequence[Row], code: str) -> list[LinkedState]:
    return [linked_of(row.values) for row in states if row.values["code"] == code]


def _keys_by_number(lines: Sequence[Line]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, verb, line in named(lines):
        number = number_of(line) if verb in (Verb.CONTRACT, Verb.OPTION) else line.get("target", "")
        found.setdefault(number, key)
    return found


def _of_finding(finding: Finding, keys: Mapping[str, str]) -> Remark:
    violation = finding.violation
    line = next((keys[number] for number in violation.targets if number in keys), "")
    return Remark(
        line,
        violation.field,
        violation.clause,
        violation=violation,
        first=finding.first,
        last=finding.last,
        refused=finding.refused,
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


def _facts_seen(before: Unit, linked: Mapping[str, Iterable[LinkedState]]) -> str:
    """A name of the facts that were judged: the unit's own, and those of every linked service that it or the form names."""
    facts = (replace(before, linked={}), sorted((code, tuple(states)) for code, states in linked.items()))
    return hashlib.sha256(repr(facts).encode()).hexdigest()
