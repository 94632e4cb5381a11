"""計算できない対象: what could not be billed in a month, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.filters import AnyMonthFilter
from billing.models import ParkedTarget
from contracts.admin.kit.base import FactAdmin, by_code
from contracts.admin.kit.columns import clause, column, link, plain, target
from contracts.admin.kit.search import FINDS, targets_found

MONTH, TARGET = column("month_name", _("月"), lambda row: f"{row.month.month:%Y-%m}"), target()
UNIT = link("target__unit", _("管理単位"))
COLUMNS = (TARGET, plain("reason", _("理由")), clause("clause", _("条項")))


@admin.register(ParkedTarget)
class ParkedTargetAdmin(FactAdmin):
    """Parked targets of all months, the last computed first: a closed month may have been closed without them."""

    list_display = (MONTH, TARGET, UNIT, *COLUMNS[1:])
    list_select_related = ("month", "target__unit")
    list_filter = (AnyMonthFilter, by_code("target", _("対象番号"), "target__number"))
    search_fields = ("target__number",)
    search_help_text = FINDS
    fieldsets = ((None, {"fields": (MONTH, TARGET, UNIT, *COLUMNS[1:])}),)

    def heading(self, row: Any) -> str:
        return f"{row.target.number} {row.month.month:%Y-%m}"

    def found(self, term: str) -> Q:
        return Q(target__in=targets_found(term))
