"""書面の送信: a queue of documents to addresses — each written first, claimed before it leaves, sent once; what came back is told."""

from contextlib import suppress
from logging import getLogger

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from billing.models import Document, DocumentMail, Invoice, InvoiceMark, Month
from billing.operations.documents.bundle import file_name
from billing.operations.documents.mail_words import words_of
from billing.operations.marks import SENT, mark_sent, take_mark_back
from billing.operations.statement import paper_of
from billing.terms.paper import Sending
from contracts.clock import now, today
from contracts.facts import history
from contracts.operations.refusal import Refused

SEND_ATTEMPTS = 5
NOT_DELIVERED = ("failed", "bounced")
"""States of a mail that reached nobody."""

log = getLogger(__name__)


@transaction.atomic
def ask_to_mail(document: Document, *, to: str, by: User | str) -> DocumentMail:
    """Put a document in the queue for an address. Raises Refused where the address is none, or has the document in the queue already."""
    address = to.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Refused(_("メールアドレスを正しく入力してください：%(to)s") % {"to": address}, field="to") from None
    # The document is the lock: whoever asks beside another finds the mail there.
    Document.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=document.pk)
    if DocumentMail.objects.filter(document=document, to=address).exists():
        raise Refused(_("この宛先へは、この書面の送信を既に依頼しています。"), field="to")
    mail = DocumentMail.objects.create(document=document, to=address, asked_by=str(by))
    history.record("mail_document", "document", str(document), by=by, after={"to": address})
    return mail


@transaction.atomic
def ask_to_mail_month(month: Month, *, by: User) -> int:
    """Put every invoice of a month that goes by mail into the queue, once each; how many. Raises Refused where there is none, or its PDF is missing."""
    Month.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=month.pk)
    rows = Invoice.objects.filter(month=month, sending=Sending.MAIL).order_by("number")
    queued = Exists(DocumentMail.objects.filter(document__invoice=OuterRef("pk"), document__edition=0))
    new = list(rows.filter(~queued))
    if not new:
        raise Refused(_("メールで送る請求書で、まだ送信を依頼していないものはありません。"))
    documents = dict(Document.objects.filter(invoice__in=new, edition=0).values_list("invoice_id", "pk"))
    missing = len(new) - len(documents)
    if missing:
        raise Refused(_("まだPDFのない請求書が%(count)s通あります。") % {"count": f"{missing:,}"})
    mails = [
        DocumentMail(document_id=documents[one.pk], to=paper_of(one).addressee.email, asked_by=str(by)) for one in new
    ]
    DocumentMail.objects.bulk_create(mails)
    history.record("mail_document", "invoice", str(month), by=by, after={"count": len(mails)})
    return len(mails)


def send_waiting(most: int | None = None) -> int:
    """Send what waits, each mail claimed before it leaves, so that none leaves twice. How many were tried.

    A mail claimed by a process that died stays 「送信中」: nobody can know whether it left; somebody may send it again.
    """
    waiting = DocumentMail.objects.filter(state="waiting").order_by("pk").values_list("pk", flat=True)
    tried = 0
    for pk in list(waiting if most is None else waiting[:most]):
        if DocumentMail.objects.filter(pk=pk, state="waiting").update(state="sending"):
            tried += 1
            _send(DocumentMail.objects.select_related("document__invoice").get(pk=pk))
    return tried


def _send(mail: DocumentMail) -> None:
    rows = DocumentMail.objects.filter(pk=mail.pk)
    try:
        _message(mail).send()
    except Exception as error:
        attempts = mail.attempts + 1
        state = "failed" if attempts >= SEND_ATTEMPTS else "waiting"
        rows.update(state=state, attempts=attempts, error=f"{error}"[:500])
        log.exception("the mail %s of a document was not sent", mail.pk)
    else:
        rows.update(state="sent", sent_at=now(), error="")
        _mark(mail)


def _mark(mail: DocumentMail) -> None:
    """An invoice that left by mail is sent, unless somebody had marked it so before."""
    invoice = mail.document.invoice
    if invoice is not None and invoice.sent_on is None:
        with suppress(Refused):
            mark_sent(invoice, sent_on=today(), way=Sending.MAIL, note=mail.to, on=today(), by=mail.asked_by)


def _message(mail: DocumentMail) -> EmailMessage:
    document = Document.whole.select_related("invoice").get(pk=mail.document_id)
    host = settings.SITE_URL.split("//")[-1]
    subject, body = words_of(document)
    message = EmailMessage(
        subject,
        body,
        to=[mail.to],
        headers={"Message-ID": f"<document-{mail.pk}-{mail.attempts}@{host}>"},
    )
    message.attach(file_name(document), document.pdf, "application/pdf")
    return message


@transaction.atomic
def send_again(mail: DocumentMail, *, by: User) -> DocumentMail:
    """再送: let a mail leave once more. Raises Refused where it is still waiting."""
    row = DocumentMail.objects.select_for_update(no_key=True, of=("self",)).select_related("document").get(pk=mail.pk)
    if row.state == "waiting":
        raise Refused(_("このメールは、まだ送信を待っています。"))
    before = {"state": row.state}
    row.state, row.sent_at, row.attempts, row.error = "waiting", None, 0, ""
    row.save(update_fields=["state", "sent_at", "attempts", "error"])
    history.record(
        "resend", "document", str(row.document), by=by, before=before, after={"state": "waiting", "to": row.to}
    )
    return row


@transaction.atomic
def came_back(mail: DocumentMail, *, why: str, by: User) -> DocumentMail:
    """不達: a mail that had been sent came back, and what its answer said. An invoice that reached nobody else is not sent any more.

    Raises Refused where it was not sent, or without a word.
    """
    row = DocumentMail.objects.select_for_update(no_key=True, of=("self",)).select_related("document").get(pk=mail.pk)
    if row.state != "sent":
        raise Refused(_("送信済みのメールだけを、不達と記録できます。"))
    if not why.strip():
        raise Refused(_("不達の知らせの内容を入力してください。"), field="why")
    row.state, row.error = "bounced", why.strip()[:500]
    row.save(update_fields=["state", "error"])
    _unmark(row, by=by)
    history.record(
        "bounce",
        "document",
        str(row.document),
        by=by,
        after={"state": "bounced", "to": row.to},
        reason=why.strip()[:500],
    )
    return row


def _unmark(mail: DocumentMail, *, by: User) -> None:
    """Take back that the invoice of a mail was sent, where the mail was what made it so and no other mail of it arrived."""
    invoice = mail.document.invoice_id
    mails = DocumentMail.objects.filter(document__invoice=invoice, state="sent")
    if invoice is None or mails.exists():
        return
    to = DocumentMail.objects.filter(document__invoice=invoice).values("to")
    marks = InvoiceMark.objects.filter(invoice=invoice, kind=SENT, way=Sending.MAIL, taken_back_at=None, note__in=to)
    for mark in marks.select_related("invoice"):
        take_mark_back(mark, reason=(_("不達：%(why)s") % {"why": mail.error})[:500], by=by)


def not_delivered() -> Q:
    """The condition on invoices: not sent, though a mail of theirs was tried — it could not leave, or it came back."""
    tried = DocumentMail.objects.filter(document__invoice=OuterRef("pk"), state__in=NOT_DELIVERED)
    return Q(Exists(tried), sent_on=None)
