"""管理単位: where an account manager lives — who, what, on which days, whether it may be so, and what needs doing."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.about import book_out
from contracts.admin.kit.as_of import as_of
from contracts.admin.kit.base import by_code, list_of
from contracts.admin.kit.bills import KnowsBills
from contracts.admin.kit.columns import link, plain
from contracts.admin.kit.search import units_found
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb
from contracts.admin.records.move import MOVE
from contracts.admin.records.transfer import TRANSFER
from contracts.admin.unit.page import unit_page
from contracts.admin.unit.verbs import unit_verbs
from contracts.models import Application, Contract, ManagementUnit, Move, Option, Transfer
from contracts.operations.register import assign, hand_over, looked_after


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


class HandOverForm(forms.Form):
    """Whose units go to whom: all of them, or those named."""

    person = forms.ModelChoiceField(label=_("今の営業担当"), queryset=User.objects.order_by("username"))
    to = forms.ModelChoiceField(
        label=_("引き継ぐ人"),
        required=False,
        queryset=User.objects.filter(is_active=True, is_staff=True).order_by("username"),
        help_text=_("空欄にすると、担当なしになります。"),
    )
    codes = forms.CharField(
        label=_("管理単位コード"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一部だけのとき。複数なら空白か改行で区切ります。空欄なら、その人の管理単位すべて"),
    )
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)


SHOWN = 50


def _codes(given: Given) -> list[str]:
    typed: str = given["codes"]
    return typed.replace("、", " ").replace(",", " ").split()


def _shown(row: None, given: Given) -> list[str]:
    """The units with their customers; of very many the first."""
    found = looked_after(given["person"], codes=_codes(given)).select_related("customer")
    count = found.count()
    said = {"number": f"{count:,}", "person": given["person"], "to": given["to"] or gettext("担当なし")}
    names = [f"{unit.code} {unit.customer.name} {unit.name}" for unit in found[:SHOWN]]
    more = (
        [gettext("ほかにもあります（先頭の%(count)s件を示しています）。") % {"count": SHOWN}] if count > SHOWN else []
    )
    return [gettext("管理単位%(number)s件の担当が%(person)sから%(to)sに変わります。") % said, *names, *more]


def _hand_over(row: None, given: Given, by: User) -> None:
    hand_over(given["person"], to=given["to"], codes=_codes(given), counted=given["counted"], by=by)


HAND_OVER = Verb(
    name="hand-over",
    label=_("担当を引き継ぐ"),
    permission="contracts.change_managementunit",
    form=HandOverForm,
    do=_hand_over,
    done=_("担当を引き継ぎました。"),
    preview=_shown,
    counted=lambda row, given: {"counted": looked_after(given["person"], codes=_codes(given)).count()},
)

# Without a link: who may see units may not see people.
MANAGER = plain("account_manager", _("営業担当"), name="manager")


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
    fieldsets = ((None, {"fields": ("name", link("customer", _("契約者")), MANAGER)}),)
    change_form_template = "admin/unit.html"
    verbs = (ASSIGN, TRANSFER, MOVE)
    general_verbs = (HAND_OVER,)

    def found(self, term: str) -> Q:
        return Q(pk__in=units_found(term))

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
        row, may = kwargs["obj"], request.user.has_perm
        shown = as_of(request, today=clock.today())
        context |= unit_page(row, as_of=shown, site=cast(KnowsBills, self.admin_site), may=may)
        if shown.known_day is not None:
            # What was known once cannot be acted on: verbs act on what stands.
            return super().render_change_form(request, context, *args, **kwargs)
        runs = any(one.end is None or one.end.on >= shown.today for one in (*context["rows"], *context["others"]))
        context["verbs"] = unit_verbs(row, self.buttons(request, row), book_out(request, row), may, runs=runs)
        return super().render_change_form(request, context, *args, **kwargs)
