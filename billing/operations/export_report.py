"""帳票の書出し: a report made into a file, whole before any of it leaves, and the record of it."""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext, override

from billing.formats.columns import JAPANESE
from billing.formats.csv_copy import can_copy, copy_csv
from billing.formats.csv_file import UTF_8, UnwritableError, write_csv
from billing.formats.spooled import KEPT_IN_MEMORY, size_and_digest
from billing.formats.xlsx_file import write_xlsx
from billing.models import ExportRecord
from billing.operations.kept_sums import sums_of
from billing.reports import Report, report_named
from billing.reports.filters import asked as asked_by
from billing.reports.filters import filters_of
from billing.reports.ranges import rows_of
from billing.reports.report import Queried, ReportAsked, Row, Sums
from contracts.facts import history
from contracts.models import FactsRevision
from contracts.operations.refusal import Refused

CSV, XLSX = "csv", "xlsx"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kind of file: csv or xlsx, its encoding ('' for xlsx), its headings (ja, or en: codes for machines)."""

    format: str
    encoding: str = UTF_8
    headings: str = JAPANESE

    def __post_init__(self) -> None:
        if self.format == XLSX:
            object.__setattr__(self, "encoding", "")


@dataclass(frozen=True, slots=True)
class Exported:
    """The file, from its beginning, its name, and the record of it."""

    file: BinaryIO
    name: str
    record: ExportRecord


def export_report(
    report: Report, given: Mapping[str, str], wanted: Wanted, *, by: AbstractBaseUser | str, again_of: Any = None
) -> Exported:
    """Make the file of a report under the filters' values and record it.

    Raises Refused where a filter's value is none, or where a character does not fit the encoding: then nothing is
    delivered and nothing recorded.
    """
    filters = filters_of(report, given)
    asked = asked_by(filters)
    if asked is None:
        field, errors = next(iter(filters.form.errors.items()))
        raise Refused(f"{filters.form.fields[field].label}：{errors[0]}", field=field)
    # What was asked for belongs to the firm, not to the screen: files are Japanese whatever the language of the screen.
    with override("ja"):
        made = _written(report, asked, wanted)
        until = f"_{asked.until:%Y-%m}" if asked.until else ""
        name = f"{report.title}_{asked.month:%Y-%m}{until}.{wanted.format}"
    record = _record(report, asked, wanted, filters.data, made, by=by, again_of=again_of)
    made[0].seek(0)
    return Exported(made[0], name, record)


def export_again(record: ExportRecord, *, by: AbstractBaseUser | str) -> Exported:
    """Make a recorded export again and record that too: the hashes say whether it came out the same."""
    original = record.again_of or record
    wanted = Wanted(original.format, original.encoding, original.headings)
    given = {**original.filters, "month": f"{original.month:%Y-%m}"}
    return export_report(report_named(original.report), given, wanted, by=by, again_of=original)


def _written(report: Report, asked: ReportAsked, wanted: Wanted) -> tuple[BinaryIO, Sums]:
    rows = rows_of(report, asked)
    file: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (whoever takes the file closes it)
    # The sums are asked for apart: of lines that cannot change meanwhile.
    if wanted.format == CSV and wanted.encoding == UTF_8 and asked.closed and can_copy(rows):
        assert isinstance(rows, Queried)
        copy_csv(file, report, rows, language=wanted.headings)
        return file, sums_of(report, asked) or rows.sums(report.totalled)
    counted = _Counted(report)
    # On PostgreSQL in a transaction, so that the rows are handed out a few at a time; SQLite would keep every writer out.
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        _write(file, report, counted.through(rows.stream()), asked, wanted)
    return file, Sums(counted.count, counted.totals)


class _Counted:
    """Rows counted and summed on their way into the file."""

    def __init__(self, report: Report) -> None:
        self.count, self.totals = 0, dict.fromkeys(report.totalled, 0)

    def through(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows as they are."""
        for row in rows:
            self.count += 1
            for position in self.totals:
                self.totals[position] += row[position] or 0
            yield row


def _write(file: BinaryIO, report: Report, rows: Iterator[Row], asked: ReportAsked, wanted: Wanted) -> None:
    if wanted.format == XLSX:
        write_xlsx(file, report, rows, language=wanted.headings, month=asked.month, until=asked.until)
        return
    try:
        write_csv(file, report, rows, language=wanted.headings, encoding=wanted.encoding)
    except UnwritableError as fault:
        message = gettext(
            "%(row)s行目の「%(column)s」の文字「%(character)s」（%(code)s）は、Shift_JISでは書き出せません。UTF-8で書き出してください。"
        )
        shown = {"row": fault.row, "column": fault.column, "character": fault.character}
        raise Refused(message % {**shown, "code": f"U+{ord(fault.character):04X}"}, field="encoding") from None


@transaction.atomic
def _record(
    report: Report,
    asked: ReportAsked,
    wanted: Wanted,
    filters: Mapping[str, str],
    made: tuple[BinaryIO, Sums],
    **who: Any,
) -> ExportRecord:
    file, sums = made
    size, digest = size_and_digest(file)
    row = ExportRecord.objects.create(
        report=report.name,
        month=asked.month,
        filters={name: value for name, value in filters.items() if name != "month"},
        format=wanted.format,
        encoding=wanted.encoding,
        headings=wanted.headings,
        exported_by=str(who["by"]),
        row_count=sums.count,
        total_yen=None if report.amount_at is None else sums.totals[report.amount_at],
        size=size,
        sha256=digest,
        facts_revision=FactsRevision.current(),
        closed=asked.closed,
        again_of=who["again_of"],
    )
    told = {name: getattr(row, name) for name in ("report", "month", "format", "row_count", "sha256")}
    history.record("export", "export", str(row.pk), by=who["by"], after=told)
    return row
