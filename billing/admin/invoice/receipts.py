"""入金の読込: a CSV of receipts is read, what fits an invoice is shown beside what is doubtful, and then all that fits is marked paid."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.invoice.marks import MARKS
from billing.formats.receipts_file import LARGEST_FILE
from billing.models import InvoiceMark, Receipts
from billing.operations.receipts import Match, keep_receipts, matched, receipts_in, take_receipts
from contracts import clock
from contracts.admin.kit.answers import asked_for, say
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import column, moment, number, own_page, page_of, plain, thousands
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry
from contracts.operations.refusal import Refused

MODELS["receipts"] = Receipts
LISTED["receipts"] = (Receipts, "q")
LONGEST_ID = 18
SHOWN = 200


class ReceiptsForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("ファイル"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        help_text=_("見出しのあるCSV（入金日、金額、請求書番号。番号は摘要の中でもかまいません）。"),
        error_messages={"required": _("ファイルを選んでください。")},
    )

    def clean_file(self) -> Any:
        """Refused before it is read where it is too large."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("ファイルは%(most)sバイトまでです。"), params={"most": f"{LARGEST_FILE:,}"})
        return file


def _read(request: HttpRequest) -> HttpResponse:
    """The form of a file, and the file: read, kept, and shown beside the invoices that it fits."""
    if not request.user.has_perm(MARKS):
        raise PermissionDenied
    form = ReceiptsForm(request.POST, request.FILES) if request.method == "POST" else ReceiptsForm()
    if request.method == "POST" and form.is_valid():
        file, person = form.cleaned_data["file"], request.user
        assert isinstance(person, User)
        try:
            row = keep_receipts(file.name, file.read(), by=person)
        except Refused as refused:
            say(form, refused)
        else:
            messages.success(request, _("入金の一覧を読み込みました。まだ何も記録していません。"))
            return HttpResponseRedirect(page_of(row))
    context = {
        **admin.site.each_context(request),
        "opts": Receipts._meta,
        "title": _("入金の一覧を読み込む"),
        "form": form,
        "back": asked_for(request) or reverse("admin:billing_receipts_changelist"),
    }
    return TemplateResponse(request, "admin/receipts_read.html", context)


def _follows(row: Receipts, given: Given, rehearsal: Rehearsal) -> list[str]:
    told = rehearsal.result
    said = {"count": thousands(told.count), "yen": thousands(told.yen), "doubtful": thousands(told.doubtful)}
    found = [gettext("%(count)s通（%(yen)s円）を入金済みとします。") % said]
    if told.doubtful:
        found.append(gettext("%(doubtful)s行は記録せずに残します。請求書の画面から一つずつ確かめてください。") % said)
    return found


TAKE = Verb(
    name="take",
    label=_("合う行を入金済みにする"),
    permission=MARKS,
    form=forms.Form,
    do=lambda row, given, by: take_receipts(row, on=clock.today(), by=by),
    done=_("入金済みにしました。"),
    offered=lambda row: row.taken_at is None,
    follows=_follows,
    bills=False,
    weight="main",
    then=lambda row, result: page_of(row),
)

NAME = plain("name", _("ファイル名"))
AT, BY = moment("read_at", _("読込日時")), plain("read_by", _("読み込んだ人"))
ROWS = number("row_count", _("行数"))
TAKEN, TAKEN_BY = moment("taken_at", _("記録日時")), plain("taken_by", _("記録した人"))


def _row(one: Match) -> dict[str, Any]:
    return {
        "line": one.receipt.line,
        "number": one.receipt.number,
        "place": page_of(one.invoice) if one.invoice else "",
        "addressee": one.invoice.addressee if one.invoice else "",
        "on": one.receipt.on.isoformat() if one.receipt.on else "—",
        "yen": thousands(one.receipt.yen) or "—",
        "payer": one.receipt.payer,
        "doubt": one.doubt,
    }


@admin.register(Receipts)
class ReceiptsAdmin(ActingAdmin):
    """Lists of receipts, newest first."""

    list_display = (AT, own_page("name", _("ファイル名"), lambda row: row.name), BY, TAKEN, TAKEN_BY)
    search_fields = ("name",)
    search_help_text = _("番号から検索します")
    fieldsets = ((None, {"fields": (NAME, AT, BY, column("row_count", _("行数"), lambda row: len(row.rows)), TAKEN, TAKEN_BY, plain("sha256", _("ファイルのSHA-256")))}),)  # fmt: skip
    verbs = (TAKE,)
    change_form_template = "admin/receipts.html"

    def get_urls(self) -> list[URLPattern]:
        return [path("read/", self.admin_site.admin_view(_read), name="billing_receipts_read"), *super().get_urls()]

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        buttons = super().buttons(request, row)
        if row is None and request.user.has_perm(MARKS):
            read = {"address": reverse("admin:billing_receipts_read"), "label": _("入金の一覧を読み込む")}
            buttons.append({**read, "weight": "main"})
        return buttons

    def found(self, term: str) -> Q:
        is_number = term.isdecimal() and len(term) <= LONGEST_ID
        return Q(pk=int(term)) if is_number else Q(pk__in=())

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="receipts", subject=str(row.pk))

    def related(self, row: Any) -> list[Related]:
        marks = InvoiceMark.objects.filter(receipts=row).select_related("invoice").order_by("pk")
        return [Related(marks, heading=_("入金済みにした請求書"))] if row.taken_at else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        context |= _told(row)
        return super().render_change_form(request, context, *args, **kwargs)


def _told(row: Receipts) -> dict[str, Any]:
    """What the page tells of the rows: what fits while nothing is taken, and what was or would be left alone, the doubtful first."""
    if row.taken_at is not None:
        doubts = {one["line"]: one["doubt"] for one in row.doubtful}
        left = [Match(one, None, doubts[one.line]) for one in receipts_in(row) if one.line in doubts]
        return {
            "doubtful": [_row(one) for one in left[:SHOWN]],
            "doubtful_count": len(left),
            "fits": [],
            "fits_count": 0,
        }
    found = matched(receipts_in(row), on=clock.today())
    doubtful, fits = [one for one in found if one.doubt], [one for one in found if not one.doubt]
    return {
        "doubtful": [_row(one) for one in doubtful[:SHOWN]],
        "doubtful_count": len(doubtful),
        "fits": [_row(one) for one in fits[:SHOWN]],
        "fits_count": len(fits),
    }
