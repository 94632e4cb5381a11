"""送付済み and 入金済み: marked on issued invoices by hand, and taken back. What an invoice says stays; each mark has its entry."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Invoice, InvoiceMark, Month
from contracts import clock
from contracts.facts import history
from contracts.models.bulk import create_all, slices
from contracts.operations.refusal import Refused

SENT, PAID = "sent", "paid"
COLUMN = {SENT: "sent_on", PAID: "paid_on"}
"""The column of the invoice that follows from a mark."""


@transaction.atomic
def mark_sent(invoice: Invoice, *, sent_on: date, way: str, note: str = "", on: date, by: User | str) -> InvoiceMark:
    """Say that an invoice was sent, on which day and in which way.

    Raises Refused where it is marked so already, for a day to come, and for one before its issue.
    """
    invoice = _locked(invoice)
    _must_be_new(invoice.sent_on, _("この請求書は、既に送付済みです。"))
    _must_have_come(sent_on, on, "sent_on")
    if sent_on < invoice.issued_on:
        sentence = _("発行日（%(day)s）より前には送付できません。")
        raise Refused(sentence % {"day": invoice.issued_on}, field="sent_on")
    mark = InvoiceMark(invoice=invoice, kind=SENT, done_on=sent_on, way=way, note=note.strip(), marked_by=str(by))
    return _kept(mark, invoice, by=by)


@transaction.atomic
def mark_paid(invoice: Invoice, *, paid_on: date, note: str = "", on: date, by: User | str) -> InvoiceMark:
    """Say that an invoice was paid in full (one below zero: paid back), and on which day.

    Raises Refused where it is marked so already, for a day to come, and where there is nothing to pay.
    """
    invoice = _locked(invoice)
    _must_be_new(invoice.paid_on, _("この請求書は、既に入金済みです。"))
    _must_have_come(paid_on, on, "paid_on")
    if not invoice.total_yen:
        raise Refused(_("0円の請求書には、入金がありません。"))
    mark = InvoiceMark(
        invoice=invoice,
        kind=PAID,
        done_on=paid_on,
        amount_yen=invoice.total_yen,
        note=note.strip(),
        marked_by=str(by),
    )
    return _kept(mark, invoice, by=by)


@transaction.atomic
def mark_month_sent(month: Month, *, way: str, sent_on: date, on: date, by: User) -> int:
    """Say that all invoices of a month that go one way and were not sent yet have been; how many.

    Raises Refused for a day to come, for one before the issue, and where there are none.
    """
    _must_have_come(sent_on, on, "sent_on")
    rows = Invoice.objects.select_for_update(no_key=True).filter(month=month, sending=way, sent_on=None).order_by("pk")
    invoices = list(rows)
    if not invoices:
        raise Refused(_("この送付方法で、まだ送付していない請求書はありません。"), field="way")
    if any(sent_on < invoice.issued_on for invoice in invoices):
        sentence = _("発行日（%(day)s）より前には送付できません。")
        raise Refused(sentence % {"day": invoices[0].issued_on}, field="sent_on")
    keep_marks(
        (InvoiceMark(invoice=one, kind=SENT, done_on=sent_on, way=way, marked_by=str(by)) for one in invoices), SENT
    )
    after = {"way": way, "done_on": sent_on, "count": len(invoices)}
    history.record("mark_sent", "invoice", str(month), by=by, after=after)
    return len(invoices)


def keep_marks(marks: Iterable[InvoiceMark], kind: str) -> None:
    """Store marks of one kind, and what of their invoices follows from them; for callers that hold the invoices locked."""
    for some in slices(marks):
        create_all(InvoiceMark, some)
        days: dict[date, list[int]] = {}
        for mark in some:
            days.setdefault(mark.done_on, []).append(mark.invoice_id)
        for day, ids in days.items():
            Invoice.objects.filter(pk__in=ids).update(**{COLUMN[kind]: day})


@transaction.atomic
def take_mark_back(mark: InvoiceMark, *, reason: str, by: User) -> InvoiceMark:
    """Take a mark back: the invoice was not sent, or not paid. Raises Refused without a reason, and where it is gone already."""
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    invoice = _locked(mark.invoice)
    mark = InvoiceMark.objects.get(pk=mark.pk)
    if mark.taken_back_at is not None:
        raise Refused(_("この記録は、既に取り消されています。"))
    mark.taken_back_at, mark.taken_back_by, mark.taken_back_because = clock.now(), str(by), reason.strip()
    mark.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_because"])
    Invoice.objects.filter(pk=invoice.pk).update(**{COLUMN[mark.kind]: None})
    before = {"kind": mark.kind, "done_on": mark.done_on, "amount_yen": mark.amount_yen}
    history.record("take_back", "invoice_mark", invoice.number, by=by, before=before, reason=reason.strip())
    return mark


def _locked(invoice: Invoice) -> Invoice:
    return Invoice.objects.select_for_update(no_key=True, of=("self",)).get(pk=invoice.pk)


def _must_be_new(before: date | None, sentence: str) -> None:
    if before is not None:
        raise Refused(sentence)


def _must_have_come(day: date, on: date, field: str) -> None:
    if day > on:
        raise Refused(_("日付は、今日までの日にしてください。"), field=field)


def _kept(mark: InvoiceMark, invoice: Invoice, *, by: User | str) -> InvoiceMark:
    mark.save(force_insert=True)
    Invoice.objects.filter(pk=invoice.pk).update(**{COLUMN[mark.kind]: mark.done_on})
    after = {"kind": mark.kind, "done_on": mark.done_on, "way": mark.way, "amount_yen": mark.amount_yen}
    history.record("mark", "invoice_mark", invoice.number, by=by, after={**after, "note": mark.note})
    return mark
