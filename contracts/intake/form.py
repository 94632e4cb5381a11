"""The lines of an application form: what each asks for, and the rows of the book that say the same.

A line is a dict of what was typed, by field; it is kept so. Rows are made of it, read by the book's own cells and settled
by the book's own rules, so that a form and a book mean the same and are refused in the same words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.intake.book.cells import CellError
from contracts.intake.book.read import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.book.written import code
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.days import iso
from contracts.terms.unit import LinkedState, What, linked_on

Line = Mapping[str, str]

MOST_LINES = 200
"""Lines of one application: as many as are judged while somebody waits, and no more than can be read through before they are accepted."""


class Verb(StrEnum):
    """申込の種類: what a line asks for."""

    CONTRACT = "contract"
    OPTION = "option"
    CATEGORY = "category"
    ITEM = "item"
    RETENTION_YEARS = "retention_years"
    QUANTITY = "quantity"
    PRICE = "price"


CONCLUDED = frozenset({Verb.CONTRACT, Verb.OPTION})
CHANGES = {
    Verb.CATEGORY: What.CATEGORY,
    Verb.ITEM: What.ITEM,
    Verb.RETENTION_YEARS: What.RETENTION_YEARS,
    Verb.QUANTITY: What.QUANTITY,
}
TO = {
    Verb.CATEGORY: "to_category",
    Verb.ITEM: "to_item",
    Verb.RETENTION_YEARS: "to_years",
    Verb.QUANTITY: "to_quantity",
}
_CONSENT = ("premium_consent_on", "consent_given_by", "consent_document")
_CHANGE_FEES = ("effective_on", "one_time_yen", "monthly_yen", "quotation")
_REPRICED = ("effective_on", "one_time_yen", "monthly_yen", "keep_price", "quotation")
FIELDS: dict[Verb, tuple[str, ...]] = {
    Verb.CONTRACT: (
        *("category", "module_type", "kind", "item", "linked_service", "billing_starts_on", "ready_on", *_CONSENT),
        *("initial_yen", "monthly_yen", "quotation", "number"),
    ),
    Verb.OPTION: (
        *("contract", "option", "licence_type", "product", "retention_years", "quantity", "billing_starts_on"),
        *("initial_yen", "monthly_yen", "quotation", "number"),
    ),
    Verb.CATEGORY: ("target", "to_category", *_CONSENT, *_REPRICED),
    Verb.ITEM: ("target", "to_item", *_REPRICED),
    Verb.RETENTION_YEARS: ("target", "to_years", *_REPRICED),
    Verb.QUANTITY: ("target", "to_quantity", *_CHANGE_FEES),
    Verb.PRICE: ("target", "fee", "amount_yen", "from_on", "quotation"),
}
"""The fields of a line by what it asks for, in the order in which they are filled in."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What all rows of one application share."""

    number: str
    unit: str
    applied_on: date
    accepted_on: date


@dataclass(slots=True)
class Origin:
    """Where a row comes from: the line's key, and the form's field behind each column."""

    line: str
    fields: Mapping[str, str]


@dataclass(slots=True)
class Rows:
    """The rows that lines come to, by sheet; the faults of cells; and which line each row (by its number) comes from."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in BY_NAME})
    faults: list[Fault] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)

    def add(self, sheet: str, raw: Mapping[str, Any], origin: Origin) -> None:
        """Read a row's cells. One with a fault stays out; what of it could be read is not looked at further."""
        number = len(self.origins) + 1
        self.origins[number] = origin
        values: dict[str, Any] = {}
        faults = []
        for column in BY_NAME[sheet].columns:
            written = _as_named(column.name, raw.get(column.name))
            values[column.name] = None
            if written in (None, ""):
                if column.required:
                    faults.append(
                        Fault(sheet, number, column.name, Sentence("「{label}」が必要です", label=column.label))
                    )
                continue
            try:
                values[column.name] = column.parse(written)
            except CellError as error:
                faults.append(
                    Fault(
                        sheet,
                        number,
                        column.name,
                        Sentence("{label}：{what}", label=column.label, what=error.args[0]),
                        error.clause,
                    )
                )
        self.faults += faults
        if not faults:
            self.rows[sheet].append(Row(sheet, number, values))


_NAMES: dict[str, Mapping[Any, str]] = {
    "category": catalog.CATEGORY_NAMES,
    "to": catalog.CATEGORY_NAMES,
    "module_type": catalog.MODULE_TYPE_NAMES,
    "service": catalog.SERVICE_NAMES,
    "option": catalog.OPTION_NAMES,
    "licence_type": catalog.LICENCE_NAMES,
    "product": catalog.PRODUCT_NAMES,
}


def _as_named(column: str, written: Any) -> Any:
    """A form chooses by code; the book has the terms' names."""
    return _NAMES.get(column, {}).get(written, written)


def named(lines: Sequence[Line]) -> Iterator[tuple[str, Verb, Line]]:
    """The lines that ask for something, each with its key and what it asks for."""
    for line in lines:
        if line.get("verb") in set(Verb):
            yield line.get("key", ""), Verb(line["verb"]), line


def number_of(line: Line) -> str:
    """The number of what a line concludes: as typed, folded as codes are, else the line's key until acceptance gives one out."""
    return code(line.get("number", ""))[0] or line.get("key", "")


def by_number(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The lines with the number of everything that they conclude; what names another line by its key names its number."""
    concluded = {key: number_of(line) for key, verb, line in named(lines) if verb in CONCLUDED}
    found = []
    for line in lines:
        row = dict(line)
        if row.get("verb") in CONCLUDED:
            row["number"] = number_of(line)
        for name in ("contract", "target"):
            if row.get(name):
                row[name] = concluded.get(row[name].strip(), code(row[name])[0])
        found.append(row)
    return found


def rows_of(lines: Sequence[Line], filed: Filed, linked: Mapping[str, Iterable[LinkedState]], items: "Items") -> Rows:
    """The rows of the book that say what the lines ask for.

    ``linked`` has the states of the linked services, ``items`` the linked service of every module contract of the unit:
    where a module's item changes, its linked service's does, on the same day (9-1(2), I-32).
    """
    found = Rows()
    for key, verb, line in named(lines):
        if verb is Verb.CONTRACT:
            _contract(found, key, line, filed)
        elif verb is Verb.OPTION:
            _option(found, key, line, filed)
        elif verb is Verb.PRICE:
            prices = {"target": line.get("target"), **_given(line, "fee", "amount_yen", "from_on")}
            quoted = {"note": line.get("quotation"), "application": filed.number}
            found.add("prices", {**prices, **quoted}, Origin(key, {"note": "quotation"}))
        else:
            _change(found, key, verb, line, filed)
            if verb is Verb.ITEM:
                _linked_item(found, key, line, linked, items)
    return found


Items = Mapping[str, str]
"""The code of the linked service by the number of the module contract that links it."""


def _given(line: Line, *names: str) -> dict[str, str | None]:
    return {name: line.get(name) for name in names}


def _of_application(filed: Filed) -> dict[str, Any]:
    return {"application": filed.number, "applied_on": filed.applied_on, "accepted_on": filed.accepted_on}


def _contract(found: Rows, key: str, line: Line, filed: Filed) -> None:
    is_module = line.get("category") == "module"
    what = _given(line, "category", "billing_starts_on")
    if is_module:
        what |= _given(line, "module_type", "kind", "item", "linked_service", "ready_on")
    else:
        what |= _given(line, "premium_consent_on")
    raw = {"number": number_of(line), "unit": filed.unit, **what, **_of_application(filed)}
    found.add("contracts", raw, Origin(key, {}))
    _first_prices(found, key, line, filed)


def _option(found: Rows, key: str, line: Line, filed: Filed) -> None:
    what = _given(line, "contract", "option", "billing_starts_on")
    if line.get("option") == "edr_licence":
        what |= _given(line, "licence_type", "product", "quantity")
    if line.get("option") == "log_retention":
        what |= _given(line, "retention_years")
    found.add("options", {"number": number_of(line), **what, **_of_application(filed)}, Origin(key, {}))
    _first_prices(found, key, line, filed)


def _first_prices(found: Rows, key: str, line: Line, filed: Filed) -> None:
    """初期費用 and 月額費用 of what is concluded; the monthly price stands from its 課金開始日 on (第13条)."""
    for fee, name in (("initial", "initial_yen"), ("monthly", "monthly_yen")):
        if line.get(name):
            from_on = None if fee == "initial" else line.get("billing_starts_on") or iso(filed.accepted_on)
            _price(found, key, line, filed, number_of(line), fee, name, from_on)


def _change(found: Rows, key: str, verb: Verb, line: Line, filed: Filed) -> None:
    raw = {
        "target": line.get("target"),
        "what": CHANGES[verb].value,
        "to": line.get(TO[verb]),
        "application": filed.number,
        "accepted_on": filed.accepted_on,
        "effective_on": line.get("effective_on"),
        "keep_price": line.get("keep_price"),
    }
    found.add("changes", raw, Origin(key, {"to": TO[verb]}))
    target = line.get("target") or ""
    if line.get("one_time_yen"):
        # The one-time fee falls due on the acceptance of the change (第13条, 別紙2).
        _price(found, key, line, filed, target, "one_time", "one_time_yen", iso(filed.accepted_on))
    if line.get("monthly_yen") and line.get("effective_on"):
        _price(found, key, line, filed, target, "monthly", "monthly_yen", line.get("effective_on"))


def _price(
    found: Rows, key: str, line: Line, filed: Filed, target: str, fee: str, field_name: str, from_on: str | None
) -> None:
    raw = {"target": target, "fee": fee, "amount_yen": line.get(field_name), "from_on": from_on}
    quoted = {"note": line.get("quotation"), "application": filed.number}
    fields = {"amount_yen": field_name, "note": "quotation", "from_on": "effective_on"}
    found.add("prices", {**raw, **quoted}, Origin(key, fields))


def _linked_item(
    found: Rows, key: str, line: Line, linked: Mapping[str, Iterable[LinkedState]], items: "Items"
) -> None:
    """The state in which the linked service has the new item, from the day of the change on; none where it has one already."""
    states = list(linked.get(items.get(line.get("target") or "", ""), ()))
    try:
        day = BY_NAME["changes"].column("effective_on").parse(line.get("effective_on") or "")
    except CellError:
        return
    state = linked_on(states, day)
    if state is None or not line.get("to_item") or any(other.from_on == day for other in states):
        return
    raw = {
        **{name: getattr(state, name) for name in ("code", "service", "kind", "holder", "ends_on")},
        "item": line.get("to_item"),
        "from_on": day,
    }
    found.add("linked_services", raw, Origin(key, {"from_on": "effective_on", "item": "to_item"}))
