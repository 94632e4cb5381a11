"""契約者."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.admin.base import FactAdmin, Related, list_of
from contracts.admin.columns import link
from contracts.admin.search import begins
from contracts.models import Contract, Customer, ManagementUnit


@admin.register(Customer)
class CustomerAdmin(FactAdmin):
    """Customers, found by code or by any part of the name; there are few enough to read all names."""

    list_display = ("code", "name")
    sortable_by = ("code",)
    search_fields = ("code", "name")
    search_help_text = _("契約者コードの先頭、又は契約者名の一部から検索します")
    fieldsets = ((None, {"fields": ("code", "name")}),)

    def found(self, term: str) -> Q:
        return begins("code", term) | Q(name__contains=term)

    def related(self, row: Any) -> list[Related]:
        units = ManagementUnit.objects.filter(customer=row).order_by("pk")
        return [Related(units, [link("", _("管理単位"), name="unit")], list_of(ManagementUnit, customer=row.code))]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [(_("この契約者の契約"), list_of(Contract, customer=row.code))]
