"""契約者."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.customer.first import FIRST
from contracts.admin.customer.page import customer_late, customer_page
from contracts.admin.customer.verbs import customer_verbs
from contracts.admin.kit.about import book_out
from contracts.admin.kit.as_of import as_of
from contracts.admin.kit.base import asks_for_one, list_of
from contracts.admin.kit.bills import KnowsBills
from contracts.admin.kit.columns import page_of
from contracts.admin.kit.fields import text_field
from contracts.admin.kit.late import Part, late_places, part_of
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records.name import CORRECT_FIRST, KANA_HELP, RenameForm, names_said, renaming
from contracts.admin.records.transfer import MERGE
from contracts.facts.party_names import with_ever_named
from contracts.models import Contract, Customer, ManagementUnit, Name, Notice, Transfer
from contracts.operations.register import register_customer, register_unit

NTH_DIGITS = 6
"""Digits of the longest number of a page that is looked at."""


class CustomerForm(forms.Form):
    """A new customer."""

    code = text_field(_("契約者コード"), most=64)
    name = text_field(_("契約者名"))
    kana = text_field(_("フリガナ"), required=False, help_text=KANA_HELP)


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
    """Customers, found by code or by any part of the name."""

    subject_path = "code"
    list_display = ("code", "name")
    sortable_by = ("code",)
    search_fields = ("code", "name")
    search_help_text = FINDS
    fieldsets = ((None, {"fields": ("code", "name")}),)
    change_form_template = "admin/customer.html"
    general_verbs = (FIRST, REGISTER)
    verbs: Sequence[Verb] = (REGISTER_UNIT, RENAME, CORRECT_FIRST, MERGE)
    """Billing adds its own."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row, may = kwargs["obj"], request.user.has_perm
        shown = as_of(request, today=clock.today())
        asked = request.GET.get("page", "")
        site = cast(KnowsBills, self.admin_site)
        nth = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= NTH_DIGITS else 1
        part = part_of(request)
        if part is not Part.FIRST:
            context |= customer_late(row, as_of=shown, nth=nth, site=site, may=may)
        if part is Part.LATE:
            return TemplateResponse(request, "admin/customer_late.html", {**context, "as_of": shown})
        context |= customer_page(row, as_of=shown, nth=nth, site=site, may=may)
        context |= {"late_places": late_places(request), "comes_late": part is Part.FIRST}
        context["names"] = names_said(row)
        if shown.known_day is None:
            # What was known once cannot be acted on: verbs act on what stands.
            context["buttons"] = self.buttons(request, row)
            context["verbs"] = customer_verbs(context.get("units", ()), context["buttons"], book_out(request, row), may)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # The page asks for the names only of what has any.
        return with_ever_named(rows, "customer") if asks_for_one(request) else rows

    def found(self, term: str) -> Q:
        return Q(pk__in=customers_found(term))

    def heading(self, row: Any) -> str:
        return str(row.name)

    def links(self, row: Any) -> list[tuple[Any, str]]:
        of_customer = {"customer": row.code}
        return [
            (_("管理単位"), list_of(ManagementUnit, **of_customer)),
            (_("契約"), list_of(Contract, **of_customer)),
            (_("解約通知"), list_of(Notice, q=row.code)),
            (_("名称の推移"), list_of(Name, **of_customer)),
            (_("契約の移転"), list_of(Transfer, q=row.code)),
        ]
