"""管理単位: where an account manager lives — who, what, on which days, whether it may be so, and what needs doing."""

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
from contracts.admin.kit.about import book_out
from contracts.admin.kit.as_of import as_of
from contracts.admin.kit.base import asks_for_one, by_code, list_of
from contracts.admin.kit.bills import KnowsBills
from contracts.admin.kit.columns import link, plain
from contracts.admin.kit.late import Part, late_places, part_of
from contracts.admin.kit.list_filters import UnitStateFilter, UnitTierFilter, manager_at
from contracts.admin.kit.lists import WorkingList
from contracts.admin.kit.search import FINDS, units_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records.move import MOVE
from contracts.admin.records.name import CORRECT_FIRST, UnitRenameForm, names_said, renaming
from contracts.admin.records.transfer import TRANSFER
from contracts.admin.unit.page import unit_late, unit_page
from contracts.admin.unit.verbs import unit_verbs
from contracts.admin.work.hand_over import HAND_OVER, account_managers
from contracts.admin.work.hand_over import to_come as handed_over
from contracts.facts.party_names import with_ever_named
from contracts.models import Application, Contract, ManagementUnit, Move, Name, Notice, Option, Transfer
from contracts.operations.register import assign


class AssignForm(forms.Form):
    """Who looks after the unit from now on."""

    to = forms.ModelChoiceField(
        label=_("営業担当"), required=False, queryset=account_managers(), empty_label=_("担当なし")
    )


def _with_whoever_does(form: Any, row: ManagementUnit) -> None:
    """Whoever looks after it now stays a choice: nobody is put in their place without a word."""
    if row.account_manager is not None:
        form.fields["to"].queryset = account_managers() | User.objects.filter(pk=row.account_manager.pk)


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
    fit=_with_whoever_does,
)


# Without a link: who may see units may not see people.
MANAGER = plain("account_manager", _("営業担当"), name="manager")


RENAME = renaming("contracts.add_name", UnitRenameForm)


@admin.register(ManagementUnit)
class ManagementUnitAdmin(WorkingList, ActingAdmin):
    """Management units, found by their own code or their customer's."""

    subject_path = "code"
    list_display = ("code", "name", link("customer", _("契約者")), MANAGER)
    list_select_related = ("customer", "account_manager")
    unit_path = ""
    whose_path = "customer__name"
    list_filter = (
        manager_at(""),
        UnitStateFilter,
        UnitTierFilter,
        by_code("customer", _("契約者コード"), "customer__code"),
    )
    sortable_by = ("code",)
    search_fields = ("code",)
    search_help_text = FINDS
    fieldsets = ((None, {"fields": ("name", link("customer", _("契約者")), MANAGER)}),)
    change_form_template = "admin/unit.html"
    verbs: Sequence[Verb] = (ASSIGN, RENAME, CORRECT_FIRST, TRANSFER, MOVE)
    """Billing adds its own."""
    general_verbs = (HAND_OVER,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        # The page asks for the names only of what has any.
        return with_ever_named(rows, "unit") if asks_for_one(request) else rows

    def found(self, term: str) -> Q:
        return Q(pk__in=units_found(term))

    def links(self, row: Any) -> list[tuple[Any, str]]:
        of_unit = {"unit": row.code}
        return [
            (_("契約"), list_of(Contract, **of_unit)),
            (_("オプション"), list_of(Option, **of_unit)),
            (_("申込"), list_of(Application, **of_unit)),
            (_("解約通知"), list_of(Notice, q=row.code)),
            (_("名称の推移"), list_of(Name, **of_unit)),
            (_("契約の移転"), list_of(Transfer, **of_unit)),
            (_("契約の移動"), list_of(Move, q=row.code)),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row, may = kwargs["obj"], request.user.has_perm
        shown = as_of(request, today=clock.today())
        part, site = part_of(request), cast(KnowsBills, self.admin_site)
        if part is not Part.FIRST:
            context |= unit_late(row, as_of=shown, site=site, may=may)
        if part is Part.LATE:
            return TemplateResponse(request, "admin/unit_late.html", context)
        context |= unit_page(row, as_of=shown, site=site, may=may)
        context |= {"late_places": late_places(request), "comes_late": part is Part.FIRST and context["sees_yen"]}
        context |= {"names": names_said(row), "handed_over": handed_over(row)}
        if shown.known_day is not None:
            # What was known once cannot be acted on: verbs act on what stands.
            return super().render_change_form(request, context, *args, **kwargs)
        runs = any(one.end is None or one.end.on >= shown.today for one in (*context["rows"], *context["others"]))
        context["buttons"] = self.buttons(request, row)
        of_book, contracts = book_out(request, row), [one.number for one in context["rows"] if not one.is_option]
        context["verbs"] = unit_verbs(row, context["buttons"], of_book, may, runs=runs, contracts=contracts)
        return super().render_change_form(request, context, *args, **kwargs)
