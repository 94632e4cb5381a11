"""会計ソフトへの仕訳: a month's invoices as a file for an accounting package, each once; what changed since, as a reversal and a new slip."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext

from billing.facts.packages import mappings
from billing.formats.journals.chosen import layout_of
from billing.formats.journals.files import Written, write_slips
from billing.formats.journals.layout import MOST_TOLD, UnwritableSlipsError
from billing.formats.spooled import KEPT_IN_MEMORY, size_and_digest
from billing.models import JournalFile, JournalSlip, Month
from billing.operations.journal_slips import ToTakeOut, slip_of, stored, to_take_out
from billing.terms.packages import NAMES, PackageMapping, mapping_on
from billing.terms.slip import Slip
from contracts.facts import history
from contracts.models.bulk import slices
from contracts.operations.refusal import Refused
from contracts.terms.days import month_period

SLIPS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class JournalOut:
    """The file, from its beginning, its name, and the record of it."""

    file: BinaryIO
    name: str
    record: JournalFile


def packages_of(month: Month) -> list[str]:
    """The packages that finance maps the month's journal onto."""
    day, known = month_period(month.month).last, mappings()
    return [package for package in NAMES if mapping_on(known, package, day) is not None]


@transaction.atomic
def export_journal(month: Month, package: str, *, by: AbstractBaseUser | str) -> JournalOut:
    """Take out, for a package, every invoice of the month that it lacks, and what takes back those that it has otherwise.

    Raises Refused where the month has no invoices, the package no mapping, a tax rate no name; where a character does not fit
    the encoding; and where the package has everything: then nothing is recorded.
    """
    # Two at a time would take the same invoices out twice.
    month = Month.objects.select_for_update(no_key=True).get(pk=month.pk)
    if not month.invoices.exists():
        raise Refused(gettext("%(month)sの請求書は、まだ発行されていません。") % {"month": month})
    mapping = mapping_on(mappings(), package, month_period(month.month).last)
    if mapping is None:
        message = gettext("%(package)sの科目と税区分の対応が、経理の設定にありません。")
        raise Refused(message % {"package": NAMES.get(package, package)})
    spool = _Spool()
    written = _written(spool.through(to_take_out(month, mapping)), mapping, month)
    if not spool.slips + spool.reversals:
        written.file.close()
        message = gettext(
            "%(month)sの仕訳は、%(package)sにすべて取り出しています。同じファイルは一覧から受け取れます。"
        )
        raise Refused(message % {"month": month, "package": NAMES[package]})
    record = _recorded(month, mapping, spool, written, by=by)
    return JournalOut(written.file, _name(record, written), record)


def journal_again(record: JournalFile) -> JournalOut:
    """The file of a record, made of its slips. Raises Refused where it does not come out the same: the layout is another now."""
    mapping = next(
        (one for one in mappings() if (one.package, one.from_on) == (record.package, record.mapping_from)), None
    )
    rows = record.slips.order_by("pk").values_list("content", flat=True).iterator(chunk_size=SLIPS_AT_ONCE)
    written = None
    if mapping is not None and mapping.form == record.form:
        written = _written((slip_of(content) for content in rows), mapping, record.month)
    if written is None or size_and_digest(written.file)[1] != record.sha256:
        raise Refused(gettext("経理の設定が変わったため、同じファイルを作れません。伝票の内容は記録に残っています。"))
    return JournalOut(written.file, _name(record, written), record)


class _Spool:
    """Slips counted and put aside on their way into the file, to be recorded once it is whole."""

    def __init__(self) -> None:
        self.slips = self.reversals = self.total_yen = 0
        self._file: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY, mode="w+", encoding="utf-8")  # noqa: SIM115

    def through(self, found: Iterator[ToTakeOut]) -> Iterator[Slip]:
        """The slips as they are."""
        for invoice, slip in found:
            self._file.write(json.dumps([invoice, stored(slip)], ensure_ascii=False) + "\n")
            self.total_yen += slip.total_yen
            self.reversals += slip.reversal
            self.slips += not slip.reversal
            yield slip

    def record(self, row: JournalFile) -> None:
        """Write the slips of a file."""
        self._file.seek(0)
        with self._file as kept:
            for some in slices((json.loads(line) for line in kept), SLIPS_AT_ONCE):
                JournalSlip.objects.bulk_create(_row(row, invoice, content) for invoice, content in some)


def _row(row: JournalFile, invoice: int, content: dict[str, Any]) -> JournalSlip:
    slip = slip_of(content)
    own = {"revision": slip.revision, "reversal": slip.reversal, "total_yen": slip.total_yen}
    return JournalSlip(file=row, package=row.package, invoice_id=invoice, content=content, **own)


def _recorded(month: Month, mapping: PackageMapping, spool: _Spool, written: Written, *, by: Any) -> JournalFile:
    size, digest = size_and_digest(written.file)
    row = JournalFile.objects.create(
        month=month,
        package=mapping.package,
        form=mapping.form,
        mapping_from=mapping.from_on,
        exported_by=str(by),
        slip_count=spool.slips,
        reversal_count=spool.reversals,
        row_count=written.rows,
        total_yen=spool.total_yen,
        size=size,
        sha256=digest,
    )
    spool.record(row)
    told = {name: getattr(row, name) for name in ("package", "form", "slip_count", "reversal_count", "sha256")}
    history.record("export", "journal_file", str(row.pk), by=by, after={"month": str(month), **told})
    return row


def _written(slips: Iterator[Slip], mapping: PackageMapping, month: Month) -> Written:
    try:
        return write_slips(slips, layout_of(mapping), f"{mapping.package}_{month}")
    except UnwritableSlipsError as fault:
        one = gettext("請求書%(slip)s（%(row)s行%(column)s列）の「%(character)s」（%(code)s）")
        told = [one % {**found._asdict(), "code": f"U+{ord(found.character):04X}"} for found in fault.found]
        more = gettext("、ほか%(count)s字") % {"count": fault.count - MOST_TOLD} if fault.count > MOST_TOLD else ""
        message = gettext("%(package)sの文字コードで書けない文字があります：%(told)s%(more)s")
        shown = {"package": NAMES[mapping.package], "told": gettext("、").join(told), "more": more}
        raise Refused(message % shown) from None


def _name(record: JournalFile, written: Written) -> str:
    return f"{record.package}_{record.month}_{record.pk}.{written.extension}"
