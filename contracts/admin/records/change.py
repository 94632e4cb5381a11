"""変更."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.columns import choice, column, day, link, target, thousands
from contracts.models import Change
from contracts.terms.catalog import CATEGORY_NAMES, Category
from contracts.terms.unit import What


def _becomes(row: Any) -> str | None:
    if row.what == What.CATEGORY:
        return CATEGORY_NAMES[Category(row.to_name)]
    return row.to_name or thousands(row.to_number)


WHAT, BECOMES = choice("what", _("変更事項")), column("becomes", _("変更後"), _becomes)
EFFECTIVE = day("effective_on", _("変更日"))
APPLICATION = link("application", _("申込番号"))
COLUMNS = (EFFECTIVE, WHAT, BECOMES, APPLICATION)


@admin.register(Change)
class ChangeAdmin(OfTargetAdmin):
    """Changes, newest first."""

    subject_path = "target__number"
    lists_standing = True
    list_display = (EFFECTIVE, target(), link("target__unit", _("管理単位")), WHAT, BECOMES, APPLICATION)
    list_select_related = ("target__unit", "application")
    list_filter = ("what", by_code("target", _("対象番号"), "target__number"))
    fieldsets = ((None, {"fields": (target(), link("target__unit", _("管理単位")), *COLUMNS)}),)
