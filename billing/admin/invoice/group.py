"""請求先グループ: units of a customer that get an invoice of their own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.invoice.party import PAGE, SENDING, SET_OF_GROUP, TERMS, WHOM
from billing.facts.ledger import closed_months
from billing.facts.parties import holds_on
from billing.models import BillingGroup, BillingGroupUnit, BillingParty
from billing.operations.groups import make_group, put_in_group, units_of
from contracts import clock
from contracts.admin.kit.base import Related, by_code
from contracts.admin.kit.columns import column, iso, link, number, plain
from contracts.admin.kit.fields import day_field, text_field
from contracts.admin.kit.search import FINDS, begins, customers_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.models import Customer, ManagementUnit
from contracts.terms.days import ONE_DAY, next_month

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
        help_text=_("一行に一つ。この日から、ここに書いた管理単位だけがグループに属します"),
    )
    from_on = day_field(_("適用日"), help_text=_("月の請求書には、月の末日に属する管理単位をまとめます（I-71）"))

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


def _as_it_stands(row: BillingGroup) -> dict[str, Any]:
    """The units of today, from the first day of the month that is closed next."""
    months = closed_months()
    from_on = next_month(max(months)) if months else clock.today().replace(day=1)
    return {"units": "\n".join(units_of(row, clock.today())), "from_on": from_on}


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
    do=lambda row, given, by: put_in_group(row, **given, on=clock.today(), by=by),
    done=_("グループの管理単位を決めました。"),
    initial=_as_it_stands,
    weight="main",
)


FROM = column("from_on", _("開始日"), lambda row: iso(row.from_on) or _("初めから"))
TO = column("until_on", _("最終日"), lambda row: iso(row.until_on - ONE_DAY) if row.until_on else None)


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
    verbs = (FILL, SET_OF_GROUP)
    general_verbs = (MAKE,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        units = BillingGroupUnit.objects.standing().filter(holds_on(clock.today()), group=OuterRef("pk")).order_by()
        counted = units.values("group").annotate(count=Count("pk")).values("count")
        rows: QuerySet[Any] = super().get_queryset(request).annotate(unit_count=Coalesce(Subquery(counted), 0))
        return rows

    def found(self, term: str) -> Q:
        return begins("code", term) | Q(customer__in=customers_found(term))

    def related(self, row: Any) -> list[Related]:
        units = (
            BillingGroupUnit.objects.standing().filter(group=row).select_related("unit").order_by("unit__code", "pk")
        )
        parties = BillingParty.objects.standing().filter(group=row).select_related("group").order_by("from_on")
        return [
            Related(parties, (PAGE, WHOM, SENDING, TERMS), heading=_("請求先")),
            Related(units, (link("unit", _("管理単位")), FROM, TO), heading=_("グループの管理単位")),
        ]
