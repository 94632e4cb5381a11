"""台帳の持込: brought, tried, sent, taken in or rejected — one page a file, with a button for whoever's turn it is."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.book import views
from billing.admin.book.forms import RejectForm, TakeForm
from billing.admin.book.page import found, page
from billing.operations.book_result import CHECKED, REFUSED
from billing.operations.book_uploads import CAN_BE_TRIED, ask_to_take, ask_to_try, is_kept, may_take, reject, send
from billing.operations.take_book import UNFINISHED
from billing.tasks import ask_for_trial, ask_to_take_in
from contracts.admin.kit.base import CodeFilter, list_of
from contracts.admin.kit.columns import NOTHING, choice, column, link, minute, moment, number, plain, thousands
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.intake.book.sheets import BY_NAME
from contracts.models import BookUpload, Entry

MODELS["book"] = MODELS["book_export"] = BookUpload
LISTED["book"] = (BookUpload, "number")
LONGEST_NUMBER = 18
"""Digits that the number of a file may have."""


def _again(row: BookUpload, given: Given, by: User) -> BookUpload:
    upload = ask_to_try(row, by=by)
    transaction.on_commit(lambda: ask_for_trial(upload.pk))
    return upload


def _send(row: BookUpload, given: Given, by: User) -> BookUpload:
    return send(row, by=by)


def _take(row: BookUpload, given: Given, by: User) -> BookUpload:
    upload = ask_to_take(row, by=by, seen=given["mark"])
    transaction.on_commit(lambda: ask_to_take_in(upload.pk))
    return upload


def _go_on(row: BookUpload, given: Given, by: User) -> BookUpload:
    transaction.on_commit(lambda: ask_to_take_in(row.pk))
    return row


def _reject(row: BookUpload, given: Given, by: User) -> BookUpload:
    return reject(row, by=by, reason=given["reason"])


def _would_come_in(row: BookUpload, given: Given) -> list[str]:
    """What taking it in writes, as its trial showed it."""
    new = [f"{BY_NAME[sheet].label} {thousands(count)}" for sheet, count, _known in row.result["rows"] if count]
    total = sum(count or 0 for _sheet, count, _known in row.result["rows"])
    shown = {"total": thousands(total), "sheets": gettext("、").join(new), "known": thousands(row.result["known"])}
    sentences = [gettext("%(total)s行を登録します（%(sheets)s）。既に同じ行が%(known)s行あります。") % shown]
    warnings = len(row.result["warnings"]) + row.result["untold_warnings"]
    if warnings:
        sentences.append(gettext("警告が%(count)s件あります。取込みは妨げません。") % {"count": thousands(warnings)})
    sentences.append(gettext("全部を一度に登録します。試行の後に結果が変わっていれば、何も登録せずに示し直します。"))
    return sentences


SEND = Verb(
    name="send",
    label=_("提出する"),
    permission="contracts.add_bookupload",
    form=forms.Form,
    do=_send,
    done=_("提出しました。営業責任者が取り込むか、却下します。"),
    offered=lambda row: row.state == "tried" and row.result.get("status") == CHECKED,
    help=_("試行の結果を確かめてから提出します。取り込むのは、提出した人とは別の人です。"),
    weight="main",
)
TAKE = Verb(
    name="take",
    label=_("取り込む"),
    permission=views.TAKE_MAY,
    form=TakeForm,
    do=_take,
    done=_("取込みを依頼しました。"),
    offered=lambda row: row.state == "sent",
    open_to=may_take,
    preview=_would_come_in,
    counted=lambda row, given: {"mark": row.result["mark"]},
    help=_("台帳の全部を一度に登録します。一部だけを登録することはありません。"),
    weight="main",
)
REJECT = Verb(
    name="reject",
    label=_("却下する"),
    permission=views.TAKE_MAY,
    form=RejectForm,
    do=_reject,
    done=_("却下しました。"),
    offered=lambda row: row.state == "sent",
    weight="grave",
)
AGAIN = Verb(
    name="again",
    label=_("もう一度試す"),
    permission="contracts.add_bookupload",
    form=forms.Form,
    do=_again,
    done=_("試行を依頼しました。"),
    offered=lambda row: row.state in CAN_BE_TRIED and is_kept(row),
)
GO_ON = Verb(
    name="go-on",
    label=_("続きを実行"),
    permission=views.TAKE_MAY,
    form=forms.Form,
    do=_go_on,
    done=_("続きの実行を依頼しました。"),
    offered=lambda row: row.state == "taking",
)

NUMBER, NAME = column("number", _("番号"), lambda row: row.pk), plain("name", _("ファイル名"))
STATE, AT, BY = choice("state", _("状態")), moment("brought_at", _("持込日時")), plain("brought_by", _("持ち込んだ人"))
SENT_BY, DECIDED_BY = plain("sent_by", _("提出した人")), plain("decided_by", _("決定した人"))


def _who_when(path: str, label: Any) -> Any:
    """Who did something with the file, and when."""
    return column(
        path,
        label,
        lambda row: f"{minute(getattr(row, f'{path}_at'))}　{who}" if (who := getattr(row, f"{path}_by")) else None,
    )


BROUGHT, SENT, DECIDED = (
    _who_when("brought", _("持込")),
    _who_when("sent", _("提出")),
    _who_when("decided", _("決定")),
)
REASON, IMPORT = plain("reason", _("理由")), link("book_import", _("台帳の取込"))
SIZE, HASH = number("size", _("大きさ（バイト）")), plain("sha256", _("SHA-256"))


def _faults(row: BookUpload) -> str | None:
    return thousands(len(row.result["faults"]) + row.result["untold"]) if row.result else None


class NumberFilter(CodeFilter):
    """The file of that number."""

    parameter_name = "number"
    title = _("番号")

    def narrowed(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        is_number = value.isdecimal() and len(value) <= LONGEST_NUMBER
        return queryset.filter(pk=int(value)) if is_number else queryset.none()


@admin.register(BookUpload)
class BookUploadAdmin(ActingAdmin):
    """Files that were brought, newest first."""

    list_display = (AT, NAME, STATE, column("faults_number", _("誤り"), _faults), BY, SENT_BY, DECIDED_BY)
    list_display_links = (NAME,)
    list_select_related = ("brought_by", "sent_by", "decided_by")
    list_filter = ("state", NumberFilter)
    search_fields = ("name",)
    search_help_text = _("ファイル名の一部、又はSHA-256の先頭から検索します")
    change_form_template = "admin/book_upload.html"
    verbs = (SEND, TAKE, REJECT, AGAIN, GO_ON)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of what became of the file, only what did."""
        on_the_way = [SENT, DECIDED, REASON, IMPORT]
        happened = [field for field in on_the_way if obj is not None and field(obj) != NOTHING]
        return [(None, {"fields": [STATE, BROUGHT, *happened, SIZE, HASH, NUMBER]})]

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("bring/", views.bring, "bring"),
            ("template/", views.template, "template"),
            ("out/", views.out, "out"),
            ("<path:object_id>/reading/", views.reading, "reading"),
            ("<path:object_id>/marked/", views.marked, "marked"),
            ("<path:object_id>/file/", views.original, "file"),
        ]
        return [
            *(
                path(at, self.admin_site.admin_view(view), name=f"contracts_bookupload_{name}")
                for at, view, name in own
            ),
            *super().get_urls(),
        ]

    def found(self, term: str) -> Q:
        return found(term)

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="book", subject=str(row.pk))

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        may, buttons = request.user.has_perm, super().buttons(request, row)
        if row is None:
            own = [
                (views.BRING_MAY, "bring", _("台帳を持ち込む"), "main"),
                (views.VIEW, "template", _("空のひな形"), ""),
                (views.EXPORT_MAY, "out", _("台帳を書き出す"), ""),
            ]
            buttons += [
                {"address": reverse(f"admin:contracts_bookupload_{name}"), "label": label, "weight": weight}
                for permission, name, label, weight in own
                if may(permission)
            ]
        elif may(views.BRING_MAY) and row.state == "tried" and row.result.get("listed") and is_kept(row):
            address = reverse("admin:contracts_bookupload_reading", args=[row.pk])
            weight = "main" if row.result["status"] == REFUSED else ""
            buttons.append({"address": address, "label": _("一覧の読み方を決める"), "weight": weight})
        return buttons

    def links(self, row: Any) -> list[tuple[Any, str]]:
        if not is_kept(row):
            return []
        return [(_("持ち込まれたファイル"), reverse("admin:contracts_bookupload_file", args=[row.pk]))]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        context |= page(row) | {"upload": row}
        answer = super().render_change_form(request, context, *args, **kwargs)
        if row.state in UNFINISHED:
            answer.headers["Refresh"] = "3"
        return answer
