"""請求書の記載: the lines of an invoice in the words in which it is issued. Made once, kept with the invoice, printed from there alone.

A target is named as it stood on the line's days, a unit as on the month's last day (I-52). A correction names the month, and the invoice, that it corrects (I-44).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, TypedDict

from django.db.models import Q
from django.utils.translation import override

from billing.facts.parties import order_numbers_on
from billing.facts.policy import policies
from billing.models import ChargeLine, Invoice, InvoiceUnit, Month
from billing.models.line import FEES
from billing.reports.line_columns import called
from billing.terms.paper import Addressee, Issuer, Paper
from billing.terms.policy import Policy, policy_on
from contracts.facts.names import Names, names_of
from contracts.facts.party_names import named
from contracts.models import ManagementUnit
from contracts.models.among import among
from contracts.models.bulk import slices
from contracts.terms.days import month_period

UNITS_AT_ONCE = 500

_LINE: tuple[str, ...] = (
    "id",
    "customer_id",
    "unit_id",
    "target_id",
    "target__number",
    "fee",
    "from_on",
    "to_on",
    "quantity",
)
_LINE += ("unit_price_yen", "amount_yen", "tax_category", "clause", "basis", "corrects_month", "corrects_fee")

Corrected = Mapping[tuple[int, int, date], str]
"""The number of the invoice of a customer, a unit and a month."""


class Stated(TypedDict):
    """One row of an invoice. Days as 2025-04-01, ``corrects_month`` as 2025-04 or ''; yen before tax; texts in Japanese.

    ``line`` is the id of the line of the ledger; ``corrects_invoice`` is '' where the month was not invoiced.
    """

    line: int
    number: str
    name: str
    fee: str
    from_on: str
    to_on: str
    days: int
    quantity: int
    unit_price_yen: int
    amount_yen: int
    tax_category: str
    percent: int
    clause: str
    basis: str
    corrects_month: str
    corrects_invoice: str


def paper_of(invoice: Invoice) -> Paper:
    """What an invoice says beside lines and amounts, as it was issued; of one issued before this was kept, name and 登録番号 alone."""
    if invoice.paper:
        return Paper.read(invoice.paper)
    issuer = Issuer(name=invoice.issuer, registration=invoice.registration)
    return Paper(addressee=Addressee(company=invoice.addressee), issuer=issuer)


COLUMNS = ("invoice_id", "month_id", "unit_id", "code", "name", "order_number", "lines")
"""What is stated of a unit, as billing.models.InvoiceUnit keeps it."""


def statements(month: Month, invoice_of: Mapping[tuple[int, int], int]) -> Iterator[tuple[Any, ...]]:
    """The units of a month's invoices with their rows, in the order of units, as COLUMNS has them; ``invoice_of`` is the invoice's
    id by those of customer and unit.

    Some hundred units at a time: memory does not grow with the month.
    """
    lines = ChargeLine.objects.filter(month=month).order_by("unit_id", "pk").values_list(*_LINE, named=True)
    of_units = ((unit, list(rows)) for unit, rows in groupby(lines.iterator(), key=attrgetter("unit_id")))
    last = month_period(month.month).last
    name = named("unit", "", on=last)
    for some in slices(of_units, UNITS_AT_ONCE):
        found = ManagementUnit.objects.filter(pk__in=[unit for unit, _rows in some]).annotate(called=name)
        units = {pk: (code, name) for pk, code, name in found.values_list("pk", "code", "called")}
        rows_of = dict(some)
        ordered = order_numbers_on(last, rows_of)
        # By the targets: what was moved since is listed under another unit.
        names = names_of(Q(among("pk", {row.target_id for rows in rows_of.values() for row in rows})))
        corrected = _invoices_corrected(rows_of)
        known = policies()
        with override("ja"):
            fees = {code: str(name) for code, name in FEES}
            for unit, rows in rows_of.items():
                of_customers: dict[int, list[Stated]] = {}
                for row in rows:
                    stated = _stated(row, month.month, known, fees, names, corrected)
                    of_customers.setdefault(row.customer_id, []).append(stated)
                for customer, told in of_customers.items():
                    yield invoice_of[customer, unit], month.pk, unit, *units[unit], ordered.get(unit, ""), told


def _invoices_corrected(rows_of: Mapping[int, Iterable[Any]]) -> Corrected:
    """The invoices that the corrections among the lines correct: one query, none where nothing is corrected."""
    wanted = {(unit, row.corrects_month) for unit, rows in rows_of.items() for row in rows if row.corrects_month}
    if not wanted:
        return {}
    issued = InvoiceUnit.objects.filter(unit__in={unit for unit, _month in wanted}).filter(
        month__month__in={month for _unit, month in wanted}
    )
    told = issued.values_list("invoice__customer_id", "unit_id", "month__month", "invoice__number")
    return {(customer, unit, on): number for customer, unit, on, number in told}


def _stated(
    row: Any, month: date, known: Sequence[Policy], fees: Mapping[str, str], names: Names, corrected: Corrected
) -> Stated:
    """One row of a month's invoice; it is taxed as the month whose fee it is: its own, or the one that it corrects."""
    of = row.corrects_month or month
    corrects = row.corrects_month is not None
    return {
        "line": row.id,
        "number": row.target__number,
        "name": called(names, row.target_id, row.from_on, row.to_on),
        "fee": f"{fees[row.corrects_fee]}の訂正" if corrects else fees[row.fee],
        "from_on": row.from_on.isoformat(),
        "to_on": row.to_on.isoformat(),
        "days": (row.to_on - row.from_on).days + 1,
        "quantity": row.quantity,
        "unit_price_yen": row.unit_price_yen,
        "amount_yen": row.amount_yen,
        "tax_category": row.tax_category,
        "percent": policy_on(known, of).tax_percent,
        "clause": row.clause,
        "basis": row.basis,
        "corrects_month": f"{of:%Y-%m}" if corrects else "",
        "corrects_invoice": corrected.get((row.customer_id, row.unit_id, of), "") if corrects else "",
    }
