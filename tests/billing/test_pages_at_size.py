"""Pages and jobs at two sizes of the book: as many queries, and rows read that do not grow with the book — by PostgreSQL's own count.

What a page of bills or of a month is asked for first is made and kept (billing.operations.kept_sums); counted is what everybody after
that costs. Searches and lists keep nothing: they are asked for once, and what they cost is what the first one pays.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from billing.models import Month
from billing.operations.close_month import close_month
from billing.operations.invoices import issue_invoices
from billing.reports import INVOICES, JOURNAL, MOVEMENTS, RENEWALS
from contracts.facts import name_keys
from contracts.models import Customer, Job, ManagementUnit
from contracts.operations import jobs, looks
from tests.admin.conftest import plain_static_files  # noqa: F401
from tests.bench.book import fill
from tests.billing.test_linear_reading import explained, rows_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

SMALL, LARGE = 3_000, 12_000
"""Contracts: of 750 and 3,000 units, ten a customer."""
MONTH, ON, DAY = date(2025, 2, 1), date(2026, 6, 1), date(2027, 8, 1)


def addresses() -> dict[str, str]:
    month = Month.objects.get(month=MONTH)
    invoice = month.invoices.order_by("number")[3]
    lines = reverse("admin:billing_chargeline_changelist")
    return {
        "a month": reverse("admin:billing_month_change", args=[month.pk]),
        "reports": reverse("admin:billing_reports"),
        "invoices": f"{reverse(f'admin:billing_report_{INVOICES.name}')}?month=2025-02",
        "journal": f"{reverse(f'admin:billing_report_{JOURNAL.name}')}?month=2025-02",
        "lines of an invoice": f"{lines}?invoice={invoice.number}",
        "an invoice, printed": reverse("admin:billing_invoice_print", args=[invoice.pk]),
        "worklist": reverse("admin:contracts_workitem_changelist"),
        "a customer": reverse("admin:contracts_customer_change", args=[7]),
        "a customer, as known": reverse("admin:contracts_customer_change", args=[7])
        + "?on=2025-03-01&known=2027-01-01",
        "a unit": reverse("admin:contracts_managementunit_change", args=[65]),
    }


def searches() -> dict[str, str]:
    """The search by a code, a number, nothing that there is, and part of a name."""
    terms = ("U0000065", "T00000123", "0000123", "契約者7")
    return {f"search {term}": f"{reverse('search')}?q={term}" for term in terms}


def calendars() -> dict[str, str]:
    """The calendar of one's own and of all: as the planner has it, since of the small tables that tell what may be decided some have no
    index that would answer, and where these may not be read whole every plan is as dear as any other."""
    calendar = reverse("admin:contracts_workitem_calendar")
    return {"calendar": calendar, "calendar, of all": f"{calendar}?whose=all"}


def lists() -> dict[str, str]:
    """The lists by each of their filters, and as they are searched."""

    def listed(screen: str, query: str) -> str:
        return f"{reverse(f'admin:contracts_{screen}_changelist')}?{query}"

    found = {}
    for screen in ("managementunit", "contract", "option"):
        for state in ("running", "ending", "ended", "waiting"):
            found[f"{screen}, {state}"] = listed(screen, f"running={state}")
        found[f"{screen}, of nobody"] = listed(screen, "manager=none")
        found[f"{screen}, searched"] = listed(screen, "q=契約者7")
    # Not of contracts that became premium: upgrades, a few of a hundred contracts, are read by their ids.
    for tier in ("advanced", "basic"):
        found[f"contract, {tier}"] = listed("contract", f"tier={tier}")
    return found


def by_tier() -> dict[str, str]:
    """The units by category, along the index that has them in the list's order."""
    units = reverse("admin:contracts_managementunit_changelist")
    return {f"unit, {tier}": f"{units}?tier={tier}" for tier in ("premium", "advanced", "basic")}


def reports() -> dict[str, str]:
    """What moved in a month in which every 期間ライセンス of the book renews."""
    return {
        report.name: f"{reverse(f'admin:billing_report_{report.name}')}?month=2025-02"
        for report in (MOVEMENTS, RENEWALS)
    }


SETS_OF_A_MONTH = frozenset({"target_began", "target_ended", "target_renews", "change_takes_effect"})
"""The indexes of what moves in a month: they hold all that its sums are made of, and are gone through in place of the tables."""

BY_THE_SIDE = frozenset(
    {
        "auth_user",
        "django_session",
        "billing_month",
        "billing_keptsums",
        "contracts_customer",
        "contracts_change",
        "billing_invoice",
    }
)
"""Tables of what is few; the customers and their invoices, a sixtieth of the lines, which the planner reads whole for a join; and the changes, of which the
charts ask when one was last written."""


QUIET = "a quiet morning"
MOST_QUERIES = 12
FEW = 60
"""Rows that a list counts before it says that there are more, that a search finds, and that a calendar reads, while this is tested."""


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists count, a search finds and a calendar reads so few that either book has more: what is read beyond is what the book costs."""
    for module in ("contracts.admin.kit.base", "contracts.admin.kit.lists"):
        monkeypatch.setattr(f"{module}.COUNT_UP_TO", FEW)
    monkeypatch.setattr("contracts.facts.finding.AT_MOST", FEW)
    monkeypatch.setattr("contracts.admin.work.calendar.READ", FEW)


def test_a_page_reads_no_more_of_a_book_four_times_as_large() -> None:
    with transaction.atomic():
        small = read_of(SMALL)
        transaction.set_rollback(True)
    large = read_of(LARGE)
    wrong = []
    for name, (queries, rows) in large.items():
        before_queries, before = small[name]
        # A search asks only for the kinds of which it finds any.
        if queries != before_queries and not (
            name.startswith("search") and max(queries, before_queries) <= MOST_QUERIES
        ):
            wrong.append(f"{name} asks {queries} questions, where it did {before_queries}")
        if name == QUIET:
            continue  # no unit is read; that each has its row is asked by two indexes, row by row, once a job
        for table, found in rows.items():
            if found > before.get(table, 0) * 1.3 + 200:
                was = before.get(table, 0)
                wrong.append(f"{name} reads {found} rows of {table}, where {was} did of a quarter of the book")
    assert wrong == []


def read_of(contracts: int) -> dict[str, tuple[int, dict[str, float]]]:
    """For each page, and a quiet morning's jobs, the queries, and the rows that they touched by table."""
    fill(contracts, mixed=True, units_a_customer=10)
    # What came last is of the customer that came first: between its units lie those of everybody.
    ManagementUnit.objects.create(code="U9", customer=Customer.objects.earliest("code"), name="後から")
    name_keys.remake()
    assert close_month(MONTH, on=ON, by="試験").closed
    issue_invoices(Month.objects.get(month=MONTH), on=ON, by="試験")
    for name in ("effects", "worklist"):
        assert jobs.run(name, DAY).state == "done"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.create_superuser(f"chief{contracts}"))

    def asked(address: str) -> Callable[[], None]:
        def ask() -> None:
            assert client.get(address).status_code == 200

        return ask

    def asked_before(address: str) -> Callable[[], None]:
        ask = asked(address)
        ask()
        return ask

    found = {name: touched(asked_before(address)) for name, address in addresses().items()}
    found |= {name: touched(asked_before(address), seqscan="on") for name, address in calendars().items()}
    with connection.cursor() as cursor:
        # Of books as small as these the planner would rather go through the whole index of a table than look some rows up.
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    found |= {name: touched(asked(address)) for name, address in (searches() | lists()).items()}
    with connection.cursor() as cursor:
        # Or gather the entries of an index that nobody has swept yet, than take them as they stand.
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    found |= {name: touched(asked_before(address), but=SETS_OF_A_MONTH) for name, address in reports().items()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = on")
        # And sort a few hundred than read them in their order.
        cursor.execute("SET LOCAL enable_sort = off")
    found |= {name: touched(asked(address)) for name, address in by_tier().items()}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on; SET LOCAL enable_sort = on")
    for n in range(1, 400):
        on = DAY + timedelta(days=n)
        if not looks.units_due(on).exists() and not looks.effects_due(on).exists():
            found[QUIET] = touched(lambda on=on: _morning(on))
            break
    return found


def _morning(on: date) -> None:
    Job.objects.all().delete()
    for name in ("effects", "worklist"):
        assert jobs.run(name, on).done == 0


def touched(
    work: Callable[[], None], *, seqscan: str = "off", but: Collection[str] = ()
) -> tuple[int, dict[str, float]]:
    """The queries of the work, and the rows of every table that they touched; the lines of all months count as one table. ``but``: indexes
    that answer without a row of their table.
    """
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("(").startswith("SELECT"):
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    found: dict[str, float] = {}
    for sql, params in asked:
        if " UPDATE" in sql or "DISTINCT" in sql:
            continue
        for scan in explained(sql, params, seqscan=seqscan):
            table = scan["Relation Name"]
            if scan.get("Index Name") in but and scan["Node Type"] == "Index Only Scan":
                continue
            if table not in BY_THE_SIDE and not table.startswith(("auth_", "django_")):
                found[table.rstrip("0123456789_")] = found.get(table.rstrip("0123456789_"), 0) + rows_of(scan)
    return len(asked), found
