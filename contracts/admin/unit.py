"""管理単位, with its contracts, options and applications."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.admin import application, contract, option
from contracts.admin.base import FactAdmin, Related, by_code, list_of
from contracts.admin.columns import link
from contracts.admin.search import units_found
from contracts.models import Application, Contract, ManagementUnit, Option


@admin.register(ManagementUnit)
class ManagementUnitAdmin(FactAdmin):
    """Management units, found by their own code or their customer's."""

    list_display = ("code", "name", link("customer", _("契約者")))
    list_select_related = ("customer",)
    list_filter = (by_code("customer", _("契約者コード"), "customer__code"),)
    sortable_by = ("code",)
    search_fields = ("code",)
    search_help_text = _("管理単位コード又は契約者コードの先頭から検索します")
    fieldsets = ((None, {"fields": ("code", "name", link("customer", _("契約者")))}),)

    def found(self, term: str) -> Q:
        return Q(pk__in=units_found(term))

    def related(self, row: Any) -> list[Related]:
        of_unit, applications = {"unit": row.code}, Application.objects.filter(unit=row).order_by("pk")
        contracts, options = contract.rows(target__unit=row), option.rows(target__unit=row)
        return [
            Related(contracts, contract.COLUMNS, list_of(Contract, **of_unit)),
            Related(options, option.COLUMNS, list_of(Option, **of_unit)),
            Related(applications, application.COLUMNS, list_of(Application, **of_unit)),
        ]
