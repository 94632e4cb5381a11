"""変更: the word that its price was kept (I-41), and what it ought to have said (I-50)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import GroundForm
from contracts.admin.correction.verbs import correcting, taking_back
from contracts.admin.kit.amounts import CountField
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import choice, column, day, link, own_page, plain, target, thousands
from contracts.admin.kit.fields import day_field, text_field
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.intake.book.cells import MOST_LICENCES
from contracts.models import Change
from contracts.operations.changes import keep_price, may_keep_price
from contracts.operations.corrections.of_targets import CHANGES
from contracts.terms.catalog import CATEGORY_NAMES, ITEMS, TIER_RANK, Category, ModuleType
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


class ChangeForm(GroundForm):
    """What a change ought to have said."""

    to = forms.ChoiceField(label=_("変更後"))
    effective_on = day_field(_("変更日"))


def _fit(form: Any, row: Change) -> None:
    """Categories and items are chosen, years and licences typed."""
    what = What(row.what)
    if what is What.CATEGORY:
        names = {code: name for code, name in CATEGORY_NAMES.items() if TIER_RANK.get(code, 0) > 1}
        form.fields["to"].choices = [(str(code), name) for code, name in names.items()]
    elif what is What.ITEM:
        module = row.target.contract
        form.fields["to"].choices = [(name, name) for name in ITEMS[ModuleType(module.module_type), module.kind]]
    else:
        form.fields["to"] = CountField(label=_("変更後"), min_value=1, max_value=MOST_LICENCES)
        form.order_fields(["to"])


def _says(row: Change, given: Given) -> dict[str, Any]:
    column = "to_name" if What(row.what) in (What.CATEGORY, What.ITEM) else "to_number"
    return {column: given["to"], "effective_on": given["effective_on"]}


CORRECT = correcting(
    CHANGES,
    ChangeForm,
    lambda row: {"to": row.to_name or row.to_number, "effective_on": row.effective_on},
    says=_says,
    fit=_fit,
    clause="9-1",
    help=_(
        "承諾した変更の記録が合意と異なるときに訂正します。初めからそのとおりであったものとして判定し、計算します（I-50）。"
        "変更とともに登録した料金と、品目の変更に伴う対応サービスの状態も、日に合わせて訂正します。"
    ),
)
TAKE_BACK = taking_back(CHANGES, clause="9-1")


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
    verbs = (KEEP, CORRECT, TAKE_BACK)
