"""What the terms say to an application before it is saved: every violation, what it would do, what stays to be done."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracts import models
from contracts.facts.load import load_abolitions, load_linked, load_units
from contracts.facts.price_days import PriceDay, load_price_days
from contracts.facts.translate import change_of, contract_of, linked_of, option_of
from contracts.intake.book.cells import CellError
from contracts.intake.book.merge import Merged
from contracts.intake.book.read import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.form import (
    FIELDS,
    Filed,
    Line,
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
from contracts.judge.remarks import Remark, of_fault, of_other_units, of_prices, of_unit, once_each
from contracts.terms.consents import Assent, Consent
from contracts.terms.unit import LinkedState, Unit


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
    remarks = [of_fault(fault, rows) for fault in faults] + consent_remarks
    half_read_lines = {rows.origins[row.number].line for row in half_read}
    whole = (*settled["contracts"], *rows.rows["options"], *rows.rows["changes"])
    read = {rows.origins[row.number].line for row in whole} | half_read_lines
    remarks += of_unit(before, judged, asked, on, half_read=half_read_lines, read=read)
    remarks += of_other_units(unit, settled["linked_services"])
    remarks += of_prices(after, settled, rows, prices)
    return Judgement(
        before=before,
        after=after,
        remarks=once_each(remarks),
        merged=Merged(settled, _known(unit, before, settled, linked), 0, faults, defaultdict(set)),
        lines=[dict(line) for line in lines],
        seen=_facts_seen(before, linked),
        consents=consents,
    )


def _linked(before: Unit, lines: Sequence[Line]) -> dict[str, list[LinkedState]]:
    found: dict[str, list[LinkedState]] = {code: list(states) for code, states in before.linked.items()}
    asked = {line.get("linked_service", "").strip() for _key, _verb, line in named(lines)} - {"", *found}
    return found | (load_linked(asked) if asked else {})


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


def _prices_of(before: Unit, settled: Mapping[str, list[Row]]) -> list[PriceDay]:
    """The prices that stand of what is changed or priced and is on record."""
    asked = {row.values["target"] for sheet in ("changes", "prices") for row in settled[sheet]}
    return load_price_days({target.number for target in before.targets} & asked)


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
