"""訂正の記録: what was put right or taken back, on what ground, by whom — for whoever looks into it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from contracts.admin.correction.verbs import changes
from contracts.admin.kit.base import FactAdmin, by_code
from contracts.admin.kit.columns import choice, column, iso, link, moment, page_of, plain
from contracts.admin.kit.search import begins
from contracts.admin.kit.words import MODELS, place_of
from contracts.models import BillingStart, FactCorrection
from contracts.operations.corrections.kind import said_of


def _fact(row: FactCorrection, pk: int | None) -> Any:
    """A row of facts by its id, linked to its page; a 課金開始日, which has none, by its day."""
    if pk is None:
        return _("取消し")
    if row.kind == "start":
        return iso(BillingStart.objects.values_list("starts_on", flat=True).filter(pk=pk).first())
    found = MODELS[row.kind]._default_manager.filter(pk=pk).first()
    return found and format_html('<a href="{}">{}</a>', page_of(found), _("この記録を開く"))


def _changed(row: FactCorrection) -> Any:
    """What is otherwise, value by value."""
    model = BillingStart if row.kind == "start" else MODELS[row.kind]
    rows = {found.pk: said_of(found) for found in model._default_manager.filter(pk__in=[row.was, row.now])}
    if row.was not in rows:
        return None
    record = "contract" if row.kind == "start" else row.kind
    found = changes(record, rows[row.was], rows.get(row.now) if row.now else None)
    return format_html_join("", "<p>{}</p>", ((one,) for one in found))


def _subject(row: FactCorrection) -> Any:
    record = "contract" if row.kind == "start" else row.kind
    return format_html('<a href="{}">{}</a>', place_of(record, row.subject), row.subject)


AT, BY = moment("at", _("日時")), plain("by", _("訂正者"))
KIND, GROUND = choice("kind", _("訂正した記録")), choice("ground", _("訂正の根拠"))
SUBJECT, UNIT = column("subject", _("番号"), _subject), link("unit", _("管理単位"))
DOCUMENT, REASON = plain("document", _("訂正の文書番号")), plain("reason", _("理由"))
WHAT = column("what", _("訂正又は取消し"), lambda row: _("取消し") if row.now is None else _("訂正"))


@admin.register(FactCorrection)
class FactCorrectionAdmin(FactAdmin):
    """Corrections of accepted facts, newest first."""

    subject_path = "subject"
    list_display = (AT, KIND, SUBJECT, UNIT, WHAT, GROUND, DOCUMENT, REASON, BY)
    list_select_related = ("unit",)
    list_filter = ("kind", "ground", by_code("unit", _("管理単位コード"), "unit__code"))
    search_fields = ("subject",)
    search_help_text = _("番号の先頭から検索します")
    fieldsets = (
        (None, {"fields": (KIND, SUBJECT, UNIT, WHAT)}),
        (_("根拠"), {"fields": (GROUND, DOCUMENT, REASON, AT, BY)}),
        (
            _("内容"),
            {
                "fields": (
                    column("changed", _("変更前と変更後"), _changed),
                    column("was", _("訂正前の記録"), lambda row: _fact(row, row.was)),
                    column("now", _("訂正後の記録"), lambda row: _fact(row, row.now)),
                )
            },
        ),
    )

    def found(self, term: str) -> Q:
        return begins("subject", term)

    def heading(self, row: Any) -> str:
        return f"{row.get_kind_display()} {row.subject}"
