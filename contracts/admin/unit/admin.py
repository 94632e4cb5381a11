"""管理単位: where an account manager lives — who, what, on which days, whether it may be so, and what needs doing."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.about import book_out
from contracts.admin.kit.base import by_code, list_of
from contracts.admin.kit.columns import link, plain
from contracts.admin.kit.search import units_found
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb
from contracts.admin.records.move import MOVE
from contracts.admin.records.name import CORRECT_FIRST, FORMER, TO_COME, UnitRenameForm, renaming
from contracts.admin.records.transfer import TRANSFER
from contracts.admin.unit.page import unit_page
from contracts.admin.work.hand_over import HAND_OVER
from contracts.admin.work.hand_over import TO_COME as HANDED_OVER
from contracts.models import Application, Contract, ManagementUnit, Move, Option, Transfer
from contracts.operations.register import assign


class AssignForm(forms.Form):
    """Who looks after the unit from now on."""

    to = forms.ModelChoiceField(
        label=_("営業担当"),
        required=False,
        queryset=User.objects.filter(is_active=True, is_staff=True).order_by("username"),
        help_text=_("空欄にすると、担当なしになります。"),
    )


def _assign(row: ManagementUnit, given: Given, by: User) -> ManagementUnit:
    return assign(row, to=given["to"], by=by)


ASSIGN = Verb(
    name="assign",
    label=_("営業担当を変える"),
    permission="contracts.change_managementunit",
    form=AssignForm,
    do=_assign,
    done=_("営業担当を変えました。"),
    initial=lambda row: {"to": row.account_manager_id},
)


# Without a link: who may see units may not see people.
MANAGER = plain("account_manager", _("営業担当"), name="manager")


RENAME = renaming("contracts.add_name", UnitRenameForm)


class DayForm(forms.Form):
    """The day on which to look at the unit."""

    on = forms.DateField(required=False)

    def day(self) -> date:
        """The day asked for; today where none is, or none that there is."""
        day = self.cleaned_data.get("on") if self.is_valid() else None
        return day if day is not None and 2000 <= day.year < 2200 else clock.today()


@admin.register(ManagementUnit)
class ManagementUnitAdmin(ActingAdmin):
    """Management units, found by their own code or their customer's."""

    subject_path = "code"
    list_display = ("code", "name", link("customer", _("契約者")), MANAGER)
    list_select_related = ("customer", "account_manager")
    list_filter = (by_code("customer", _("契約者コード"), "customer__code"),)
    sortable_by = ("code",)
    search_fields = ("code",)
    search_help_text = _("管理単位コード又は契約者コードの先頭から検索します")
    fieldsets = ((None, {"fields": ("name", FORMER, TO_COME, link("customer", _("契約者")), MANAGER, HANDED_OVER)}),)
    change_form_template = "admin/unit.html"
    verbs = (ASSIGN, RENAME, CORRECT_FIRST, TRANSFER, MOVE)
    general_verbs = (HAND_OVER,)

    def found(self, term: str) -> Q:
        return Q(pk__in=units_found(term))

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        found = super().buttons(request, row)
        if row is not None and request.user.has_perm("contracts.enter_application"):
            address = reverse("admin:contracts_application_new", args=[row.pk])
            found.insert(0, {"address": address, "label": _("申込を入力"), "weight": "main"})
        if row is not None and request.user.has_perm("contracts.add_notice"):
            address = reverse("admin:contracts_notice_receive", args=[row.pk])
            found.append({"address": address, "label": _("解約通知を受け付ける"), "weight": "grave"})
        return [*found, *(book_out(request, row) if row is not None else ())]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        of_unit = {"unit": row.code}
        return [
            (_("すべての契約"), list_of(Contract, **of_unit)),
            (_("すべてのオプション"), list_of(Option, **of_unit)),
            (_("すべての申込"), list_of(Application, **of_unit)),
            (_("契約の移転"), list_of(Transfer, **of_unit)),
            (_("契約の移動"), list_of(Move, q=row.code)),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        may = request.user.has_perm
        context |= unit_page(kwargs["obj"], on=DayForm(request.GET).day(), today=clock.today(), may=may)
        return super().render_change_form(request, context, *args, **kwargs)
