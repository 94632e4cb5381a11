"""変更, and the word that its price was kept (I-41)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import choice, column, day, link, own_page, plain, target, thousands
from contracts.admin.kit.verbs import ActingAdmin, Verb, text_field
from contracts.models import Change
from contracts.operations.changes import keep_price, may_keep_price
from contracts.terms.catalog import CATEGORY_NAMES, Category
from contracts.terms.unit import What


def _becomes(row: Any) -> str | None:
    if row.what == What.CATEGORY:
        return CATEGORY_NAMES[Category(row.to_name)]
    return row.to_name or thousands(row.to_number)


WHAT, BECOMES = choice("what", _("変更事項")), column("becomes", _("変更後"), _becomes)
EFFECTIVE = day("effective_on", _("変更日"))
APPLICATION = link("application", _("申込番号"))
KEPT = column("kept", _("料金据置"), lambda row: _("料金据置") if row.price_kept else None)
REPLACED = day("withdrawn_on", _("訂正日"))
PAGE = own_page("what", _("変更事項"), lambda row: row.get_what_display())
COLUMNS = (EFFECTIVE, PAGE, BECOMES, KEPT, APPLICATION)


class KeepPriceForm(forms.Form):
    """What says that the price stays."""

    reference = text_field(_("文書番号"))


KEEP = Verb(
    name="keep",
    label=_("料金据置を記録"),
    permission="contracts.change_price",
    form=KeepPriceForm,
    do=lambda row, given, by: keep_price(row, on=clock.today(), by=by, **given),
    done=_("料金据置を記録しました。"),
    clause="13",
    offered=may_keep_price,
    help=_("申込が月額費用を変えないとしているときに記録します。変わるときは、変更日からの料金を登録します（I-41）。"),
)


@admin.register(Change)
class ChangeAdmin(ActingAdmin, OfTargetAdmin):
    """Changes, newest first."""

    subject_path = "target__number"
    lists_standing = True
    list_display = (EFFECTIVE, target(), link("target__unit", _("管理単位")), WHAT, BECOMES, KEPT, APPLICATION)
    list_select_related = ("target__unit", "application")
    list_filter = ("what", by_code("target", _("対象番号"), "target__number"))
    fieldsets = (
        (
            None,
            {"fields": (target(), link("target__unit", _("管理単位")), EFFECTIVE, WHAT, BECOMES, KEPT, APPLICATION)},
        ),
        (_("訂正"), {"fields": (REPLACED, plain("withdrawn_because", _("訂正の理由")))}),
    )
    verbs = (KEEP,)
