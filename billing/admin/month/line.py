"""料金明細: each amount with the sentence that explains it; what it has in common with 保留した解除調定金."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit import why
from billing.admin.kit.filters import MonthFilter
from billing.models import ChargeLine, Invoice, InvoiceUnit
from billing.models.line import FEES
from billing.reports.line_columns import among_units, called
from billing.terms.line_edition import edition_of
from contracts.admin.kit.base import CodeFilter, FactAdmin, Related, by_code
from contracts.admin.kit.columns import choice, clause, column, iso, link, number, plain, target, yen
from contracts.admin.kit.search import FINDS, targets_found
from contracts.facts.holders import ever_held_by
from contracts.facts.names import names_of
from contracts.models import Customer
from contracts.models.bulk import NAMES_AT_ONCE

LONGEST = 60
"""Letters of the sentence behind an amount on a list; the line's page has all of it."""


def _days(row: Any) -> str:
    return f"{row.from_on.isoformat()} – {row.to_on.isoformat()}"


def _month(row: Any) -> str:
    return f"{row.month.month:%Y-%m}"


def fee_said(fee: str, corrects_fee: str) -> str:
    """A fee; of a correction the fee that it corrects too."""
    names = dict(FEES)
    if not corrects_fee:
        return str(names[fee])
    return gettext("%(fee)s（%(corrects)s）") % {"fee": names[fee], "corrects": names[corrects_fee]}


def _what(row: Any) -> str:
    """What the target was on the line's days."""
    return called(names_of(Q(pk=row.target_id)), row.target_id, row.from_on, row.to_on)


def _edition(row: Any) -> str | None:
    """The edition of the terms that the line was made by; of a correction it is told by the lines that it corrects."""
    target = row.target
    days = {"accepted_on": target.application.accepted_on, "starts_on": target.billing_starts_on}
    return iso(edition_of(row.fee, row.clause, row.from_on, row.cause, **days))


MONTH, TARGET = column("month_name", _("月"), _month), target()
UNIT, CUSTOMER = link("unit", _("管理単位")), link("customer", _("契約者"))
FEE = column("fee", _("費目"), lambda row: fee_said(row.fee, getattr(row, "corrects_fee", "")))
DAYS, WHAT = column("days", _("期間"), _days), column("what", _("契約・オプション"), _what)
QUANTITY, PRICE, AMOUNT = (
    number("quantity", _("数量")),
    yen("unit_price_yen", _("単価")),
    yen("amount_yen", _("金額")),
)
TAX, CLAUSE, BASIS = (
    choice("tax_category", _("税区分")),
    clause("clause", _("条項")),
    plain("basis", _("計算根拠")),
)
EDITION = column("edition", _("規程の版"), _edition)
POLICY = plain("policy", _("経理方針の版"))
CORRECTS = (
    column("corrects_month_name", _("訂正する月"), lambda row: f"{row.corrects_month:%Y-%m}"),
    choice("corrects_fee", _("訂正する費目")),
)
AMOUNTS = (FEE, DAYS, QUANTITY, PRICE, AMOUNT, TAX, CLAUSE, BASIS)
WHO = column("who", _("契約者・管理単位"), lambda row: format_html("{}<br>{}", CUSTOMER(row), UNIT(row)))
TAXED = column(
    "fee_taxed", _("費目・税区分"), lambda row: format_html('{}<span class="beneath">{}</span>', FEE(row), TAX(row))
)
SHORT = column("basis", _("計算根拠"), lambda row: Truncator(row.basis).chars(LONGEST))
HELD_COLUMNS = (TARGET, DAYS, QUANTITY, PRICE, AMOUNT, CLAUSE, BASIS)


class CustomerFilter(CodeFilter):
    """Lines for a customer: found by the units that it holds or held, whose lines lie together."""

    parameter_name = "customer"
    title = _("契約者コード")

    def narrowed(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        units = ever_held_by(Customer.objects.filter(code=value).values_list("pk", flat=True))
        return queryset.filter(customer__code=value, target__unit__in=units.values("pk"))


class LinesAdmin(FactAdmin):
    """Lines of one month, last computed first: the newest month is read from the end of the primary key at once."""

    list_display: Any = (MONTH, TARGET, WHO, TAXED, DAYS, QUANTITY, PRICE, AMOUNT, CLAUSE, SHORT)
    list_display_links = (MONTH,)
    list_select_related: ClassVar[tuple[str, ...]] = ("month", "target", "unit", "customer")
    search_fields = ("target__number",)
    search_help_text = FINDS
    list_filter: ClassVar[Any] = (
        MonthFilter,
        by_code("target", _("対象番号"), "target__number"),
        by_code("unit", _("管理単位コード"), "target__unit__code"),
        CustomerFilter,
    )
    fieldsets: ClassVar[tuple[tuple[Any, Any], ...]] = (
        (None, {"fields": (MONTH, TARGET, WHAT, UNIT, CUSTOMER)}),
        (_("金額（円、税抜）"), {"fields": (*AMOUNTS, EDITION, POLICY)}),
        (_("なぜこの金額か"), {"fields": (why.INPUTS, why.READING)}),
    )

    def related(self, row: Any) -> list[Related]:
        return why.rests_on(row)

    def heading(self, row: Any) -> str:
        return f"{row.target.number} {_month(row)} {row.get_fee_display()}"

    def found(self, term: str) -> Q:
        return Q(target__in=targets_found(term))


class InvoiceFilter(CodeFilter):
    """The lines of one invoice, as its page asks for: those of its month and of the units that it covers."""

    parameter_name = "invoice"
    title = _("請求書番号")

    def narrowed(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        units = InvoiceUnit.objects.filter(invoice__number=value)
        # Of a unit that passed on in the month another customer has an invoice too.
        queryset = queryset.filter(customer__in=Invoice.objects.filter(number=value).values("customer"))
        # By their ids: joined, the planner goes through all lines of the month.
        covered = list(units.values_list("month_id", "unit_id")[: NAMES_AT_ONCE + 1])
        months, ids = {month for month, _unit in covered}, [unit for _month, unit in covered]
        if len(covered) > NAMES_AT_ONCE:
            among = among_units(list(units.values_list("unit", flat=True)))
            return queryset.filter(among, month__in=months, unit__in=units.values("unit"))
        return queryset.filter(month__in=months, unit__in=ids)


@admin.register(ChargeLine)
class ChargeLineAdmin(LinesAdmin):
    """Charged lines; a correction says what it corrects."""

    list_filter = (MonthFilter, "fee", "tax_category", *LinesAdmin.list_filter[1:], InvoiceFilter)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        return (*fieldsets, (_("訂正"), {"fields": CORRECTS})) if obj is not None and obj.corrects_month else fieldsets
