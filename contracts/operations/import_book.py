"""台帳の取込: a book taken in whole or not at all."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from contracts import models
from contracts.facts.history import record_all
from contracts.facts.save import FactsWriter
from contracts.facts.writing import Writing
from contracts.intake.book.bounds import MOST_FAULTS
from contracts.intake.book.listed import Asked
from contracts.intake.book.merge import Merged, merge
from contracts.intake.book.parts import Part, parts_of
from contracts.intake.book.read import Book, Row, read_book
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.book.sources import files_of
from contracts.intake.book.table import UnreadableError
from contracts.intake.book.twins import Twins
from contracts.intake.faults import BookError, Fault, Note
from contracts.intake.sentence import Sentence
from contracts.judge.book import end_with_abolition, judged, kept_silently, resulting_units
from contracts.models.bulk import ids_of, slices
from contracts.models.written_once import ByNames
from contracts.operations.listed_before import remember
from contracts.operations.worklist import refresh_worklist
from contracts.terms.unit import Unit

Progress = Callable[[str], None]
Warns = Callable[[Mapping[str, Row]], list[Fault]]
Read = Callable[[Path, Asked], Book]


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a book in came to: rows added by sheet, rows that were there already, warnings (I-09), and what was read
    otherwise than it is written."""

    added: dict[str, int]
    known: int
    warnings: list[Fault]
    dry_run: bool
    notes: list[Note]


@transaction.atomic
def import_book(
    path: Path,
    *,
    by: str,
    on: date,
    dry_run: bool = False,
    asked: Asked | None = None,
    progress: Progress = lambda message: None,
    warns: Warns | None = None,
    read: Read = read_book,
) -> Taken:
    """Take a book in; with ``dry_run`` only say what would happen. ``asked`` is what is said of a list of one sheet.

    ``warns`` says what else there is to know once the facts stand, of the rows by the numbers of their targets. Raises
    BookError with every fault of the book; nothing is then written. What a notice breaks only warns (I-09). ``read`` reads the
    book where it is not to be read in this process. How a list was read is remembered once it is taken in.
    """
    progress("読み込み中")
    sha256 = _sha256(path)
    known = models.BookImport.objects.filter(sha256=sha256).first()
    if known is not None:
        # The same book to the byte: what people have recorded since is not held against it.
        return Taken({}, known.rows_added + known.rows_known, [], dry_run, [])
    book = read(path, asked or Asked())
    if not book.comparable:
        raise BookError(book.faults, book.notes, untold=book.untold)
    writing = Writing.begin(by=by, on=on)
    taking = _Taking(path.name, writing, progress, warns, dry_run=dry_run)
    for part in parts_of(book):
        done = sum(taking.added.values()) + taking.known
        progress(f"{len(part):,}行を照合中" + (f"（{book.count():,}行のうち{done:,}行は済み）" if done else ""))
        taking.take(part)
    taken = taking.taken(book.notes)
    if not taken.added or dry_run:
        transaction.set_rollback(True)
        return taken
    models.BookImport.objects.create(
        name=path.name,
        sha256=sha256,
        imported_by=by,
        rows_added=sum(taken.added.values()),
        rows_known=taken.known,
        warnings=[str(warning) for warning in taken.warnings],
    )
    if book.listed is not None and book.listed.is_list:
        remember(book.listed, by=by, on=on)
    return taken


class _Taking:
    """A book on its way in, part by part: what was found, and what it comes to so far."""

    def __init__(self, book: str, writing: Writing, progress: Progress, warns: Warns | None, *, dry_run: bool) -> None:
        self.added: Counter[str] = Counter()
        self.known = 0
        self._book, self._writing, self._progress = book, writing, progress
        self._warns, self._dry_run = warns, dry_run
        self._faults: list[Fault] = []
        self._untold = 0
        self._warnings: list[Fault] = []
        self._warnings_once_written: list[Fault] = []
        self._twins = Twins()

    def take(self, part: Part) -> None:
        """Judge a part, and write it where the book may still come in. Customers are written in any case: who names them is judged."""
        merged = merge(part)
        units, ended = end_with_abolition(resulting_units(merged), merged)
        self._progress(f"{len(units):,}管理単位の利用資格を判定中")
        faults, warnings = judged(units.values(), merged)
        self._refuse(_once_each(merged.faults + list(_unlike_stored_applications(merged)) + faults))
        self.added.update({sheet: len(rows) for sheet, rows in merged.new.items() if rows})
        self.known += merged.rows_known
        if not self._faults:
            self._warnings += [*warnings, *ended, *kept_silently(units.values(), merged)]
            self._twins.add(merged)
        needed = not self._faults and not (self._dry_run and self._warns is None)
        if any(merged.new.values()) and (needed or part.ahead):
            self._write(merged, units)

    def taken(self, notes: list[Note]) -> Taken:
        """What taking the book in came to. Raises BookError with every fault."""
        if self._faults:
            transaction.set_rollback(True)
            raise BookError(self._faults, notes, untold=self._untold)
        warnings = [*self._warnings, *self._twins.warnings(), *self._warnings_once_written]
        # Parts bring sheets in any order.
        added = {sheet: self.added[sheet] for sheet in BY_NAME if self.added[sheet]}
        return Taken(added, self.known, warnings, self._dry_run, notes)

    def _refuse(self, faults: list[Fault]) -> None:
        room = MOST_FAULTS - len(self._faults)
        self._faults += faults[:room]
        self._untold += len(faults[room:])

    def _write(self, merged: Merged, units: dict[str, Unit]) -> None:
        self._progress(f"{sum(map(len, merged.new.values())):,}行を登録中")
        written = FactsWriter(merged.values(), units, self._writing, unit_of=merged.known.unit_of).write()
        if self._warns is not None:
            self._warnings_once_written += self._warns(_rows_by_target(merged))
        if self._dry_run:
            return
        # Of a unit of which prices or incidents alone are brought nothing was asked so far.
        unit_ids = written | ids_of(models.ManagementUnit, "code", merged.known.units.keys() - written.keys())
        record_all(_entries(merged, unit_ids, by=self._writing.by, book=self._book))
        self._progress("作業一覧を更新中")
        refresh_worklist(sorted(unit_ids[code] for code in {*units, *_priced(merged)}))


def _rows_by_target(merged: Merged) -> dict[str, Row]:
    """The row that brings each target or something of it: what concludes it before what prices or changes it."""
    found: dict[str, Row] = {}
    for sheet in ("contracts", "options", "prices", "changes", "notices", "outages", "breaches"):
        for row in merged.new[sheet]:
            found.setdefault(row.values.get("number") or row.values.get("target") or row.values["contract"], row)
    return found


def _priced(merged: Merged) -> Iterator[str]:
    """The units of which the book brings prices or incidents: what waits for them is done."""
    for sheet in ("prices", "outages", "breaches"):
        for row in merged.new[sheet]:
            unit = merged.known.unit_of(row.values.get("target") or row.values["contract"])
            if unit:
                yield unit


def _unlike_stored_applications(merged: Merged) -> Iterator[Fault]:
    """An application on record has its unit and its day of acceptance; what is not accepted here, no book accepts."""
    rows = [row for sheet in ("contracts", "options", "changes") for row in merged.new[sheet]]
    stored: dict[str, tuple[str, str, date | None]] = {}
    for some in slices(sorted({row.values["application"] for row in rows})):
        stored |= {number: (state, unit, accepted_on) for number, state, unit, accepted_on in _APPLICATIONS(some)}
    for row in [row for row in rows if row.values["application"] in stored]:
        state, unit, accepted_on = stored[row.values["application"]]
        if state != "accepted":
            yield Fault(row.sheet, row.number, "application", "この申込は承諾されていません", "10-1")
            continue
        if unit != merged.known.unit_of(row.values.get("target") or row.values["number"]):
            message = Sentence("申込は一つの管理単位についてのものです（{unit}）", unit=unit)
            yield Fault(row.sheet, row.number, "application", message)
        if accepted_on != row.values["accepted_on"]:
            label = BY_NAME[row.sheet].column("accepted_on").label
            message = Sentence("{label}が、同じ申込の他の行と異なります（{other}）", label=label, other=accepted_on)
            yield Fault(row.sheet, row.number, "accepted_on", message)


_APPLICATIONS = ByNames(
    lambda: models.Application.objects.values_list("number", "state", "unit__code", "accepted_on"), "number"
)


def _once_each(faults: list[Fault]) -> list[Fault]:
    """Every fault once; what a row says by itself is not said again by the unit's judgement of the same cell and clause."""
    seen: set[tuple[Any, ...]] = set()
    kept = []
    for fault in faults:
        place = (fault.sheet, fault.row, fault.column, fault.clause or fault.message)
        if fault.row is None or place not in seen:
            kept.append(fault)
        seen.add(place)
    return kept


def _sha256(path: Path) -> str:
    """What tells the book from any other, by the bytes of its files."""
    digest = hashlib.sha256()
    try:
        for file in files_of(path):
            with file.open("rb") as opened:
                while chunk := opened.read(1 << 20):
                    digest.update(chunk)
    except UnreadableError as error:
        raise BookError([Fault("", None, "", error.message)]) from None
    except OSError as error:
        raise BookError([Fault("", None, "", Sentence("開けません（{error}）", error=error))]) from None
    return digest.hexdigest()


_RECORDS = {
    "customers": "customer",
    "units": "unit",
    "linked_services": "linked_service",
    "contracts": "contract",
    "options": "option",
    "changes": "change",
    "prices": "price",
    "notices": "notice",
    "outages": "outage",
    "breaches": "breach",
}


def _entries(merged: Merged, unit_ids: Mapping[str, int], *, by: str, book: str) -> Iterator[models.Entry]:
    """One entry of the history for every new row."""
    for sheet, record in _RECORDS.items():
        for row in merged.new[sheet]:
            values = row.values
            subject: Any = values.get("number") or values.get("target") or values.get("code") or values.get("contract")
            unit = subject if sheet == "units" else merged.known.unit_of(str(subject))
            yield models.Entry(
                actor=by,
                operation="import",
                record=record,
                subject=subject,
                unit_id=unit_ids.get(unit or ""),
                reason=book,
                after=values,
            )
