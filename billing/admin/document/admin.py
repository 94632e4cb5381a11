"""お客様への書面 and 書面のメール: the lists of what was made and of what was sent, and what can be done with either."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from billing.admin.document import files
from billing.models import Document, DocumentMail
from billing.operations.documents.mail import ask_to_mail, came_back, send_again
from contracts.admin.kit.base import Related, by_code, list_of
from contracts.admin.kit.columns import choice, column, day, link, moment, number, own_page, plain, who
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Entry, plain_code

MODELS["document"] = Document
LISTED["document"] = (Document, "q")

MAY = "billing.make_document"


class ToForm(forms.Form):
    """To which address a document goes."""

    to = forms.EmailField(label=_("宛先のメールアドレス"), max_length=254)


class BackForm(forms.Form):
    """What the answer said with which a mail came back."""

    why = reason_field(_("不達の知らせの内容"))


def _mail(row: Document, given: Given, by: User) -> Document:
    ask_to_mail(row, by=by, **given)
    return row


MAIL = Verb(
    name="mail",
    label=_("メールで送る"),
    permission=MAY,
    form=ToForm,
    do=_mail,
    done=_("送信を依頼しました。次の定時処理で送ります。"),
    help=_("このPDFを添付したメールを、送信の列に加えます。同じ書面は、同じ宛先へ一度だけ送ります。"),
)
AGAIN = Verb(
    name="again",
    label=_("再送"),
    permission=MAY,
    form=forms.Form,
    do=lambda row, given, by: send_again(row, by=by),
    done=_("もう一度送信を待っています。"),
    offered=lambda row: row.state != "waiting",
    help=_("同じ宛先へ、もう一度送ります。既に届いている場合は、お客様に二通届きます。"),
)
BACK = Verb(
    name="bounced",
    label=_("不達を記録"),
    permission=MAY,
    form=BackForm,
    do=lambda row, given, by: came_back(row, by=by, **given),
    done=_("不達を記録しました。"),
    offered=lambda row: row.state == "sent",
    help=_("送ったメールが戻ってきたことを記録します。別の宛先へ送るか、郵送してください。"),
)

NUMBER = own_page("number", _("番号"), str)
LISTED_NUMBER = column("number_said", _("番号"), str)
KIND, ADDRESSEE, CUSTOMER = choice("kind", _("書面")), plain("addressee", _("宛名")), link("customer", _("契約者"))
ON, MADE, BY = day("on", _("書面の日付")), moment("made_at", _("作成日時")), who("made_by", _("作成した人"))
EDITION = column("edition_said", _("再発行"), lambda row: f"{row.edition}" if row.edition else None)
FILE = column(
    "file",
    _("PDF"),
    lambda row: format_html('<a href="{}">PDF</a>', reverse("admin:billing_document_pdf", args=[row.pk])),
)
TO, STATE = plain("to", _("宛先")), choice("state", _("状態"))
ASKED, SENT = moment("asked_at", _("依頼日時")), moment("sent_at", _("送信日時"))
ASKED_BY, TRIED, ERROR = plain("asked_by", _("依頼した人")), number("attempts", _("試行")), plain("error", _("エラー"))
DOCUMENT_COLUMNS = (NUMBER, KIND, ON, EDITION, MADE, BY, FILE)


@admin.register(Document)
class DocumentAdmin(ActingAdmin):
    """Papers, newest first."""

    list_display = (LISTED_NUMBER, KIND, ADDRESSEE, CUSTOMER, ON, EDITION, MADE, BY, FILE)
    list_select_related = ("customer",)
    list_filter = ("kind", by_code("customer", _("契約者コード"), "customer__code"))
    search_fields = ("number",)
    search_help_text = FINDS
    beside = DOCUMENT_COLUMNS
    subject_path = "number"
    fieldsets = (
        (None, {"fields": (NUMBER, KIND, ADDRESSEE, CUSTOMER, link("unit", _("管理単位")), link("invoice", _("請求書")))}),
        (_("作成"), {"fields": (ON, EDITION, plain("reason", _("理由")), MADE, BY)}),
        (_("ファイル"), {"fields": (FILE, number("size", _("大きさ（バイト）")), plain("sha256", _("SHA-256")))}),
    )  # fmt: skip
    verbs = (MAIL,)

    def get_urls(self) -> list[URLPattern]:
        pdf = self.admin_site.admin_view(files.document_pdf)
        return [path("<int:document_id>/pdf/", pdf, name="billing_document_pdf"), *super().get_urls()]

    def found(self, term: str) -> Q:
        return plain_code.begins("number", term) | Q(customer__in=customers_found(term)) | Q(sha256=term.lower())

    def related(self, row: Any) -> list[Related]:
        return [
            Related(row.mails.order_by("-pk"), (own_page("to", _("宛先"), lambda mail: mail.to), STATE, SENT, ERROR))
        ]

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="document", subject=str(row))


@admin.register(DocumentMail)
class DocumentMailAdmin(ActingAdmin):
    """The queue of mails, newest first: what waits, what left, what came back."""

    list_display = (
        TO,
        link("document", _("書面")),
        STATE,
        ASKED,
        SENT,
        TRIED,
        ERROR,
    )
    list_select_related = ("document",)
    list_filter = ("state",)
    search_fields = ("to",)
    search_help_text = _("宛先の先頭、又は書面の番号で検索します")
    fieldsets = (
        (None, {"fields": (TO, link("document", _("書面")), STATE)}),
        (_("送信"), {"fields": (ASKED, ASKED_BY, SENT, TRIED, ERROR)}),
    )
    verbs = (AGAIN, BACK)

    def found(self, term: str) -> Q:
        return Q(to__startswith=term) | Q(document__in=Document.objects.filter(plain_code.begins("number", term)))

    def history_of(self, row: Any) -> str:
        return list_of(Entry, record="document", subject=str(row.document))
