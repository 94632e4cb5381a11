"""書面のファイル: one document as PDF, all of a month as one PDF or as a ZIP."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import content_disposition_header

from billing.models import Document, Invoice, Month
from billing.operations.documents.bundle import file_name, pdf_of, zip_of
from billing.operations.documents.making import document_of
from contracts.operations.refusal import Refused

PDF, ZIP = "application/pdf", "application/zip"
Answer = TypeVar("Answer", bound=HttpResponseBase)
SEE_INVOICES, SEE_DOCUMENTS = "billing.view_invoice", "billing.view_document"


def invoice_pdf(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The document of one invoice as it is sent; made now where nobody has yet."""
    _may(request, SEE_INVOICES)
    row = Invoice.objects.filter(pk=invoice_id).first()
    if row is None:
        raise Http404
    return _shown(document_of(row, by=str(request.user)))


def document_pdf(request: HttpRequest, document_id: int) -> HttpResponse:
    """One document, to the byte as it was made."""
    _may(request, SEE_DOCUMENTS)
    row = Document.whole.select_related("invoice").filter(pk=document_id).first()
    if row is None:
        raise Http404
    return _shown(row)


def month_pdf(request: HttpRequest, month_id: int) -> HttpResponseBase:
    """Every invoice of a month in the order of their numbers, with a bookmark each."""
    return _month(request, month_id, pdf_of, PDF, "pdf", attached=False)


def month_zip(request: HttpRequest, month_id: int) -> HttpResponseBase:
    """The same as a ZIP of single files."""
    return _month(request, month_id, zip_of, ZIP, "zip", attached=True)


def _month(
    request: HttpRequest,
    month_id: int,
    made: Callable[[Month], Iterator[bytes]],
    kind: str,
    ending: str,
    *,
    attached: bool,
) -> HttpResponseBase:
    _may(request, SEE_INVOICES)
    month = Month.objects.filter(pk=month_id).first()
    if month is None:
        raise Http404
    try:
        pieces = made(month)
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(reverse("admin:billing_month_change", args=[month.pk]))
    return _named(StreamingHttpResponse(pieces, content_type=kind), f"請求書_{month}.{ending}", attached=attached)


def _shown(document: Document) -> HttpResponse:
    return _named(HttpResponse(document.pdf, content_type=PDF), file_name(document), attached=False)


def _named(answer: Answer, name: str, *, attached: bool) -> Answer:
    answer["Content-Disposition"] = content_disposition_header(attached, name) or ""
    return answer


def _may(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
