"""台帳の復元: an exported book into an empty database, as history. Whole or not at all.

Checked for sense — types, choices, days, references, what the database and the derived days demand — and not for what the terms
would refuse today: what is on record was taken in when it was.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from django.db import transaction

from contracts.facts import derive, restored
from contracts.facts.recorded import PEOPLE, Recorded, columns_of
from contracts.intake.book.agreement import Said, differences, said_in, said_on_record
from contracts.intake.book.bounds import ENDLESS, MOST_FAULTS
from contracts.intake.book.headings import ALL_HEADINGS, sheet_called
from contracts.intake.book.people import plain
from contracts.intake.book.read import BROKEN, EndlessError
from contracts.intake.book.record_names import FORMAT, FORMAT_LABEL, is_of_record
from contracts.intake.book.record_read import Format, RecordRow, record_rows
from contracts.intake.book.record_sheets import FORMAT_COLUMNS, sheet_name, table_called
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.book.sources import tables_of
from contracts.intake.book.table import Table, UnreadableError
from contracts.intake.faults import BookError, Fault
from contracts.intake.sentence import Sentence
from contracts.models import FactsRevision
from contracts.models.bulk import ROWS_AT_ONCE, slices

Progress = Callable[[str], None]
Check = Callable[[], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to: rows by the label of their table, and the revision of the facts that stands."""

    rows: dict[str, int]
    revision: int
    dry_run: bool


@transaction.atomic
def restore_book(
    path: Path,
    *,
    tables: Sequence[Recorded],
    checks: Iterable[Check] = (),
    dry_run: bool = False,
    progress: Progress = lambda message: None,
) -> Restored:
    """Take an exported book into an empty database: every row with its number and stamps, and the revision of the facts.

    ``checks`` say what else is wrong with what then stands, a sentence each. It leaves no entry of its own: the history is the one
    that was exported. Raises BookError with every fault; nothing is then written.
    """
    FactsRevision.hold()
    taking = _Taking(tables, progress)
    try:
        taking.must_be_empty()
        taking.read(path)
        derive.store_term_licences()
        taking.check(path, checks)
    except EndlessError:
        pass
    except UnreadableError as error:
        taking.refuse(Fault("", None, "", error.message))
    except BROKEN as error:
        taking.refuse(Fault("", None, "", Sentence("Excelのブックとして読めません（{error}）", error=error)))
    if taking.faults:
        raise BookError(taking.faults, untold=taking.untold)
    revision = taking.format.revision or 0
    restored.go_on_from(revision, tables)
    if dry_run:
        transaction.set_rollback(True)
    return Restored({table.label: count for table, count in taking.counts.items() if count}, revision, dry_run)


@dataclass(slots=True)
class _Taking:
    """A book as it is taken in, sheet after sheet."""

    tables: Sequence[Recorded]
    progress: Progress
    faults: list[Fault] = field(default_factory=list)
    untold: int = 0
    format: Format = field(default_factory=Format)
    counts: dict[Recorded, int] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)
    """What the book's ordinary sheets say."""

    def refuse(self, fault: Fault) -> None:
        """Take in a fault; beyond those that are told they are counted."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.untold += 1
        if len(self.faults) + self.untold > ENDLESS:
            raise EndlessError

    def must_be_empty(self) -> None:
        """Refuse a database that has a row already. Raises BookError."""
        there = "、".join(f"{table.label} {count:,}" for table, count in restored.holding(self.tables).items())
        if there:
            message = Sentence("空のデータベースにだけ復元できます（{there}）", there=there)
            raise BookError([Fault("", None, "", message)])

    def read(self, path: Path) -> None:
        """Every sheet of the book; those of the record are written as they are read."""
        for table in tables_of(path, self._known(), timed=False):
            try:
                self._read_sheet(table)
            except UnreadableError as error:
                self.refuse(Fault(table.name, None, "", error.message))
        if not self.format.version and not self.faults:
            self.refuse(Fault("", None, "", "版のシートがありません。export_bookで書き出した台帳ではありません"))

    def _known(self) -> frozenset[str]:
        columns = chain.from_iterable(columns_of(table, self.tables) for table in self.tables)
        named = {plain(name) for column in columns for name in (column.name, column.label)}
        return ALL_HEADINGS | named | {*FORMAT_COLUMNS, *FORMAT_COLUMNS.values()}

    def _read_sheet(self, table: Table) -> None:
        if plain(table.name) in (FORMAT, FORMAT_LABEL):
            self.format.read(table, self.refuse)
            return
        of = table_called(table.name, self.tables)
        if of is not None:
            self._restore(table, of)
            return
        sheet, _exactly = sheet_called(table.name)
        if sheet is None:
            self.refuse(Fault(table.name, None, "", "知らないシートです"))
            return
        said = said_in(sheet, table)
        if said is None:
            self.refuse(Fault(sheet.name, 1, "", "見出しが書き出した時のものではありません"))
        else:
            self.said[sheet.name] = said

    def _restore(self, table: Table, of: Recorded) -> None:
        """A sheet of the record, in sets. Once something is wrong, later sheets are only read: they would lack what is missing."""
        written = [self.tables.index(one) for one in self.counts]
        if written and self.tables.index(of) < max(written):
            self.refuse(Fault(table.name, None, "", "シートの順が書き出した時と違います"))
        self.progress(f"{sheet_name(of, english=False)}を復元中")
        sound = not self.faults
        self.counts.setdefault(of, 0)
        for some in slices(record_rows(table, of, self.tables, self.refuse), ROWS_AT_ONCE):
            self.counts[of] += len(some)
            if sound:
                self._write(table.name, of, some)

    def _write(self, sheet: str, of: Recorded, rows: list[RecordRow]) -> None:
        if of is PEOPLE:
            restored.add_people([row.values for row in rows])
            return

        def unknown(place: int, label: str, name: str) -> None:
            message = Sentence("{label}「{name}」がありません", label=label, name=name)
            self.refuse(Fault(sheet, rows[place].number, label, message))

        def refused(place: int, rule: str) -> None:
            message = Sentence("他の行と合わないか、記録として成り立ちません（{rule}）", rule=rule)
            self.refuse(Fault(sheet, rows[place].number, "", message))

        found = restored.resolved(of, self.tables, [row.values for row in rows], unknown)
        restored.insert(of, self.tables, found, refused)

    def check(self, path: Path, checks: Iterable[Check]) -> None:
        """Whether what was read is whole, and makes sense together; each only where what was asked before is sound."""
        if self.faults:
            return
        self._count_rows()
        for of in self.tables:
            for number, why in restored.senseless(of, self.format.revision or 0):
                message = Sentence("記録番号{number}：{why}", number=number, why=why)
                self.refuse(Fault(sheet_name(of, english=False), None, "", message))
        if self.faults:
            return
        self.progress("記録どうしを照合中")
        for sentence in chain.from_iterable(check() for check in checks):
            self.refuse(Fault("", None, "", sentence))
        if not self.faults:
            self._compare(path)

    def _compare(self, path: Path) -> None:
        """What the ordinary sheets say is what is on record."""
        unlike = {name for name, said in self.said.items() if said != said_on_record(BY_NAME[name])}
        if not unlike:
            return
        for table in tables_of(path, self._known(), timed=False):
            sheet = None if is_of_record(table.name) else sheet_called(table.name)[0]
            if sheet is not None and sheet.name in unlike:
                for fault in differences(sheet, table):
                    self.refuse(fault)

    def _count_rows(self) -> None:
        """Every sheet has the rows that 版 says."""
        if self.format.revision is None:
            self.refuse(Fault(FORMAT_LABEL, None, "", "事実の版がありません"))
        for table in self.tables:
            names = {plain(sheet_name(table, english=english)) for english in (True, False)}
            told = next((count for name, count in (self.format.rows or {}).items() if name in names), None)
            count = self.counts.get(table, 0)
            if told is not None and told != count:
                message = Sentence("{told:,}行のはずですが{count:,}行です", told=told, count=count)
                self.refuse(Fault(sheet_name(table, english=False), None, "", message))
