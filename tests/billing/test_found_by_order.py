"""An order number is looked up: neither database goes through invoices, parties or numbers from beginning to end to find it."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from billing.models import BillingParty, Invoice, InvoiceUnit, Month, OrderNumber
from contracts.models import Customer, ManagementUnit
from tests.admin.conftest import signed_in
from tests.billing.test_linear_reading import scans
from tests.worlds import world

DAY = date(2025, 1, 1)
MANY, MONTHS = 300, 6
TABLES = ("billing_invoice", "billing_invoiceunit", "billing_billingparty", "billing_ordernumber")


def _many() -> None:
    """Invoices of many customers and months; each party and each unit has a number of its own."""
    codes = [f"{n:04}" for n in range(MANY)]
    customers = Customer.objects.bulk_create([Customer(code=f"C{code}", name=f"契約者{code}") for code in codes])
    units = ManagementUnit.objects.bulk_create(
        [ManagementUnit(code=f"U{one.code}", name="管理単位", customer=one) for one in customers]
    )
    stamp = {"recorded_by": "経理", "recorded_in": 1, "from_on": DAY}
    BillingParty.objects.bulk_create(
        [BillingParty(customer=one, order_number=f"PO-{one.code}", **stamp) for one in customers]
    )
    OrderNumber.objects.bulk_create([OrderNumber(unit=one, number=f"AB/{one.code}", **stamp) for one in units])
    for nth in range(1, MONTHS + 1):
        month = Month.objects.create(month=date(2025, nth, 1), facts_revision=1)
        invoices = Invoice.objects.bulk_create(
            Invoice(
                **{"number": f"2025-{nth:02}-{one.code}", "month": month, "customer": one, "addressee": one.name},
                **{"issuer": "甲", "registration": "T1700110005901", "issued_on": DAY, "due_on": DAY, "line_count": 1},
                **{"out_of_scope_yen": 0, "tax_yen": 0, "total_yen": 1, "policy": "1"},
                paper={"addressee": {"order_number": f"PO-{one.code}"}},
            )
            for one in customers
        )
        InvoiceUnit.objects.bulk_create(
            InvoiceUnit(invoice=invoice, month=month, unit=unit, code=unit.code, order_number=f"AB/{unit.code}")
            for invoice, unit in zip(invoices, units, strict=True)
        )


many = world("invoices of many orders", _many)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("term", ["po-C0123", "AB/UC0123"])
def test_an_order_number_is_looked_up(term: str) -> None:
    client, asked = signed_in(User.objects.create_superuser("chief")), []
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and "ordernumber" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        page = client.get(reverse("admin:billing_invoice_changelist"), {"ordered": term})
    assert {row.number[-5:] for row in page.context["cl"].result_list} == {"C0123"}
    assert page.context["cl"].result_count == MONTHS
    assert asked
    assert [whole for sql, params in asked for whole in read_whole(sql, params)] == []


def read_whole(sql: str, params: Any) -> list[str]:
    """Of a query, which of those tables its plan reads from beginning to end, by itself or along an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Tables as small as these would be read whole by right.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            read = list(scans(cursor.fetchone()[0][0]["Plan"]))
            cursor.execute("SET LOCAL enable_seqscan = on")
            return [
                node["Relation Name"]
                for node in read
                if node["Relation Name"] in TABLES
                and not node["Node Type"].startswith("Bitmap")
                and "Index Cond" not in node
            ]
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        told = [row[3] for row in cursor.fetchall() if row[3].startswith("SCAN")]
    return [row for row in told if re.search("|".join(rf"\b{table}\b" for table in TABLES), row)]
