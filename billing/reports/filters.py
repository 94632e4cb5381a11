"""What narrows a report: month, customer, unit, tier, module type, fee, amounts. Each set is for rows of one table."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.models import Month
from billing.models.line import FEES
from billing.reports.line_columns import counting_as
from billing.reports.report import AS_CORRECTED, ReportAsked
from billing.terms.account import Fee
from contracts.facts.change_order import LAST_FIRST
from contracts.intake.book import written
from contracts.models import Change, Contract, Customer, ManagementUnit, Option, Target
from contracts.models.choices import CATEGORIES, MODULE_TYPES
from contracts.terms.catalog import Category
from contracts.terms.days import month_period, months_between, previous_month
from contracts.terms.unit import What

TIERS = [(code, name) for code, name in CATEGORIES if code != Category.MODULE]
EVERY = _("すべて")
FIRST, LAST = date(2017, 3, 1), date(2099, 12, 1)
"""Months that can be asked for: from the first edition of the terms (附則); what lies outside is a slip of the keyboard."""
MOST_MONTHS = 60
YEN = {"min_value": -(10**15), "max_value": 10**15, "decimal_places": 0}


class MonthInput(forms.DateInput):
    """A month as 2025-04, whatever the language of the browser, which puts a calendar beside it."""

    def __init__(self, *, required: bool = True) -> None:
        said = {"data-calendar": "month", "placeholder": "YYYY-MM", "autocomplete": "off", "required": required}
        super().__init__(format="%Y-%m", attrs=said)


class YenField(forms.DecimalField):
    """Whole yen, with commas or full-width digits too."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        found = written.whole(value, money=True) if isinstance(value, str) else None
        return super().to_python(found[0] if found else value)


class MonthField(forms.DateField):
    """A month, in any of the ways in which it is written; its first day."""

    def to_python(self, value: Any) -> date | None:
        return (written.month(value) if isinstance(value, str) else None) or super().to_python(value)


class MonthFilter(django_filters.DateFilter):  # type: ignore[misc]
    """A month."""

    field_class = MonthField


class YenFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """An amount in yen."""

    field_class = YenField


def _typed(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


class MonthsFilters(django_filters.FilterSet):  # type: ignore[misc]
    """The months that a report is asked for: one, or from one to another."""

    month = MonthFilter(
        label=_("月（から）"),
        method="as_it_is",
        input_formats=["%Y-%m"],
        widget=MonthInput(),
        required=True,
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )
    until = MonthFilter(
        label=_("月（まで）"),
        method="as_it_is",
        input_formats=["%Y-%m"],
        widget=MonthInput(required=False),
        validators=[MinValueValidator(FIRST), MaxValueValidator(LAST)],
    )

    def as_it_is(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """For what the report itself asks for, not the rows that it is made of."""
        return queryset


class CountedFilters(django_filters.FilterSet):  # type: ignore[misc]
    """In which month a correction counts; reports of lines choose."""

    counted = django_filters.ChoiceFilter(
        label=_("訂正を数える月"),
        choices=[(AS_CORRECTED, _("訂正する月"))],
        method="as_it_is",
        empty_label=_("請求した月"),
    )


class Filters(MonthsFilters):
    """Filters that rows of contracts and options have in common; the paths lead from a row to what is filtered by."""

    customer_path: ClassVar[str] = "unit__customer"
    unit_path: ClassVar[str] = "unit"
    target_path: ClassVar[str] = "pk"

    customer = django_filters.CharFilter(label=_("契約者コード"), method="of_customer")
    unit = django_filters.CharFilter(label=_("管理単位コード"), method="of_unit")
    tier = django_filters.ChoiceFilter(
        label=_("管理単位のカテゴリ"), choices=TIERS, method="of_tier", empty_label=EVERY
    )
    module_type = django_filters.ChoiceFilter(
        label=_("モジュール種別"), choices=MODULE_TYPES, method="of_module_type", empty_label=EVERY
    )

    def of_customer(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Customers whose code begins so."""
        found = Customer.objects.filter(code__startswith=_typed(value)).values("pk")
        return queryset.filter(**{f"{self.customer_path}__in": found})

    def of_unit(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Management units whose code begins so."""
        found = ManagementUnit.objects.filter(code__startswith=_typed(value)).values("pk")
        return queryset.filter(**{f"{self.unit_path}__in": found})

    def of_tier(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Management units that had the tier in the month, an upgrade by its end counted (第9条第1号)."""
        period = month_period(self.form.cleaned_data["month"])
        upgrades = Change.objects.standing().filter(
            target=OuterRef("pk"), what=What.CATEGORY, effective_on__lt=period.stop
        )
        newest = Subquery(upgrades.order_by(*LAST_FIRST).values("to_name")[:1])
        tiers = Target.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=period.first) & Q(ends_on__gte=F("billing_starts_on")),
            kind="tier",
            billing_starts_on__lt=period.stop,
        ).annotate(tier=Coalesce(newest, "contract__category"))
        return queryset.filter(**{f"{self.unit_path}__in": tiers.filter(tier=value).values("unit")})

    def of_module_type(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Modules of that type, and the options attached to them: asked of each row, since of very many modules no list is made that
        each row would have to be looked for in.
        """
        module = Contract.objects.filter(pk=OuterRef(self.target_path), module_type=value)
        option = Option.objects.filter(pk=OuterRef(self.target_path), contract__module_type=value)
        return queryset.filter(Q(Exists(module)) | Q(Exists(option)))


class LineFilters(Filters, CountedFilters):
    """Filters of lines of the ledger."""

    customer_path = "customer"
    target_path = "target"

    fee = django_filters.ChoiceFilter(label=_("費目"), choices=FEES, empty_label=EVERY)
    amount_from = YenFilter(label=_("金額（円）以上"), field_name="amount_yen", lookup_expr="gte", **YEN)
    amount_to = YenFilter(label=_("金額（円）以下"), field_name="amount_yen", lookup_expr="lte", **YEN)


class SumFilters(LineFilters):
    """Filters of sums of lines: the amounts are those of the sum; a correction counts under the fee that it corrects."""

    fee = django_filters.ChoiceFilter(label=_("費目"), choices=FEES, method="of_fee", empty_label=EVERY)
    amount_from = YenFilter(label=_("合計（円）以上"), method="as_it_is", **YEN)
    amount_to = YenFilter(label=_("合計（円）以下"), method="as_it_is", **YEN)

    def of_fee(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Lines that count under the fee; of 訂正 all corrections."""
        return queryset.filter(counting_as((Fee(value),)))


class AmountFilters(LineFilters):
    """Filters of lines of which the report itself chooses the fee."""

    fee = None


class KindFilters(Filters, CountedFilters):
    """Filters of sums of lines by what they are for."""

    customer_path = "customer"
    target_path = "target"


class CustomerFilters(MonthsFilters):
    """Filters of what is one account of a customer's month: narrowed further it would not balance."""

    customer = Filters.base_filters["customer"]
    customer_path: ClassVar[str] = "customer"
    of_customer = Filters.of_customer


def last_month() -> Month | None:
    """The last closed month; where none is closed, the last one of the ledger."""
    months = list(Month.objects.order_by("-month")[:2])
    return next((month for month in months if month.closed_at), next(iter(months), None))


def filters_of(report: Any, data: Mapping[str, str]) -> Any:
    """The report's filters with what was asked for; the last closed month, and the report's ``span`` up to it, where none was."""
    given = {name: data.get(name, "") for name in report.filters.base_filters if data.get(name, "").strip()}
    if report.begins is not None and "month" not in given and (begins := report.begins()):
        given["month"] = begins
    last = last_month() if "month" not in given else None
    if last:
        given = {**given, "month": str(last)}
        if report.span > 1 and "until" not in given:
            given |= {"month": f"{back(last.month, report.span - 1):%Y-%m}", "until": str(last)}
    filters = report.filters(given, queryset=Month.objects.none())
    filters.newest = last
    filters.last = last if given.get("month") == str(last) else None
    return filters


def back(month: date, months: int) -> date:
    """The month so many months earlier; none before FIRST."""
    for _each in range(months):
        month = previous_month(month)
    return max(month, FIRST)


def asked(filters: Any) -> ReportAsked | None:
    """What valid filters ask for; None where they are not valid: the form then says why."""
    if not filters.form.is_valid():
        return None
    given = filters.form.cleaned_data
    month, until = given["month"], given.get("until") or given["month"]
    if until < month:
        filters.form.add_error("until", _("「月（から）」以後の月を指定してください。"))
        return None
    months = list(months_between(month, until))
    if len(months) > MOST_MONTHS:
        filters.form.add_error("until", _("一度に%(most)sか月までです。") % {"most": MOST_MONTHS})
        return None
    rows = {filters.last.month: filters.last} if filters.last and len(months) == 1 else _of_ledger(month, until)
    closed = all(one in rows and rows[one].closed_at for one in months) and given.get("counted") != AS_CORRECTED
    if len(months) == 1:
        return ReportAsked(month, rows.get(month), given, filters.filter_queryset, closed=closed)
    each = tuple(partial(_of_month, filters, one, rows.get(one)) for one in months)
    return ReportAsked(month, rows.get(month), given, filters.filter_queryset, each=each, until=until, closed=closed)


def _of_ledger(month: date, until: date) -> dict[date, Month]:
    return {row.month: row for row in Month.objects.filter(month__range=(month, until))}


def _of_month(filters: Any, month: date, row: Month | None) -> ReportAsked:
    """One month of several: narrowed as it stood in that month."""
    given = {**filters.data, "month": f"{month:%Y-%m}", "until": ""}
    own = type(filters)(given, queryset=Month.objects.none())
    assert own.form.is_valid(), "a month of valid ones"
    return ReportAsked(month, row, own.form.cleaned_data, own.filter_queryset)
