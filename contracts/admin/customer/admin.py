"""契約者."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts.admin.customer.first import FIRST
from contracts.admin.kit.about import book_out
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import link, page_of
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb, text_field
from contracts.models import Contract, Customer, ManagementUnit
from contracts.operations.register import register_customer, register_unit


class CustomerForm(forms.Form):
    """A new customer."""

    code = text_field(_("契約者コード"), most=64)
    name = text_field(_("契約者名"))


class UnitForm(forms.Form):
    """A new management unit of a customer."""

    code = text_field(_("管理単位コード"), most=64)
    name = text_field(_("管理単位名"))


def _register(row: None, given: Given, by: User) -> Customer:
    return register_customer(by=by, **given)


def _register_unit(row: Customer, given: Given, by: User) -> ManagementUnit:
    return register_unit(customer=row, by=by, **given)


REGISTER = Verb(
    name="register",
    label=_("契約者を登録"),
    permission="contracts.add_customer",
    form=CustomerForm,
    do=_register,
    done=_("契約者を登録しました。続けて管理単位を登録できます。"),
)
REGISTER_UNIT = Verb(
    name="register-unit",
    label=_("管理単位を登録"),
    permission="contracts.add_managementunit",
    form=UnitForm,
    do=_register_unit,
    done=_("管理単位を登録しました。続けて申込を入力できます。"),
    clause="6-1",
    then=lambda row, unit: page_of(unit),
)


@admin.register(Customer)
class CustomerAdmin(ActingAdmin):
    """Customers, found by code or by any part of the name."""

    subject_path = "code"
    list_display = ("code", "name")
    sortable_by = ("code",)
    search_fields = ("code", "name")
    search_help_text = FINDS
    fieldsets = ((None, {"fields": ("code", "name")}),)
    general_verbs = (FIRST, REGISTER)
    verbs = (REGISTER_UNIT,)

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [*super().buttons(request, row), *(book_out(request, row) if row is not None else ())]

    def found(self, term: str) -> Q:
        return Q(pk__in=customers_found(term))

    def related(self, row: Any) -> list[Related]:
        units = ManagementUnit.objects.filter(customer=row).order_by("pk")
        return [Related(units, [link("", _("管理単位"), name="unit")], list_of(ManagementUnit, customer=row.code))]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [(_("この契約者の契約"), list_of(Contract, customer=row.code))]
