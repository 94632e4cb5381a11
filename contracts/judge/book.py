"""The units that result from a book, judged (第7条, 第9条): what an application breaks is a fault, what a notice breaks warns."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from contracts import models
from contracts.facts.load import load_abolitions, load_linked, load_units
from contracts.facts.price_days import load_price_days, price_day_written
from contracts.facts.translate import change_of, contract_of, linked_of, notice_of, option_of
from contracts.intake.book.merge import Merged
from contracts.intake.book.read import Row
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.judge.abolished import asks_for_edr, ended_by_abolition, with_notices
from contracts.judge.unpriced import (
    KEPT_AND_PRICED,
    PRICE_KEPT_SILENTLY,
    kept_and_priced,
    prices_kept_silently,
    prices_of,
)
from contracts.models.bulk import slices
from contracts.terms.days import NOT_YET_KNOWN, iso
from contracts.terms.lives import Outside, outside_lives
from contracts.terms.timeline import Finding, judge
from contracts.terms.unit import Change, ContradictionError, LinkedState, Unit


def resulting_units(merged: Merged) -> dict[str, Unit]:
    """The units that the new rows bear on, with stored and new facts alike, by code."""
    codes = _touched(merged)
    stored = _stored_units(codes)
    linked = _linked(merged, stored)
    gathered: dict[str, dict[str, list[Any]]] = {
        code: {"contracts": [], "options": [], "changes": [], "notices": []} for code in codes
    }
    makers = {"contracts": contract_of, "options": option_of, "changes": change_of, "notices": notice_of}
    for sheet, make in makers.items():
        for row in merged.new[sheet]:
            number = row.values.get("target") or row.values["number"]
            unit = merged.known.unit_of(number)
            if unit in gathered:
                gathered[unit][sheet].append(make(row.values))
    units = {}
    abolitions = load_abolitions() if asks_for_edr(merged.new["options"]) else ()
    for code in codes:
        values = merged.known.units.get(code)
        known = stored.get(code) or Unit(code=code, customer=values["customer"] if values else "")
        known = replace(known, abolitions=abolitions or known.abolitions)
        added = {sheet: getattr(known, sheet) + tuple(facts) for sheet, facts in gathered[code].items()}
        services = {c.linked_service for c in added["contracts"] if c.linked_service}
        units[code] = replace(known, linked={name: tuple(linked.get(name, ())) for name in services}, **added)
    return units


def end_with_abolition(units: dict[str, Unit], merged: Merged) -> tuple[dict[str, Unit], list[Fault]]:
    """The units with the EDR options of the book ended by the abolition that was declared after they were agreed (I-43).

    The notices of the abolition join the book's rows; a warning names each option.
    """
    new = {row.values["number"]: row for row in merged.new["options"]}
    ended, warnings = {}, []
    for code, unit in units.items():
        notices = ended_by_abolition(unit, new) if unit.abolitions else []
        ended[code] = with_notices(unit, notices)
        for notice in notices:
            message = Sentence(
                "このオプションは、廃止により{day}に終了します（I-43）", day=notice.values["requested_for"]
            )
            row = new[notice.values["target"]]
            warnings.append(Fault("options", row.number, "option", message, "10-11"))
        merged.new["notices"] += notices
    return ended, warnings


def kept_silently(units: Iterable[Unit], merged: Merged) -> Iterator[Fault]:
    """A warning for every change of the book after which the old price goes on without a word, or with two (I-41).

    A book tells what became known over time, 料金据置 first and a price later: it is said, and not refused.
    """
    rows = {row.key: row for row in merged.new["changes"]}
    brought = [price_day_written(row.values) for row in merged.new["prices"]]
    prices = prices_of([*load_price_days({target for target, *_rest in rows}), *brought])
    for unit in units:
        for change in prices_kept_silently(unit, prices):
            row = rows.get(_key(change))
            if row is not None:
                yield Fault("changes", row.number, "keep_price", PRICE_KEPT_SILENTLY, "13")
    for change in kept_and_priced(map(change_of, (row.values for row in merged.new["changes"])), brought):
        row = rows[_key(change)]
        yield Fault("changes", row.number, "keep_price", KEPT_AND_PRICED, "13")


def _key(change: Change) -> tuple[Any, ...]:
    """By what the book tells changes apart."""
    return change.target, change.what.value, change.effective_on, change.application


def _touched(merged: Merged) -> list[str]:
    codes = {row.values["unit"] for row in merged.new["contracts"]}
    for sheet in ("options", "changes", "notices"):
        codes |= {merged.known.unit_of(row.values.get("target") or row.values["number"]) for row in merged.new[sheet]}
    services = {row.values["code"] for row in merged.new["linked_services"]}
    linking: set[str] = set()
    for some in slices(sorted(services)):
        units = models.ManagementUnit.objects.filter(targets__contract__linked_service__code__in=some)
        linking |= set(units.values_list("code", flat=True))
    # A unit that is nowhere is a fault of the reference; there is nothing to judge.
    codes = {code for code in codes if code and (code in merged.known.units or "units" in merged.half_read[code])}
    return sorted(codes | linking)


def _stored_units(codes: list[str]) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for some in slices(codes):
        units = models.ManagementUnit.objects.filter(code__in=some)
        found |= {unit.code: unit for unit in load_units(units.values_list("pk", flat=True)).values()}
    return found


def _linked(merged: Merged, stored: dict[str, Unit]) -> dict[str, list[LinkedState]]:
    codes = {c.linked_service for unit in stored.values() for c in unit.contracts if c.linked_service}
    codes |= {row.values["linked_service"] for row in merged.new["contracts"] if row.values["linked_service"]}
    codes |= {row.values["code"] for row in merged.new["linked_services"]}
    found: dict[str, list[LinkedState]] = {}
    for some in slices(sorted(codes)):
        found |= load_linked(some)
    for row in merged.new["linked_services"]:
        found.setdefault(row.values["code"], []).append(linked_of(row.values))
    return found


_MENDED_BY: dict[str, frozenset[str]] = {
    "units": frozenset({"7-3", "7-4"}),
    "contracts": frozenset({"7-1", "7-8", "7-9", "7-10", "7-11", "10-2(1)", "10-2(5)", "10-2(6)"}),
    "options": frozenset({"7-1", "7-10", "7-12", "7-13", "10-2(5)"}),
    "linked_services": frozenset({"7-3", "7-4", "7-5", "7-6", "7-7", "9-1(2)"}),
    "changes": frozenset({"7-2", "7-5", "7-11", "10-2(8)"}),
    "notices": frozenset({"6-1", "6-2", "7-1"}),
}
"""What a row that could not be read may well keep: of its unit these are judged once it can be read."""


def judged(units: Iterable[Unit], merged: Merged) -> tuple[list[Fault], list[Fault]]:
    """Faults (what applications break) and warnings (what notices break, I-09) of those units, at the rows that cause them."""
    rows = _rows_by_number(merged)
    faults: list[Fault] = []
    warnings: list[Fault] = []
    for unit in units:
        open_questions = {clause for sheet in merged.half_read[unit.code] for clause in _MENDED_BY.get(sheet, ())}
        try:
            findings = list(judge(unit))
            moot = _not_of_the_book(findings, unit, rows)
            for finding in findings:
                if finding.violation.clause in open_questions:
                    continue
                refused = finding.refused and finding not in moot
                (faults if refused else warnings).append(_placed(finding, unit, rows))
        except ContradictionError as error:
            row = rows.get(("notices", error.number))
            faults.append(Fault("notices", row.number if row else None, "target", error.reason, error.clause))
    return faults, warnings


def _not_of_the_book(findings: list[Finding], unit: Unit, rows: dict[tuple[Any, ...], Row]) -> list[Finding]:
    """What would be refused of facts that are stored already, and is not for this book to mend: it only warns.

    A notice is not refused, however late it is recorded (I-09): the application it should have stopped is accepted and stored.
    What lies outside a life since then is moot, and a book that brings nothing but notices is not held up by what stood before.
    """
    stored = [finding for finding in findings if finding.refused and not _is_of_the_book(finding, rows)]
    if not stored:
        return []
    if not _applies(unit, rows):
        return stored
    notices = tuple(one for one in unit.notices if ("notices", one.target, one.arrived_on, one.ground) not in rows)
    before = {_what(finding) for finding in judge(replace(unit, notices=notices)) if finding.refused}
    outside = {_what_lies_outside(one) for one in outside_lives(unit)}
    return [finding for finding in stored if _what(finding) not in before or _what(finding) in outside]


def _applies(unit: Unit, rows: dict[tuple[Any, ...], Row]) -> bool:
    """Whether the book brings the unit anything but notices: contracts, options, changes, or a state of a service it links."""
    numbers = {target.number for target in unit.targets}
    brought = {key[1] for key in rows if key[0] in ("contracts", "options", "changes")}
    return bool(numbers & brought) or any(("linked_services", code) in rows for code in unit.linked)


def _is_of_the_book(finding: Finding, rows: dict[tuple[Any, ...], Row]) -> bool:
    if finding.notice is not None:
        return True
    if finding.change is not None:
        return ("changes", *_key(finding.change)) in rows
    numbers = finding.violation.targets
    return any((sheet, number) in rows for sheet in ("contracts", "options") for number in numbers)


def _what_lies_outside(one: Outside) -> tuple[Any, ...]:
    return one.violation.code, one.violation.targets, one.change


def _what(finding: Finding) -> tuple[Any, ...]:
    return (finding.violation.code, finding.violation.targets, finding.change)


def _rows_by_number(merged: Merged) -> dict[tuple[Any, ...], Row]:
    rows: dict[tuple[Any, ...], Row] = {}
    for sheet in ("contracts", "options", "notices"):
        for row in merged.new[sheet]:
            rows[sheet, row.values.get("target") or row.values["number"]] = row
    for row in merged.new["linked_services"]:
        rows["linked_services", row.values["code"]] = row
    for row in merged.new["notices"]:
        rows["notices", row.values["target"], row.values["arrived_on"], row.values["basis"]] = row
    for row in merged.new["changes"]:
        rows["changes", *row.key] = row
    return rows


def _placed(finding: Finding, unit: Unit, rows: dict[tuple[Any, ...], Row]) -> Fault:
    violation, number = finding.violation, finding.violation.targets[0]
    message = _said_of(finding, unit)
    if finding.change is not None:
        change = finding.change
        row = rows.get(("changes", *_key(change)))
        return Fault("changes", row.number if row else None, violation.field, message, violation.clause)
    if finding.notice is not None:
        notice = finding.notice
        row = rows.get(("notices", notice.target, notice.arrived_on, notice.ground))
        return Fault("notices", row.number if row else None, violation.field, message, violation.clause)
    sheet = "options" if any(option.number == number for option in unit.options) else "contracts"
    row, field = rows.get((sheet, number)), violation.field
    if row is None:
        # What is stored already is broken by a new state of the service it links.
        linked = next((c.linked_service for c in unit.contracts if c.number == number), "")
        row = rows.get(("linked_services", linked))
        sheet, field = ("linked_services", "code") if row else (sheet, field)
    return Fault(sheet, row.number if row else None, field, message, violation.clause)


def _said_of(finding: Finding, unit: Unit) -> Sentence:
    """What is broken, of what, on which days."""
    violation = finding.violation
    if finding.first == NOT_YET_KNOWN:
        text = "{violation}［管理単位{unit}、{number}、課金開始から］"
    elif finding.last_known is None:
        text = "{violation}［管理単位{unit}、{number}、{first}〜］"
    else:
        text = "{violation}［管理単位{unit}、{number}、{first}〜{last}］"
    return Sentence(
        text,
        violation=Sentence(violation.text, **dict(violation.values)),
        unit=unit.code,
        number=violation.targets[0],
        first=iso(finding.first),
        last=iso(finding.last),
    )
