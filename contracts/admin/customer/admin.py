"""契約者."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts.admin.customer.first import FIRST
from contracts.admin.kit.about import book_out
from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.columns import link, page_of, plain
from contracts.admin.kit.search import begins
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb, text_field
from contracts.admin.records.name import CORRECT_FIRST, FORMER, TO_COME, RenameForm, renaming
from contracts.admin.records.transfer import COLUMNS, MERGE
from contracts.facts.party_names import ever_called
from contracts.models import Contract, Customer, ManagementUnit, Transfer
from contracts.operations.register import register_customer, register_unit


class CustomerForm(forms.Form):
    """A new customer."""

    code = text_field(_("契約者コード"), most=64)
    name = text_field(_("契約者名"))
    kana = text_field(_("フリガナ"), required=False)


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


RENAME = renaming("contracts.add_name", RenameForm)


@admin.register(Customer)
class CustomerAdmin(ActingAdmin):
    """Customers, found by code or by any part of the name; there are few enough to read all names."""

    subject_path = "code"
    list_display = ("code", "name")
    sortable_by = ("code",)
    search_fields = ("code", "name")
    search_help_text = _("契約者コードの先頭、又は契約者名（旧名称を含む）の一部から検索します")
    fieldsets = ((None, {"fields": ("code", "name", plain("kana", _("フリガナ")), FORMER, TO_COME)}),)
    general_verbs = (FIRST, REGISTER)
    verbs = (REGISTER_UNIT, RENAME, CORRECT_FIRST, MERGE)

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        found = super().buttons(request, row)
        if row is not None and request.user.has_perm("contracts.add_notice") and row.units.exists():
            address = reverse("admin:contracts_notice_letter", args=[row.pk])
            found.append({"address": address, "label": _("解約通知を受け付ける"), "weight": "grave"})
        return [*found, *(book_out(request, row) if row is not None else ())]

    def found(self, term: str) -> Q:
        return begins("code", term) | ever_called("customer", Q(name__contains=term) | Q(kana__contains=term))

    def related(self, row: Any) -> list[Related]:
        units = ManagementUnit.objects.filter(customer=row).order_by("pk")
        passed = Transfer.objects.standing().filter(Q(giver=row) | Q(receiver=row)).order_by("-from_on", "-pk")
        transfers = passed.select_related("unit", "giver", "receiver")
        names = row.names.filter(withdrawn_on=None).order_by("from_on", "pk")
        return [
            Related(units, [link("", _("管理単位"), name="unit")], list_of(ManagementUnit, customer=row.code)),
            Related(transfers, [*COLUMNS, link("unit", _("管理単位"))], list_of(Transfer, q=row.code)),
            *([Related(names, heading=_("名称の推移"))] if names else []),
        ]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return [(_("この契約者の契約"), list_of(Contract, customer=row.code))]
