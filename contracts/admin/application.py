"""申込, with what was concluded and changed by it."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.admin import change
from contracts.admin.base import FactAdmin, Related, by_code
from contracts.admin.columns import choice, day, link, target
from contracts.admin.search import applications_found
from contracts.models import Application, Change, Target

DAYS = (day("applied_on", _("申込日")), day("accepted_on", _("承諾日")))
COLUMNS = (link("", _("申込番号"), name="number"), *DAYS)
UNIT = link("unit", _("管理単位"))
CUSTOMER = link("unit__customer", _("契約者"))


@admin.register(Application)
class ApplicationAdmin(FactAdmin):
    """Applications, newest first."""

    list_display = ("number", UNIT, CUSTOMER, *DAYS)
    list_select_related = ("unit__customer",)
    list_filter = (by_code("unit", _("管理単位コード"), "unit__code"),)
    sortable_by = ("number",)
    search_fields = ("number",)
    search_help_text = _("申込番号、管理単位コード又は契約者コードの先頭から検索します")
    fieldsets = ((None, {"fields": ("number", UNIT, CUSTOMER, *DAYS)}),)

    def found(self, term: str) -> Q:
        return Q(pk__in=applications_found(term))

    def related(self, row: Any) -> list[Related]:
        targets = Target.objects.filter(application=row).order_by("pk")
        columns = [
            target("", _("対象番号")),
            choice("kind", _("区分")),
            day("billing_starts_on", _("課金開始日")),
            day("ends_on", _("終了日")),
        ]
        changes = Change.objects.filter(application=row).select_related("target", "application").order_by("pk")
        return [Related(targets, columns), Related(changes, change.COLUMNS)]
