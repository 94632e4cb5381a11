"""書面の作成: the PDF of each issued invoice, made once and kept; and a 再発行 of one, under its number (I-72).

An invoice's words are frozen when it is issued; its document is made of them, at once or later, by whoever comes first. What is made is
there: killed half way, the next run makes what is missing, and two side by side keep one document an invoice.
"""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.translation import gettext as _

from billing.formats.documents.printer import printed
from billing.formats.documents.words import day
from billing.models import ChargeLine, Document, Invoice, InvoiceUnit, Month
from billing.operations.documents.invoice_told import Told, told_of
from contracts.facts import history
from contracts.operations.refusal import Refused

DOCUMENTS_AT_ONCE = 20
"""How many documents are made between two writes: what a kill costs, and what memory holds."""
RANGE = 200
"""Invoices that one worker is handed."""


def unmade(month: Month | None = None) -> QuerySet[Invoice]:
    """The issued invoices that have no document yet, in the order of issue."""
    made = Document.objects.filter(invoice=OuterRef("pk"), edition=0)
    rows = Invoice.objects.filter(~Exists(made)).select_related("month", "customer").order_by("pk")
    return rows if month is None else rows.filter(month=month)


def ranges(month: Month) -> list[tuple[int, int]]:
    """The unmade invoices of a month as ranges of their ids, first and last, for workers to share."""
    ids = list(unmade(month).values_list("pk", flat=True))
    return [(some[0], some[-1]) for some in (ids[at : at + RANGE] for at in range(0, len(ids), RANGE))]


def make_missing(
    month: Month | None = None, *, by: str, first: int = 0, last: int | None = None, most: int | None = None
) -> int:
    """Make the documents that are missing, of a month or of all, within a range of ids; at most so many. How many were made."""
    done = 0
    while most is None or done < most:
        rows = unmade(month).filter(pk__gte=first)
        wanted = DOCUMENTS_AT_ONCE if most is None else min(DOCUMENTS_AT_ONCE, most - done)
        some = list((rows.filter(pk__lte=last) if last is not None else rows)[:wanted])
        if not some:
            break
        _keep(some, told_of(some), by)
        first, done = some[-1].pk + 1, done + len(some)
    return done


def document_of(invoice: Invoice, *, by: str) -> Document:
    """The document of an invoice with its bytes; made now where it is not there yet."""
    kept = Document.whole.filter(invoice=invoice, edition=0)
    found = kept.first()
    if found is None:
        row = Invoice.objects.select_related("month", "customer").get(pk=invoice.pk)
        _keep([row], told_of([row]), by)
        found = kept.get()
    return found


def _keep(invoices: Sequence[Invoice], told: Sequence[Told], by: str) -> None:
    """Write the documents; one that somebody else wrote meanwhile is the same, and stays."""
    rows = [_document(invoice, said, by) for invoice, said in zip(invoices, told, strict=True)]
    of = [invoice.pk for invoice in invoices]
    with transaction.atomic():
        # Their invoices are the lock: whoever comes second finds the document there.
        list(
            Invoice.objects.select_for_update(no_key=True, of=("self",))
            .filter(pk__in=of)
            .order_by("pk")
            .values_list("pk")
        )
        kept = set(Document.objects.filter(invoice__in=of, edition=0).values_list("invoice", flat=True))
        Document.objects.bulk_create([row for row in rows if row.invoice_id not in kept])


def _document(
    invoice: Invoice, told: Told, by: str, edition: int = 0, on: date | None = None, reason: str = ""
) -> Document:
    data = printed("invoice", told)
    return Document(
        kind="invoice",
        number=invoice.number,
        edition=edition,
        on=on or invoice.issued_on,
        customer_id=invoice.customer_id,
        invoice=invoice,
        addressee=invoice.addressee,
        reason=reason,
        data=data,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        made_by=by,
    )


@transaction.atomic
def reissue(invoice: Invoice, *, on: date, reason: str, by: User) -> Document:
    """再発行: the same words under the same number, stamped with the day, kept beside the first (I-72). Raises Refused without a reason."""
    if not reason.strip():
        raise Refused(_("再発行の理由を入力してください。"), field="reason")
    row = (
        Invoice.objects.select_for_update(no_key=True, of=("self",))
        .select_related("month", "customer")
        .get(pk=invoice.pk)
    )
    if on < row.issued_on:
        raise Refused(_("再発行の日は、発行日%(on)sより前にできません。") % {"on": row.issued_on}, field="on")
    document_of(row, by=str(by))
    edition = (Document.objects.filter(invoice=row).aggregate(last=Max("edition"))["last"] or 0) + 1
    (told,) = told_of([row], reissued=f"再発行 {day(on)}")
    document = _document(row, told, str(by), edition, on, reason.strip())
    document.save(force_insert=True)
    after = {"edition": edition, "on": on, "digest": document.sha256}
    history.record("reissue", "document", str(document), by=by, after=after, reason=reason.strip())
    return document


def progress(month: Month) -> tuple[int, int]:
    """How many invoices of a month have their document, and how many there are."""
    return Document.objects.filter(invoice__month=month, edition=0).count(), month.invoices.count()


def corrected_by(invoice: Invoice) -> QuerySet[Invoice]:
    """The invoices that lines of this one correct."""
    stated = invoice.units.values_list("lines", flat=True)
    numbers = {line["corrects_invoice"] for lines in stated for line in lines} - {""}
    return Invoice.objects.filter(number__in=numbers).order_by("number")


def correcting(invoice: Invoice) -> QuerySet[Invoice]:
    """The later invoices of which lines correct this one: those that correct its month for its customer and its units."""
    lines = ChargeLine.objects.filter(
        corrects_month=invoice.month.month, customer=invoice.customer_id, unit__in=invoice.units.values("unit")
    )
    months = {(month, unit) for month, unit in lines.values_list("month_id", "unit_id")}
    stated = InvoiceUnit.objects.filter(
        month__in={month for month, _unit in months}, invoice__customer=invoice.customer_id
    )
    wanted = {
        pk for pk, month, unit in stated.values_list("invoice_id", "month_id", "unit_id") if (month, unit) in months
    }
    return Invoice.objects.filter(pk__in=wanted).exclude(pk=invoice.pk).order_by("number")
