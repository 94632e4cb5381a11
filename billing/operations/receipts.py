"""入金の読込: rows of a list of receipts matched with invoices by number and amount. Only what fits to the yen is marked, all of it or nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from billing.formats.receipts_file import Receipt, UnreadableReceiptsError, read_receipts
from billing.models import Invoice, InvoiceMark, Receipts
from billing.operations.marks import PAID, keep_marks
from contracts import clock
from contracts.facts import history
from contracts.models.bulk import slices
from contracts.operations.refusal import Refused


@dataclass(frozen=True, slots=True)
class Match:
    """A row with the invoice of its number, if there is one, and why it is doubtful; '' where it fits."""

    receipt: Receipt
    invoice: Invoice | None
    doubt: str


@transaction.atomic
def keep_receipts(name: str, content: bytes, *, by: User) -> Receipts:
    """Read a file and keep its rows; nothing is marked yet. Raises Refused where it cannot be read, and where it was read before."""
    try:
        found = read_receipts(content)
    except UnreadableReceiptsError as error:
        raise Refused(_("入金の一覧として読めません：%(why)s。") % {"why": error}, field="file") from None
    digest = sha256(content).hexdigest()
    rows = [
        {"line": r.line, "number": r.number, "on": r.on.isoformat() if r.on else "", "yen": r.yen, "payer": r.payer}
        for r in found
    ]
    # Found or made in one step: two people may bring the same file at the same moment.
    new = {"name": name[-255:], "rows": rows, "read_by": str(by)}
    kept, made = Receipts.objects.get_or_create(sha256=digest, defaults=new)
    if not made:
        said = {"name": kept.name, "who": kept.read_by}
        raise Refused(_("同じ内容のファイルが既に読み込まれています（%(name)s、%(who)s）。") % said, field="file")
    history.record(
        "read_receipts", "receipts", str(kept.pk), by=by, after={"name": name[-255:], "row_count": len(rows)}
    )
    return kept


def receipts_in(row: Receipts) -> list[Receipt]:
    """The rows of a kept list."""
    return [
        Receipt(
            one["line"], one["number"], date.fromisoformat(one["on"]) if one["on"] else None, one["yen"], one["payer"]
        )
        for one in row.rows
    ]


def matched(rows: Iterable[Receipt], *, on: date, locked: bool = False) -> list[Match]:
    """Each row with its invoice, and why it is left for people to look at. A query for some hundred numbers."""
    rows = list(rows)
    invoices: dict[str, Invoice] = {}
    for some in slices(sorted({row.number for row in rows if row.number})):
        found = Invoice.objects.filter(number__in=some).order_by("pk")
        invoices |= {one.number: one for one in (found.select_for_update(no_key=True) if locked else found)}
    times = Counter(row.number for row in rows)
    return [Match(row, invoices.get(row.number), _doubt(row, invoices.get(row.number), times, on)) for row in rows]


def _doubt(row: Receipt, invoice: Invoice | None, times: Counter[str], on: date) -> str:
    """Why a row is not marked by itself; '' where number and amount are the invoice's."""
    if not row.number:
        return _("請求書番号がありません")
    if invoice is None:
        return _("この番号の請求書がありません")
    if row.on is None or row.yen is None:
        return _("入金日又は金額が読めません")
    if times[row.number] > 1:
        return _("同じ請求書の行が%(count)s行あります") % {"count": times[row.number]}
    if invoice.paid_on is not None:
        return _("既に入金済みです（%(day)s）") % {"day": invoice.paid_on}
    if row.yen != invoice.total_yen or not row.yen:
        said = {"total": f"{invoice.total_yen:,}", "rest": f"{row.yen - invoice.total_yen:+,}"}
        return _("請求額%(total)s円と合いません（差額%(rest)s円）") % said
    if row.on > on:
        return _("入金日が今日より後です")
    if row.on < invoice.issued_on:
        return _("入金日が発行日（%(day)s）より前です") % {"day": invoice.issued_on}
    return ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a list in came to: invoices marked paid, their yen, and the rows that were left alone."""

    receipts: Receipts
    count: int
    yen: int
    doubtful: int


@transaction.atomic
def take_receipts(receipts: Receipts, *, on: date, by: User) -> Taken:
    """Mark paid what the rows of a list match, all of it, and keep which rows were left alone and why.

    Raises Refused where the list was taken in before, and where nothing of it fits.
    """
    row = Receipts.objects.select_for_update(no_key=True).get(pk=receipts.pk)
    if row.taken_at is not None:
        raise Refused(_("この一覧の入金は、既に記録されています。"))
    matches = matched(receipts_in(row), on=on, locked=True)
    fits = [one for one in matches if not one.doubt]
    if not fits:
        raise Refused(_("請求書の番号と金額が合う行がありません。"))
    keep_marks((_mark(one, row, by) for one in fits), PAID)
    row.doubtful = [{"line": one.receipt.line, "doubt": one.doubt} for one in matches if one.doubt]
    row.taken_at, row.taken_by = clock.now(), str(by)
    row.save(update_fields=["doubtful", "taken_at", "taken_by"])
    yen = sum(one.receipt.yen or 0 for one in fits)
    after: dict[str, Any] = {"count": len(fits), "total_yen": yen, "doubtful": len(row.doubtful)}
    history.record("mark_paid", "receipts", str(row.pk), by=by, after=after)
    return Taken(row, len(fits), yen, len(row.doubtful))


def _mark(one: Match, row: Receipts, by: User) -> InvoiceMark:
    said = {"kind": PAID, "done_on": one.receipt.on, "amount_yen": one.receipt.yen, "note": one.receipt.payer}
    return InvoiceMark(invoice=one.invoice, receipts=row, marked_by=str(by), **said)
