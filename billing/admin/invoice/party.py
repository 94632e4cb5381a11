"""請求先: whom invoices go to from a day on; set on the page of a customer or a group, put right and taken back on its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.facts.issuer import issuers
from billing.facts.parties import parties_of
from billing.models import BillingGroup, BillingParty, OrderNumber
from billing.models.party import HOLIDAY_RULES, HONORIFICS, LANGUAGES, LAST_DAY, MOST_MONTHS, SENDINGS
from billing.operations.papers import addressee_of
from billing.operations.parties import correct_party, said_by, set_order_number, set_party, withdraw_party
from contracts import clock
from contracts.admin.customer.admin import CustomerAdmin
from contracts.admin.kit.amounts import CountField
from contracts.admin.kit.base import by_code
from contracts.admin.kit.columns import choice, column, day, iso, link, own_page, plain
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.search import FINDS, customers_found
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS
from contracts.admin.unit.admin import ManagementUnitAdmin
from contracts.models import Customer, ManagementUnit

MODELS |= {"billing_party": BillingParty, "order_number": OrderNumber}
LISTED["billing_party"] = (BillingParty, "q")

CHANGES = "billing.change_billingparty"
MONTH_END = 31


class PartyForm(forms.Form):
    """Whom invoices go to, how they are sent, and how they are paid."""

    from_on = day_field(_("適用日"), help_text=_("発行日がこの日以後の請求書から使います（I-71）"))
    company = text_field(_("宛名（会社名）"), required=False, help_text=_("空欄は、契約者の名称又はグループの宛名"))
    postal_code = text_field(_("郵便番号"), required=False, most=8)
    address = text_field(_("住所"), required=False)
    building = text_field(_("建物名・階"), required=False)
    department = text_field(_("部署"), required=False)
    person = text_field(_("担当者"), required=False)
    honorific = forms.ChoiceField(
        label=_("敬称"), choices=HONORIFICS, help_text=_("担当者がいれば「様」、いなければ「御中」")
    )
    sending = forms.ChoiceField(label=_("送付方法"), choices=SENDINGS)
    email = forms.EmailField(label=_("メールアドレス"), required=False, max_length=254)
    due_months = CountField(
        label=_("支払月"),
        required=False,
        min_value=0,
        max_value=MOST_MONTHS,
        help_text=_("請求する月の何か月後か。空欄は、経理が全体に定めた支払条件"),
    )
    due_day = CountField(label=_("支払日"), required=False, min_value=1, max_value=LAST_DAY, help_text=_("31は月末"))
    due_holiday = forms.ChoiceField(label=_("銀行休業日のとき"), choices=HOLIDAY_RULES)
    bank = forms.ChoiceField(label=_("振込先"), required=False)
    customer_number = text_field(_("お客様番号"), required=False, most=64, help_text=_("空欄は、契約者コード"))
    order_number = text_field(_("注文番号"), required=False, most=64)
    language = forms.ChoiceField(label=_("言語"), choices=LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = {bank.key: f"{bank.name} {bank.branch} {bank.number}" for one in issuers() for bank in one.banks}
        self.fields["bank"].choices = [("", _("発行者の最初の振込先")), *banks.items()]  # type: ignore[attr-defined]


class OfCustomerForm(PartyForm):
    """The same, for the customer's own invoices or those of one of its groups."""

    group = forms.ModelChoiceField(
        label=_("請求先グループ"),
        queryset=BillingGroup.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("契約者の請求書"),
    )
    field_order = ("group",)


class CorrectForm(PartyForm):
    """What it ought to have been, and why it is put right."""

    reason = reason_field(_("訂正の理由"))


class ReasonForm(forms.Form):
    """Why it is taken back."""

    reason = reason_field(_("取消の理由"))


class OrderForm(forms.Form):
    """A unit's order number from a day on."""

    number = text_field(_("注文番号"), required=False, most=64, help_text=_("空欄は、この日から注文番号なし"))
    from_on = day_field(_("適用日"), help_text=_("月の請求書には、月の末日の注文番号を記載します（I-71）"))


def _fit_groups(form: Any, row: Customer) -> None:
    groups = row.billing_groups.order_by("code")
    form.fields["group"].queryset = groups
    if not groups.exists():
        del form.fields["group"]


def _own(given: Given) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in ("from_on", "group", "reason")}


def _set(row: Customer, given: Given, by: User) -> BillingParty:
    on = clock.today()
    group = given.get("group")
    return set_party(row, group=group, from_on=given["from_on"], says=_own(given), on=on, by=by)


def _set_of_group(row: BillingGroup, given: Given, by: User) -> BillingParty:
    on = clock.today()
    return set_party(row.customer, group=row, from_on=given["from_on"], says=_own(given), on=on, by=by)


def _last_of(rows: Any) -> dict[str, Any]:
    """The form of what comes next begins with what stands."""
    last = rows.order_by("from_on").last()
    return {**(said_by(last) if last else {}), "from_on": clock.today()}


def _to_party(row: Any, result: BillingParty) -> str:
    return reverse("admin:billing_billingparty_change", args=[result.pk])


SET = Verb(
    name="billing-party",
    label=_("請求先を決める"),
    permission=CHANGES,
    form=OfCustomerForm,
    fit=_fit_groups,
    do=_set,
    done=_("請求先を記録しました。"),
    initial=lambda row: _last_of(parties_of(row.pk).filter(group=None)),
    help=_("発行済みの請求書は変わりません。"),
    then=_to_party,
)
SET_OF_GROUP = Verb(
    name="billing-party",
    label=_("請求先を決める"),
    permission=CHANGES,
    form=PartyForm,
    do=_set_of_group,
    done=_("請求先を記録しました。"),
    initial=lambda row: _last_of(BillingParty.objects.standing().filter(group=row)),
    help=_("発行済みの請求書は変わりません。"),
    then=_to_party,
)
CORRECT = Verb(
    name="correct",
    label=_("訂正"),
    permission=CHANGES,
    form=CorrectForm,
    do=lambda row, given, by: correct_party(
        row, says=_own(given), from_on=given["from_on"], reason=given["reason"], on=clock.today(), by=by
    ),
    done=_("請求先を訂正しました。"),
    initial=lambda row: {**said_by(row), "from_on": row.from_on},
    help=_("この日からの請求先が事実と異なるときに訂正します。発行済みの請求書は変わりません。"),
)
WITHDRAW = Verb(
    name="take-back",
    label=_("取り消す"),
    permission=CHANGES,
    form=ReasonForm,
    do=lambda row, given, by: withdraw_party(row, **given, on=clock.today(), by=by),
    done=_("請求先を取り消しました。前の請求先が続きます。"),
    weight="grave",
)
ORDER = Verb(
    name="order-number",
    label=_("注文番号を決める"),
    permission=CHANGES,
    form=OrderForm,
    do=lambda row, given, by: set_order_number(row, **given, on=clock.today(), by=by),
    done=_("注文番号を記録しました。"),
    initial=lambda row: {"from_on": clock.today()},
    then=lambda row, result: reverse("admin:contracts_managementunit_change", args=[row.pk]),
)

CustomerAdmin.verbs = (*CustomerAdmin.verbs, SET)
ManagementUnitAdmin.verbs = (*ManagementUnitAdmin.verbs, ORDER)


def _addressed(row: BillingParty) -> str:
    """The address block, in one line."""
    name = row.group.addressee if row.group else row.customer.name
    return " ".join(addressee_of(row, code="", name=name).lines)


def _named(row: BillingParty) -> str:
    """Whom it is for, without the address."""
    name = row.group.addressee if row.group else row.customer.name
    return " ".join(replace(addressee_of(row, code="", name=name), postal_code="", address="", building="").lines)


def _terms(row: BillingParty) -> str:
    """支払条件 in words."""
    if row.due_months is None or row.due_day is None:
        return gettext("経理が全体に定めた支払条件")
    said = {"months": row.due_months, "day": row.due_day, "holiday": row.get_due_holiday_display()}
    if row.due_day == MONTH_END:
        return gettext("%(months)sか月後の月末（銀行休業日は%(holiday)s）") % said
    return gettext("%(months)sか月後の%(day)s日（銀行休業日は%(holiday)s）") % said


def _until(row: BillingParty) -> str | None:
    later = BillingParty.objects.standing().filter(customer=row.customer_id, group=row.group_id)
    return iso(later.filter(from_on__gt=row.from_on).order_by("from_on").values_list("from_on", flat=True).first())


PAGE = own_page("from_on", _("適用日"), lambda row: row.from_on.isoformat())
WHOM, SENDING, TERMS = (
    column("addressed", _("宛先"), _addressed),
    choice("sending", _("送付方法")),
    column("terms", _("支払条件"), _terms),
)
OF, NAMED = plain("group__code", _("グループ"), name="group"), column("named", _("宛先"), _named)
GROUP = link("group", _("請求先グループ"))


@admin.register(BillingParty)
class BillingPartyAdmin(ActingAdmin):
    """Whom invoices go to, newest first."""

    lists_standing = True
    whose_path = "customer__name"
    beside = (PAGE, OF, NAMED, SENDING)
    list_display = (day("from_on", _("適用日")), link("customer", _("契約者")), GROUP, WHOM, SENDING, TERMS)
    list_select_related = ("customer", "group")
    list_filter = (by_code("customer", _("契約者コード"), "customer__code"), "sending")
    search_fields = ("customer__code",)
    search_help_text = FINDS
    fieldsets = (
        (None, {"fields": (link("customer", _("契約者")), GROUP, day("from_on", _("適用日")), column("until", _("次の請求先の適用日"), _until))}),
        (_("宛先"), {"fields": (WHOM, SENDING, plain("email", _("メールアドレス")), choice("language", _("言語")))}),
        (_("支払"), {"fields": (TERMS, plain("bank", _("振込先")), plain("customer_number", _("お客様番号")), plain("order_number", _("注文番号")))}),
    )  # fmt: skip
    verbs: Sequence[Verb] = (CORRECT, WITHDRAW)
    subject_path = "customer__code"

    def found(self, term: str) -> Q:
        return Q(customer__in=customers_found(term))

    def heading(self, row: Any) -> str:
        return f"{row.group.code if row.group else row.customer.code} {row.from_on}"


def orders_of(unit: ManagementUnit) -> Any:
    """The order numbers of a unit that stand, in the order of their days."""
    return OrderNumber.objects.standing().filter(unit=unit).order_by("from_on")
