"""A book beside the database: which rows are new, which are there already, and what contradicts what."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.intake.book.holders import holders_meant
from contracts.intake.book.parts import Part
from contracts.intake.book.read import Row, key_of
from contracts.intake.book.settle import settle
from contracts.intake.book.sheets import BY_NAME, SHEETS
from contracts.intake.book.stored import TAKEN_BACK, accepted_units, former_and_now, stored_rows, stored_versions
from contracts.intake.faults import Fault
from contracts.intake.known import BY_TARGET, REFERENCES, Known, numbers_taken, unknown_references
from contracts.intake.sentence import Sentence


@dataclass(slots=True)
class Merged:
    """The rows of a book that are not in the database yet, by sheet, and what they refer to."""

    new: dict[str, list[Row]]
    known: Known
    rows_known: int
    faults: list[Fault]
    half_read: defaultdict[str, set[str]]
    """The units of which some rows could not be read, and of which sheets."""

    def values(self) -> dict[str, list[dict[str, Any]]]:
        """What the new rows say, by sheet."""
        return {sheet: [row.values for row in rows] for sheet, rows in self.new.items()}


def merge(part: Part) -> Merged:
    """Settle the book's rows, compare them with the database, and find every unknown reference and contradiction."""
    faults = list(part.faults)
    known, on_record = _what_is_referred_to(part)
    settled = _settle(part, known, faults)
    settled["linked_services"] = _with_holders(part, known, settled["linked_services"], faults)
    new: dict[str, list[Row]] = {}
    rows_known = 0
    for sheet in SHEETS:
        rows = settled[sheet.name]
        new[sheet.name] = _not_stored(sheet.name, rows, on_record, faults)
        rows_known += len(rows) - len(new[sheet.name])
    faults += _numbers_taken(part, known)
    for rows in new.values():
        for row in rows:
            faults += unknown_references(row, known, part.unreadable)
    faults += _prices_of_other_units(new["prices"], known, _applications_agree(new, known, faults))
    half_read = _units_half_read(part, known)
    _leave_out_what_hangs(new, known, part, half_read)
    return Merged(new, known, rows_known, faults, half_read)


OnRecord = dict[str, dict[str, dict[str, Any]]]
"""The rows of the database that a book names, by sheet and name."""


def _what_is_referred_to(part: Part) -> tuple[Known, OnRecord]:
    """Load, in sets, every row of the database that the book names, and lay the book's own beside them."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for sheet, rows in part.rows.items():
        for row in rows:
            if sheet in ("customers", "units", "linked_services", "contracts", "options"):
                wanted[sheet].add(row.key[0])
            for column, referred in REFERENCES.get(sheet, ()):
                if row.values[column]:
                    wanted[referred].add(row.values[column])
            if sheet in BY_TARGET:
                wanted["options"].add(row.values["target"])
            if sheet in ("contracts", "options"):  # one series of numbers for both
                wanted["options"].add(row.key[0])
                wanted["contracts"].add(row.key[0])
    known = Known()
    on_record: OnRecord = {}
    # Options first: the contracts they are on, and then those contracts' units, are wanted too.
    for sheet, leads_to, column in (
        ("options", "contracts", "contract"),
        ("contracts", "units", "unit"),
        ("units", "customers", "customer"),
        ("customers", "", ""),
        ("linked_services", "", ""),
    ):
        held: dict[str, dict[str, Any]] = getattr(known, sheet)
        name = BY_NAME[sheet].key[0]
        for values in stored_rows(sheet, wanted[sheet]):
            held[values[name]] = values
            if leads_to:
                wanted[leads_to].add(values[column])
        on_record[sheet] = dict(held)
        for row in part.rows[sheet]:
            held.setdefault(row.key[0], row.values)
    return known, on_record


def _settle(part: Part, known: Known, faults: list[Fault]) -> dict[str, list[Row]]:
    settled: dict[str, list[Row]] = {}
    module_of: dict[str, tuple[str, str]] = {}
    option_of: dict[str, str] = {number: values["option"] for number, values in known.options.items()}
    for sheet in SHEETS:
        settled[sheet.name] = []
        if sheet.name == "changes":
            module_of = {
                number: (values["module_type"] or "", values["kind"] or "")
                for number, values in known.contracts.items()
            }
        held = getattr(known, sheet.name, {})
        for row in part.rows[sheet.name]:
            settled_row, found = settle(row, module_of, option_of)
            faults += found
            if found and sheet.name in ("contracts", "linked_services"):
                part.half_read.append(row)
            if held.get(row.key[0]) is row.values:
                held[row.key[0]] = settled_row.values
            # An option is judged with its unit whatever its own fault: the unit does have it.
            if found and sheet.name != "options":
                part.unreadable[sheet.name].add(row.key[0])
            else:
                settled[sheet.name].append(settled_row)
    return settled


def _with_holders(part: Part, known: Known, rows: list[Row], faults: list[Fault]) -> list[Row]:
    """The states of linked services with the holders that are meant; a service whose holder is not told apart is not read."""
    found: list[Row] = []
    for row, meant in zip(rows, holders_meant(rows, known.customers), strict=True):
        if isinstance(meant, Fault):
            faults.append(meant)
            part.unreadable["linked_services"].add(row.key[0])
            part.half_read.append(row)
            continue
        if known.linked_services.get(row.key[0]) is row.values:
            known.linked_services[row.key[0]] = meant.values
        found.append(meant)
    return found


def _units_half_read(part: Part, known: Known) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in part.half_read:
        if row.sheet == "linked_services":
            linking = [c["unit"] for c in known.contracts.values() if c["linked_service"] == row.values["code"]]
        elif row.sheet == "units":
            linking = [row.values["code"]]
        else:
            number = row.values.get("contract") or row.values.get("target") or ""
            linking = [row.values.get("unit") or known.unit_of(number)]
        for unit in linking:
            found[unit or ""].add(row.sheet)
    return found


def _leave_out_what_hangs(
    new: dict[str, list[Row]], known: Known, part: Part, half_read: defaultdict[str, set[str]]
) -> None:
    """Facts of a contract or an option that could not be read: they cannot be judged without it, and are not called missing."""
    unread = part.unreadable["contracts"] | part.unreadable["options"]
    for sheet, column in (("options", "contract"), ("changes", "target"), ("notices", "target")):
        hanging = [row for row in new[sheet] if row.values[column] in unread]
        for row in hanging:
            half_read[known.unit_of(row.values[column]) or ""].add(sheet)
            if sheet == "options":
                unread.add(row.values["number"])
        new[sheet] = [row for row in new[sheet] if row not in hanging]


_NAMES_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(BY_TARGET, ("contracts", "options")),
    **dict.fromkeys(("outages", "breaches"), ("contracts",)),
}
"""Whose rows the first key column of a sheet names; of the other sheets it names their own."""


def _versions(sheet: str, rows: list[Row], on_record: OnRecord) -> Iterator[tuple[dict[str, Any], bool]]:
    """What is on record of the names of the rows, and whether it stands. Of a name that nothing on record has, nothing is asked."""
    named = {row.key[0] for row in rows}
    known = {name for of in _NAMES_OF.get(sheet, (sheet,)) for name in named & on_record[of].keys()}
    if sheet in TAKEN_BACK:
        return stored_versions(sheet, known)
    return former_and_now(sheet, (on_record[sheet][name] for name in sorted(known)))


def _not_stored(sheet: str, rows: list[Row], on_record: OnRecord, faults: list[Fault]) -> list[Row]:
    """The rows that are neither in the database nor earlier in the sheet; the same key with another content is a fault.

    What was taken back, or moved to another key, stands no more: something else may be said in its place (I-50). What says the
    very same is known again.
    """
    seen: dict[Any, tuple[dict[str, Any], int | None]] = {}
    versions: defaultdict[Any, list[dict[str, Any]]] = defaultdict(list)
    for values, stands in _versions(sheet, rows, on_record):
        if stands:
            seen[key_of(sheet, values)] = values, None
        versions[key_of(sheet, values)].append(values)
    new = []
    for row in rows:
        if any(_says_no_other(row.values, version) for version in versions[row.key]):
            continue
        if row.key not in seen:
            seen[row.key] = row.values, row.number
            new.append(row)
            continue
        values, number = seen[row.key]
        where = Sentence("{number}行", number=number) if number else Sentence("登録済みの内容")
        for column in BY_NAME[sheet].columns:
            left_open = column.name == "kana" and row.values[column.name] is None
            if values[column.name] != row.values[column.name] and not left_open:
                message = Sentence(
                    "{label}が{where}と異なります（{stored}）",
                    label=column.label,
                    where=where,
                    stored=_shown(values[column.name]),
                )
                faults.append(Fault(sheet, row.number, column.name, message))
    return new


_MAY_BE_LEFT_OPEN = ("application", "kana")
"""Columns of which nothing is said where their cell is empty: with which application a price was quoted, how a name is read."""


def _says_no_other(values: dict[str, Any], stored: dict[str, Any]) -> bool:
    """Whether a row says nothing else than what is stored: what it leaves open may be anything."""
    left_open = {column: None for column in _MAY_BE_LEFT_OPEN if values.get(column, "") is None}
    return values == stored | left_open


def _shown(value: Any) -> str:
    return Sentence("空") if value in (None, "") else str(value)


def _numbers_taken(part: Part, known: Known) -> list[Fault]:
    own = {row.key[0] for row in part.rows["options"]}
    taken = {number: "options" for number in known.options if number not in own}
    return numbers_taken(part.rows, dict.fromkeys(known.contracts, "contracts") | taken, concluded=False)


def _applications_agree(new: dict[str, list[Row]], known: Known, faults: list[Fault]) -> dict[str, dict[str, Any]]:
    """An application is for one unit and is applied for and accepted on one day; what is known of each, by its number."""
    first: dict[str, dict[str, Any]] = {}
    for values in [*known.contracts.values(), *known.options.values()]:
        unit = known.units.get(values.get("unit") or known.unit_of(values["number"]) or "")
        facts = {
            "accepted_on": values["accepted_on"],
            "applied_on": values["applied_on"],
            "unit": unit and unit["code"],
        }
        first.setdefault(values["application"], facts)
    for sheet in ("contracts", "options", "changes"):
        for row in new[sheet]:
            number = row.values.get("target") or row.values["number"]
            facts = first.setdefault(
                row.values["application"],
                {"accepted_on": row.values["accepted_on"], "unit": known.unit_of(number)},
            )
            for column in ("accepted_on", "applied_on"):
                given: date | None = row.values.get(column)
                if given and facts.setdefault(column, given) not in (None, given):
                    label = BY_NAME[sheet].column(column).label
                    message = Sentence(
                        "{label}が、同じ申込の他の行と異なります（{other}）", label=label, other=facts[column]
                    )
                    faults.append(Fault(sheet, row.number, column, message))
            unit_code = known.unit_of(number)
            if unit_code and facts["unit"] and unit_code != facts["unit"]:
                message = Sentence("申込は一つの管理単位についてのものです（{unit}）", unit=facts["unit"])
                faults.append(Fault(sheet, row.number, "application", message))
    return first


def _prices_of_other_units(prices: list[Row], known: Known, written: dict[str, dict[str, Any]]) -> Iterator[Fault]:
    """The application that a price was quoted with has to be one of its own unit: of this book, or on record as accepted."""
    asked = {row.values["application"] for row in prices if row.values["application"]}
    stored = accepted_units(asked - set(written))
    for row in [row for row in prices if row.values["application"]]:
        number, unit = row.values["application"], known.unit_of(row.values["target"])
        of = written[number]["unit"] if number in written else stored.get(number)
        if of is None:
            label = BY_NAME["prices"].column("application").label
            message = Sentence("{label}「{name}」がありません", label=label, name=number)
            yield Fault("prices", row.number, "application", message)
        elif unit and unit != of:
            message = Sentence("申込は一つの管理単位についてのものです（{unit}）", unit=of)
            yield Fault("prices", row.number, "application", message)
