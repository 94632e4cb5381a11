"""請求先グループ: units of a customer that get an invoice of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import BillingGroup
from billing.operations.invoices import make_group, put_in_group
from contracts.admin.kit.base import Related, by_code
from contracts.admin.kit.columns import link, number, plain
from contracts.admin.kit.search import FINDS, begins, customers_found
from contracts.admin.kit.verbs import ActingAdmin, Given, Verb, text_field
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Customer, ManagementUnit

MODELS["billing_group"] = BillingGroup
LISTED["billing_group"] = (BillingGroup, "q")
MOST_UNITS = 500


class GroupForm(forms.Form):
    """A new group: whose it is, and to whom its invoices go."""

    customer = forms.ModelChoiceField(
        label=_("契約者コード"), queryset=Customer.objects.all(), to_field_name="code", widget=forms.TextInput()
    )
    code = text_field(_("グループコード"), most=32)
    addressee = text_field(_("請求書の宛名"), help_text=_("会社名と部署名。「御中」は自動で付きます"))


class UnitsForm(forms.Form):
    """The units of a group, by their codes."""

    units = forms.CharField(
        label=_("管理単位コード"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一行に一つ。次に発行する請求書から適用します"),
    )

    def clean_units(self) -> list[ManagementUnit]:
        """The units of those codes; each has to be there."""
        codes = list(dict.fromkeys(self.cleaned_data["units"].split()))[:MOST_UNITS]
        found = list(ManagementUnit.objects.filter(code__in=codes))
        missing = set(codes) - {unit.code for unit in found}
        if missing:
            raise forms.ValidationError(
                _("管理単位がありません：%(codes)s"), params={"codes": ", ".join(sorted(missing))}
            )
        return found


def _make(row: None, given: Given, by: User) -> BillingGroup:
    return make_group(by=by, **given)


MAKE = Verb(
    name="make",
    label=_("グループを作る"),
    permission="billing.change_billinggroup",
    form=GroupForm,
    do=_make,
    done=_("請求先グループを作りました。"),
)
FILL = Verb(
    name="fill",
    label=_("管理単位を決める"),
    permission="billing.change_billinggroup",
    form=UnitsForm,
    do=lambda row, given, by: put_in_group(row, units=given["units"], by=by),
    done=_("グループの管理単位を決めました。"),
    initial=lambda row: {"units": "\n".join(row.units.order_by("unit__code").values_list("unit__code", flat=True))},
    weight="main",
)


@admin.register(BillingGroup)
class BillingGroupAdmin(ActingAdmin):
    """Groups, newest first."""

    subject_path = "code"
    list_display = (
        plain("code", _("グループコード")),
        plain("addressee", _("請求書の宛名")),
        link("customer", _("契約者")),
        number("unit_count", _("管理単位の数")),
    )
    list_select_related = ("customer",)
    list_filter = (by_code("customer", _("契約者コード"), "customer__code"),)
    search_fields = ("code",)
    search_help_text = FINDS
    fieldsets = ((None, {"fields": (plain("code", _("グループコード")), plain("addressee", _("請求書の宛名")), link("customer", _("契約者")))}),)  # fmt: skip
    verbs = (FILL,)
    general_verbs = (MAKE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(unit_count=Count("units"))
        return rows

    def found(self, term: str) -> Q:
        return begins("code", term) | Q(customer__in=customers_found(term))

    def related(self, row: Any) -> list[Related]:
        units = ManagementUnit.objects.filter(billing_group__group=row).order_by("code")
        return [Related(units, (link("", _("管理単位"), name="unit"), plain("name", _("管理単位名"))))]
