"""The list of one sheet that people keep: one row a contract or option, with customer, place, fees. Its columns are mapped to the book's.

What the columns are called is data (``people.toml``). What a list does not say, whoever hands it over may say for all its rows.
What neither says is not made up: it is a fault, or refused by the terms.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.intake.book import cells
from contracts.intake.book.cells import CellError, Parser
from contracts.intake.book.flat_rows import Facts, rows_of
from contracts.intake.book.headings import bare, is_added
from contracts.intake.book.listed import FIELDS, NAMES, NEEDED, PASSED_OVER, Reading
from contracts.intake.book.notes import NOTHING, Notes, shown
from contracts.intake.book.people import SUMS, is_error, plain, stands_for_nothing, word
from contracts.intake.book.row import Row
from contracts.intake.book.rows import REMARKS, is_number
from contracts.intake.book.sheets import Sheet
from contracts.intake.book.table import Line, Table, Unread, address
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

HEADINGS = frozenset(FIELDS)
"""What the columns of such a list are called, folded."""

_PARSERS: dict[str, Parser] = {
    **dict.fromkeys(("number", "customer_code", "unit_code", "contract", "application", "linked_service"), cells.code),
    **dict.fromkeys(("customer", "unit", "service"), cells.text),
    **dict.fromkeys(("kind", "item"), cells.name),
    **dict.fromkeys(("retention_years", "quantity"), cells.count),
    **dict.fromkeys(("initial_yen", "monthly_yen"), cells.whole),
    "holder": cells.holder,
    "licence_type": cells.licence_type,
    "product": cells.product,
}
"""How each of its columns is read; the others are days."""


def is_list(heading: Line, sheet: Sheet | None, reading: Reading) -> bool:
    """Whether the headings are those of such a list, and not of the sheet that its name may be."""
    found = {reading.field_of(cell) for cell in heading[1].values()}
    if sheet is not None:
        written = {bare(cell) for cell in heading[1].values() if isinstance(cell, str) and len(cell) <= 64}
        missing = [c.name for c in sheet.columns if c.required and not written & {word(c.name), word(c.label)}]
        # A customer's name stands in no sheet of contracts; one column that is missing may be a slip, but not what it is of.
        if len(missing) <= 1 and "category" not in missing:
            return False
    return found >= NEEDED


@dataclass(slots=True)
class _List:
    """The list that is being read: which field stands where, and what is said for all its rows."""

    name: str
    fields: dict[int, str]
    labels: dict[str, str]
    """The heading of each field, as the list has it."""
    passed_over: set[int]
    faults: list[Fault] = field(default_factory=list)


def read_list(
    table: Table,
    heading: Line,
    below: Iterable[Line],
    add: Callable[[Row, list[Fault]], None],
    notes: Notes,
    reading: Reading,
) -> list[Fault]:
    """Read a list into rows of the book, handed to ``add``; the faults of its headings, for which no row is read."""
    known = _headings(table.name, heading, notes, reading)
    wrongly = list(said_wrongly(reading.said))
    if known.faults or wrongly:
        return known.faults + wrongly
    said = {FIELDS[bare(name)]: value for name, value in reading.said.items() if bare(name) in FIELDS}
    facts = Facts(known.name, known.labels, said)
    for number, line in below:
        ours = {at: cell for at, cell in line.items() if at in known.fields}
        if not ours or _is_no_row(ours):
            continue
        values, faults = _read_line(known, number, ours, notes)
        facts.take(number, values, faults)
    for row, found in rows_of(facts, notes):
        add(row, found)
    return []


def _headings(name: str, heading: Line, notes: Notes, reading: Reading) -> _List:
    row, line = heading
    found = _List(name, {}, {}, set())
    passed_over = []
    for at, cell in sorted(line.items()):
        meant = reading.field_of(cell)
        if meant and meant not in found.labels:
            found.fields[at], found.labels[meant] = meant, shown(cell)
        elif meant == PASSED_OVER or (meant is None and is_added(bare(cell))):
            found.passed_over.add(at)
            passed_over.append(shown(cell))
        else:
            text = "知らない列です（{cell}）" if meant is None else "同じ意味の列が二つあります（{cell}）"
            found.faults.append(Fault(name, row, shown(cell), Sentence(text, cell=address(row, at))))
    mapped = "、".join(f"{label}→{NAMES[meant][0]}" for meant, label in found.labels.items())
    notes.tell(name, "", Sentence("一枚の一覧として、列を読み替えました（{mapped}）", mapped=mapped))
    if reading.by:
        text = "同じ見出しの一覧を前に取り込んだとき（{by}）の、列の読み方と述べた値を使いました"
        notes.tell(name, "", Sentence(text, by=reading.by))
    if passed_over:
        notes.tell(name, "", Sentence("読まない列です（{listed}）", listed="、".join(passed_over[:20])))
    return found


def _is_no_row(ours: Mapping[int, Any]) -> bool:
    texts = [cell for cell in ours.values() if isinstance(cell, str) and not isinstance(cell, Unread)]
    if any(len(text) < 32 and plain(text) in SUMS for text in texts):
        return sum(not is_number(text) for text in texts) == 1
    return len(ours) == 1 and bool(texts) and plain(texts[0][:32]).startswith(REMARKS)


def _read_line(known: _List, number: int, ours: Mapping[int, Any], notes: Notes) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = {}
    faults = []
    for at, raw in sorted(ours.items()):
        meant = known.fields[at]
        label = known.labels[meant]
        if isinstance(raw, Unread) or is_error(raw):
            text = "{cell}のセルがエラーです（{error}）" if raw else "{cell}の数式に計算結果がありません"
            faults.append(Fault(known.name, number, label, Sentence(text, cell=address(number, at), error=str(raw))))
            continue
        if meant not in NEEDED and stands_for_nothing(raw):
            notes.read(known.name, label, NOTHING, raw)
            continue
        parse = _PARSERS.get(meant) or cells.day
        try:
            values[meant] = parse(raw)
        except CellError as error:
            faults.append(Fault(known.name, number, label, error.args[0], error.clause))
            continue
        written = cells.manner(parse, raw)
        if written:
            notes.read(known.name, label, written, raw)
    return values, faults


def said_wrongly(said: Mapping[str, str]) -> Iterator[Fault]:
    """What is said for all rows and cannot be read as the day that it has to be."""
    for name, raw in said.items():
        at = FIELDS.get(bare(name))
        if at is None:
            yield Fault("", None, "", Sentence("一覧にない列です（{heading}）", heading=name))
        elif FIELDS.get(bare(raw)) is None:
            try:
                (cells.day if at.endswith("_on") else cells.text)(raw)
            except CellError as error:
                yield Fault("", None, name, error.args[0])
