"""What reports on lines of the ledger have in common: columns, the paths behind them, and whose fee and policy a line counts under."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, ExtractMonth, ExtractYear, LPad
from django.utils.translation import gettext_lazy as _

from billing.facts.parties import holds_on
from billing.models import BillingGroupUnit, ChargeLine, InvoiceUnit, Month
from billing.models.line import FEES, TAX_CATEGORIES
from billing.reports.report import Kind, ReportAsked, ReportColumn
from billing.terms.account import Fee
from contracts.facts import party_names
from contracts.facts.names import Names, names_of
from contracts.facts.party_names import Party
from contracts.models.among import among
from contracts.models.bulk import slices
from contracts.terms.days import month_period

MONTH = ReportColumn("month", _("月"), width=9)
CUSTOMER = ReportColumn("customer", _("契約者コード"), leads="contracts.customer")
CUSTOMER_NAME = ReportColumn("customer_name", _("契約者名"), width=28, beneath=True)
UNIT = ReportColumn("unit", _("管理単位コード"), leads="contracts.managementunit")
UNIT_NAME = ReportColumn("unit_name", _("管理単位名"), width=24, beneath=True)
CONTRACT = ReportColumn("contract", _("契約番号"), width=16, leads="contracts.contract")
OPTION = ReportColumn("option", _("オプション番号"), width=16, leads="contracts.option", beneath=True)
FEE = ReportColumn("fee", _("費目"), names=dict(FEES))
FROM = ReportColumn("from_on", _("開始日"), Kind.DAY, 12)
TO = ReportColumn("to_on", _("終了日"), Kind.DAY, 12, beneath=True)
QUANTITY = ReportColumn("quantity", _("数量"), Kind.NUMBER, 9)
PRICE = ReportColumn("unit_price_yen", _("単価（円）"), Kind.YEN, beneath=True)
AMOUNT = ReportColumn("amount_yen", _("金額（円）"), Kind.YEN, totalled=True)
TAX = ReportColumn("tax_category", _("税区分"), width=18, names=dict(TAX_CATEGORIES))
CORRECTS = ReportColumn("corrects_month", _("訂正する月"), width=11, beneath=True)
WHAT = ReportColumn("what", _("契約・オプション"), width=34)
CLAUSE = ReportColumn("clause", _("条項"), Kind.CLAUSE, 18)
BASIS = ReportColumn("basis", _("計算根拠"), width=70, beneath=True)

OWNER = ("customer__code", "customer_called", "unit__code")
NUMBERS = ("contract_number", "option_number")


def lines(asked: ReportAsked) -> QuerySet[Any]:
    """The month's lines that were asked for; none where the ledger has no such month."""
    return owned(asked, bare_lines(asked))


def bare_lines(asked: ReportAsked) -> QuerySet[Any]:
    """The same where nobody is named in their rows; with ``as_corrected``, what later closed months corrected of this one instead of
    what this one corrected of earlier ones.
    """
    if asked.row is None:
        return asked.narrow(ChargeLine.objects.none())
    if not asked.as_corrected:
        return asked.narrow(ChargeLine.objects.filter(month=asked.row))
    later = list(Month.objects.exclude(closed_at=None).filter(month__gt=asked.month).values_list("pk", flat=True))
    own = Q(month=asked.row) & ~Q(fee="correction")
    corrections = Q(fee="correction", corrects_month=asked.month, month__in=later)
    return asked.narrow(ChargeLine.objects.filter(own | corrections, month__in=[asked.row.pk, *later]))


def owned(asked: ReportAsked, rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what each row's customer is called on the month's last day (I-52)."""
    found: QuerySet[Any] = rows.annotate(customer_called=party_name(asked, "customer", "customer"))
    return found


def party_name(asked: ReportAsked, party: Party, path: str, *, as_it_stands: bool = False) -> Any:
    """The name of the customer or unit at a path ('' of rows of its own) in the papers of the month: that of its last day (I-52).

    ``as_it_stands``: as the names stand now, also of a closed month: where the report is made of the facts as they stand.
    """
    on, known_in = month_period(asked.month).last, None if as_it_stands else asked.named_in
    if (party, known_in) not in asked.otherwise:
        asked.otherwise[party, known_in] = party_names.any_named_otherwise(party, on=on, known_in=known_in)
    otherwise = asked.otherwise[party, known_in]
    return party_names.called(party, path, on=on, known_in=known_in, otherwise=otherwise)


UNITS_NAMED = 5_000
"""Up to so many units are named one by one: as soon as one of them came years after the others, nearly all units lie between them."""


def among_units(ids: Collection[int]) -> Q:
    """Units of those ids; of very many, all between the first and the last of them, where the caller says by another condition which are meant."""
    if len(ids) <= UNITS_NAMED:
        return Q(among("unit", ids))
    return Q(unit__gte=min(ids), unit__lte=max(ids))


def numbered(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With the number of the contract, and of the option ('' for a contract's own line)."""
    parent = F("target__option__contract__target__number")
    found: QuerySet[Any] = rows.annotate(
        contract_number=Coalesce(parent, "target__number"),
        option_number=Case(When(target__option__isnull=False, then="target__number"), default=Value("")),
    )
    return found


def corrected_month() -> Any:
    """The month that a correction corrects as 2025-04; '' for any other line."""
    year, number = ExtractYear("corrects_month"), ExtractMonth("corrects_month")
    name = Concat(_text(year), Value("-"), LPad(_text(number), 2, Value("0")))
    return Case(When(corrects_month__isnull=False, then=name), default=Value(""), output_field=CharField())


def _text(number: Any) -> Any:
    return Cast(number, CharField())


def counting_as(fees: Collection[Fee]) -> Q:
    """The lines that count under these fees: those of the fees themselves, and what corrects them."""
    return Q(fee__in=fees) | Q(fee="correction", corrects_fee__in=fees)


def named_month(month: date) -> Value:
    """The month as 2025-04, in every row."""
    return Value(f"{month:%Y-%m}", output_field=CharField())


def charged_fee() -> Any:
    """The fee under which a line counts: its own. A correction counts under the fee that it corrects."""
    return Case(When(fee="correction", then="corrects_fee"), default="fee")


class Recipient(NamedTuple):
    """Who is invoiced: the number of the invoice ('' where none is issued yet) and the billing group's code, if any."""

    invoice: str = ""
    group: str = ""


Recipients = dict[tuple[int, int], Recipient]
"""By the ids of customer and unit."""


def recipients(
    month: Month | None,
    customers: Collection[int] | None = None,
    *,
    units: Collection[int] = (),
    is_issued: bool | None = None,
) -> Recipients:
    """Who is invoiced for each unit of those customers (None: of all) in the month, where it is not its customer as a whole: as issued, else as
    grouped on its last day (I-71), as issuing it would find them. ``units``: those that the customers ever held; ``is_issued``: whether the
    month's invoices are, where that is known.

    Tax is rounded once an invoice (I-05), so whatever has to come to the same adds up by the same recipients.
    """
    if month is None:
        return {}
    if month.invoices.exists() if is_issued is None else is_issued:
        issued = InvoiceUnit.objects.filter(month=month)
        if customers is not None:
            issued = issued.filter(among_units(units), invoice__customer__in=customers)
        group_code = Coalesce("invoice__group__code", Value(""))
        rows = issued.values_list("invoice__customer_id", "unit_id", "invoice__number", group_code)
        return {(customer, unit): Recipient(number, group) for customer, unit, number, group in rows}
    grouped = BillingGroupUnit.objects.standing().filter(holds_on(month_period(month.month).last))
    if customers is not None:
        grouped = grouped.filter(group__customer__in=customers)
    of_groups = grouped.values_list("group__customer_id", "unit_id", "group__code")
    return {(customer, unit): Recipient(group=group) for customer, unit, group in of_groups}


def named(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Each row of (target's id, first day, last day, …) with what the target was on these days, some hundreds at a time."""
    for some in slices(rows):
        names = names_of(Q(pk__in={row[0] for row in some}))
        for row in some:
            yield called(names, *row[:3]), row[3:]


def called(names: Names, target: int, first: date, last: date) -> str:
    """What a line's target was on the line's days; the one and the other where it changed between them."""
    return " → ".join(content.line_without_licences for content in names.during(target, first, last))


def policy_version() -> Any:
    """The version of finance's choices that a line was computed under; a correction's is that of the month it corrects."""
    return F("policy")
