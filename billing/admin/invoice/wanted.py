"""請求書の検索: by day of issue, amount, party and order number in any combination (電子帳簿保存法), and by what became of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.filters import CODES, MonthFilter
from billing.models import BillingGroup, BillingParty, Invoice, InvoiceUnit, OrderNumber
from billing.operations.documents.mail import not_delivered
from contracts import clock
from contracts.admin.kit.amounts import YenField
from contracts.admin.kit.days import DayField
from contracts.admin.kit.search import customers_found
from contracts.facts.folding import typed
from contracts.models import plain_code

LONGEST_PARTY = 100
MOST_YEN = 10**15
STATE = "state"
UNSENT, UNPAID, OVERDUE, PAID = "unsent", "unpaid", "overdue", "paid"
UNDELIVERED = "undelivered"


class WantedForm(forms.Form):
    """What an invoice is looked for by; each of them may be left out."""

    issued_from = DayField(label=_("発行日（から）"), required=False)
    issued_to = DayField(label=_("発行日（まで）"), required=False)
    yen_from = YenField(label=_("請求金額（円以上）"), required=False, min_value=-MOST_YEN, max_value=MOST_YEN)
    yen_to = YenField(label=_("請求金額（円以下）"), required=False, min_value=-MOST_YEN, max_value=MOST_YEN)
    party = forms.CharField(label=_("取引先（名称・コード）"), required=False, max_length=LONGEST_PARTY)
    ordered = forms.CharField(label=_("注文番号"), required=False, max_length=LONGEST_PARTY)


NAMES = tuple(WantedForm.base_fields)


class WantedFilter(admin.ListFilter):
    """Ranges of days and yen, a party and an order number, taken together."""

    title = _("発行日・金額・取引先・注文番号")
    template = "admin/wanted_filter.html"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in NAMES:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = WantedForm(self.used_parameters or None, auto_id="wanted_%s")
        self.others: list[tuple[str, str]] = []

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(NAMES)

    def choices(self, changelist: Any) -> Any:
        """No choices: the form, and what else narrows the list, to be kept."""
        self.others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in NAMES
            for value in (values if isinstance(values, list) else [values])
        ]
        self.none = changelist.get_query_string(remove=list(NAMES))
        return []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.form.is_bound:
            return queryset
        # What is no day or no amount is told at its field, and finds nothing: it must not be taken for "any".
        if not self.form.is_valid():
            return queryset.none()
        given = self.form.cleaned_data
        bounds = {
            "issued_on__gte": given["issued_from"],
            "issued_on__lte": given["issued_to"],
            "total_yen__gte": given["yen_from"],
            "total_yen__lte": given["yen_to"],
        }
        queryset = queryset.filter(**{name: value for name, value in bounds.items() if value is not None})
        party = typed(given["party"])
        if party:
            queryset = queryset.filter(is_of(party))
        ordered = typed(given["ordered"])
        return queryset.filter(says_order(ordered)) if ordered else queryset


def is_of(party: str) -> Q:
    """The invoices of the customers that a term finds, and those to whose name it belongs: what is printed may be another company's.

    Looked for among the parties and groups that ever were: few beside the invoices.
    """
    of_customers = Invoice.objects.filter(customer__in=customers_found(party)).order_by().values("pk")
    called = BillingParty.objects.filter(company__icontains=party).order_by().values("customer")
    grouped = BillingGroup.objects.filter(addressee__icontains=party).order_by().values("customer")
    of_addressees = (
        Invoice.objects.filter(customer__in=called.union(grouped), addressee__icontains=party).order_by().values("pk")
    )
    # One set of ids: by either of two, every invoice there is would be asked about.
    return Q(pk__in=of_customers.union(of_addressees))


def says_order(term: str) -> Q:
    """The invoices on which an order number stands that begins so, signs and case apart: of their party, or of one of their units.

    Found by whoever ever had such a number, replaced and withdrawn ones too: an invoice goes on saying what was so at its issue.
    """
    parties = BillingParty.objects.filter(plain_code.begins("order_number", term)).values("customer")
    of_parties = Invoice.objects.filter(customer__in=parties).annotate(said=KT("paper__addressee__order_number"))
    units = OrderNumber.objects.filter(plain_code.begins("number", term)).values("unit")
    of_units = InvoiceUnit.objects.filter(plain_code.begins("order_number", term), unit__in=units)
    # One set of ids: by either of two, every invoice there is would be asked about.
    said = of_parties.filter(plain_code.begins("said", term)).values("pk").union(of_units.values("invoice"))
    return Q(pk__in=said)


class BecameFilter(admin.SimpleListFilter):
    """Invoices by what became of them: not sent, not delivered, not paid, overdue, paid. What comes to 0 yen has nothing to be paid."""

    title = _("送付・入金")
    parameter_name = STATE

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (UNSENT, _("未送付")),
            (UNDELIVERED, _("不達・送信失敗")),
            (UNPAID, _("未入金")),
            (OVERDUE, _("期限超過")),
            (PAID, _("入金済み")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        unpaid = Q(paid_on=None) & ~Q(total_yen=0)
        asked = {
            UNSENT: Q(sent_on=None),
            UNDELIVERED: not_delivered(),
            UNPAID: unpaid,
            OVERDUE: unpaid & Q(due_on__lt=clock.today()),
            PAID: Q(paid_on__isnull=False),
        }
        value = self.value()
        return queryset.filter(asked[value]) if value in asked else queryset


class InvoiceMonthFilter(MonthFilter):
    """One month, or all of them once days, amounts, a party or a state are asked for."""

    codes = (*CODES, *NAMES, STATE)
