"""What of a book is no button with a form of its own: the file that is brought, given back marked, or taken out."""

from functools import partial
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.book.forms import BringForm, OutForm, ReadingForm
from billing.facts.recorded import OF_THE_BOOK
from billing.operations.book_uploads import (
    CAN_BE_TRIED,
    ask_to_try,
    file_of,
    is_kept,
    keep,
    most_bytes,
    same_bytes,
    too_large_said,
)
from billing.operations.take_book import marked_file
from billing.tasks import ask_for_trial
from contracts.admin.kit.answers import asked_for, say
from contracts.admin.kit.columns import page_of
from contracts.intake.book.apart import StoppedError
from contracts.intake.book.template import template as empty_book
from contracts.intake.book.write import TooManyRowsError, write_book
from contracts.models import BookUpload
from contracts.operations.export_book import KEPT_IN_MEMORY, export_book
from contracts.operations.refusal import Refused

VIEW, BRING_MAY, TAKE_MAY = "contracts.view_bookupload", "contracts.add_bookupload", "contracts.take_bookupload"
EXPORT_MAY = "billing.export_report"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_ID = 18


def must(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied where the person may not."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def bring(request: HttpRequest) -> HttpResponse:
    """The form of a file, and the file: kept, and tried in the background."""
    must(request, BRING_MAY)
    form = BringForm(request.POST, request.FILES) if request.method == "POST" else BringForm()
    if request.method == "POST":
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        if "file" not in request.FILES and size > most_bytes():
            form.errors["file"] = form.error_class([too_large_said(size)])
        elif form.is_valid():
            try:
                return _brought(request, form.cleaned_data["file"])
            except Refused as refused:
                say(form, refused)
    return _page(request, "admin/book_bring.html", _("台帳を持ち込む"), form)


def _brought(request: HttpRequest, file: Any) -> HttpResponse:
    # Kept first, and only then tried: what the trial does is in no transaction of the request.
    upload = keep(file.name, file.chunks(), by=_person(request))
    transaction.on_commit(lambda: ask_for_trial(upload.pk))
    messages.success(request, _("台帳を受け付けました。試行の結果は、このページに出ます。"))
    if same_bytes(upload).exists():
        messages.warning(request, _("同じ内容のファイルが前にも持ち込まれています。"))
    return HttpResponseRedirect(page_of(upload))


def reading(request: HttpRequest, object_id: str) -> HttpResponse:
    """How a list is to be read: asked for, and then tried anew."""
    must(request, BRING_MAY)
    upload = _upload(object_id)
    found = upload.result.get("listed")
    if not found or upload.state not in CAN_BE_TRIED:
        messages.warning(request, _("「%(verb)s」は、今の状態ではできません。") % {"verb": _("一覧の読み方を決める")})
        return HttpResponseRedirect(page_of(upload))
    form = ReadingForm(found, upload.said, *([request.POST] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        try:
            upload = ask_to_try(upload, by=_person(request), said=form.said(), columns=form.columns())
        except Refused as refused:
            say(form, refused)
        else:
            transaction.on_commit(lambda: ask_for_trial(upload.pk))
            messages.success(request, _("読み方を決めました。試行の結果は、このページに出ます。"))
            return HttpResponseRedirect(page_of(upload))
    more = {"subtitle": upload.name, "back": page_of(upload), "listed": found}
    return _page(request, "admin/book_reading.html", _("一覧の読み方を決める"), form, **more)


def marked(request: HttpRequest, object_id: str) -> HttpResponseBase:
    """The book with its faulty cells marked, as a workbook."""
    must(request, VIEW)
    upload = _upload(object_id)
    if not upload.result or not is_kept(upload):
        raise Http404
    file: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY, mode="w+b")  # noqa: SIM115 (the answer closes it)
    file.rollover()  # another process writes into it
    try:
        marked_file(upload, file)
    except (Refused, StoppedError):
        messages.error(request, _("このファイルは最後まで読めないので、印を付けられません。"))
        return HttpResponseRedirect(page_of(upload))
    return FileResponse(file, as_attachment=True, filename=f"{upload.name}_誤りの印.xlsx", content_type=WORKBOOK)


def original(request: HttpRequest, object_id: str) -> HttpResponseBase:
    """The file as it was brought."""
    must(request, VIEW)
    upload = _upload(object_id)
    if not is_kept(upload):
        raise Http404
    file: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    with file_of(upload) as path, path.open("rb") as kept:
        while block := kept.read(1 << 20):
            file.write(block)
    file.seek(0)
    # Whatever it is, a browser is to keep it and not to show it.
    return FileResponse(file, as_attachment=True, filename=upload.name, content_type="application/octet-stream")


def template(request: HttpRequest) -> HttpResponseBase:
    """The empty book."""
    must(request, VIEW)
    name = gettext("契約台帳のひな形.xlsx")
    return FileResponse(BytesIO(empty_book()), as_attachment=True, filename=name, content_type=WORKBOOK)


def out(request: HttpRequest) -> HttpResponseBase:
    """The book of everything, of a customer or of a unit."""
    must(request, EXPORT_MAY)
    asked = {name: request.GET.get(name, "") for name in ("customer", "unit")}
    form = OutForm(request.POST) if request.method == "POST" else OutForm(initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            book = export_book(
                form.narrowed(),
                form=given["form"],
                english=given["headings"] == "en",
                by=_person(request),
                write=partial(write_book, recorded=OF_THE_BOOK),
            )
        except TooManyRowsError as error:
            sentence = _("「%(sheet)s」の行がExcelのシートに入りません。CSVで書き出してください。")
            say(form, Refused(sentence % {"sheet": error}))
        except Refused as refused:
            say(form, refused)
        else:
            return FileResponse(book.file, as_attachment=True, filename=book.name)
    back = asked_for(request) or reverse("admin:contracts_bookupload_changelist")
    return _page(request, "admin/book_out.html", _("台帳を書き出す"), form, back=back)


def _upload(object_id: str) -> BookUpload:
    if not object_id.isdecimal() or len(object_id) > LONGEST_ID:
        raise Http404
    return get_object_or_404(BookUpload, pk=int(object_id))


def _person(request: HttpRequest) -> Any:
    return request.user


def _page(request: HttpRequest, page: str, title: Any, form: forms.Form, **more: Any) -> HttpResponse:
    back = {"back": reverse("admin:contracts_bookupload_changelist")}
    context = {
        **admin.site.each_context(request),
        "opts": BookUpload._meta,
        "title": title,
        "form": form,
        **back,
        **more,
    }
    return TemplateResponse(request, page, context)
