"""Pages and jobs of a book of any size, on PostgreSQL: seconds, processor time and the number of queries, as rows of a
Markdown table.

    make bench                                   at 100,000 contracts and their options
    python tests/bench/pages.py --contracts 10000

It makes a scratch database beside the one that DATABASE_URL names and fills it with the sample's mix, ten units a customer; closes
two months, issues their invoices, writes an entry of the history for each target, and brings the worklist up. Each page is asked
for ``--times`` times through the whole of Django, without a network; a job runs once. ``--here``: in the database itself, as it
stands; ``--only``: what has one of these words in its name; ``--pages``: pages alone, neither jobs nor files. The papers of a month are
measured by ``documents.py``.
"""

import argparse
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from billing.models import Month  # noqa: E402
from billing.operations.close_month import close_month  # noqa: E402
from billing.operations.export_report import CSV, Wanted, export_report  # noqa: E402
from billing.operations.invoices import issue_invoices  # noqa: E402
from billing.reports import REPORTS  # noqa: E402
from contracts.facts import name_keys  # noqa: E402
from contracts.models import Job, ManagementUnit  # noqa: E402
from contracts.operations import jobs  # noqa: E402
from contracts.operations.worklist import refresh_whole_worklist  # noqa: E402
from tests.bench.book import LARGE_UNIT, copy_in, fill, large_unit, placed  # noqa: E402
from tests.bench.close_month import cpu_of_server  # noqa: E402

FIRST, SECOND, THIRD, ON = date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1), date(2026, 6, 1)
UNITS_A_CUSTOMER = 10
JOB_DAY = date(2026, 12, 1)
HEADINGS = ("what", "contracts", "p50 ms", "p95 ms", "CPU ms", "queries", "kB")


class Seen(NamedTuple):
    """What one look at something cost."""

    seconds: float
    cpu: float
    queries: int
    size: int


def main() -> None:
    """Fill, close, then measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, nargs="+", default=[100_000])
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--here", action="store_true")
    parser.add_argument("--fill-here", action="store_true", help="fill the database that is named, and leave it so")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--pages", action="store_true")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        raise SystemExit("make bench measures PostgreSQL: set DATABASE_URL=postgres://…")
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable(logging.INFO)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    if options.fill_here:
        prepare(options.contracts[0])
        return
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}", flush=True)
    if options.here:
        measure(options, options.contracts[0])
        return
    before = connection.settings_dict["NAME"]
    for contracts in options.contracts:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            prepare(contracts)
            measure(options, contracts)
        finally:
            connection.creation.destroy_test_db(before, verbosity=0)


def prepare(contracts: int) -> None:
    """The book, two closed months with invoices, an entry of the history for each target, and the worklist."""
    fill(contracts, mixed=True, units_a_customer=UNITS_A_CUSTOMER)
    with connection.cursor() as cursor:
        large_unit(cursor)
    name_keys.remake()
    with connection.cursor() as cursor:
        columns = "contracts_entry (at, actor, operation, record, subject, unit_id, reason)"
        of_targets = placed(contracts // 4, mixed=True)
        copy_in(cursor, columns, (("2025-01-05 09:00+09", "bench", "import", "contract", f"T{t.pk:08}", t.unit, "") for t in of_targets))  # fmt: skip
    for month in (FIRST, SECOND):
        assert close_month(month, on=ON, by="bench").closed
        issue_invoices(Month.objects.get(month=month), on=ON, by="bench")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    refresh_whole_worklist()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def measure(options: argparse.Namespace, contracts: int) -> None:
    """Every page and job that is asked for, a row each."""

    def wanted(name: str) -> bool:
        return not options.only or any(word in name for word in options.only)

    client = Client()
    # Of somebody new: a list leads back to what a person narrowed it to, also in a run before.
    client.force_login(User.objects.create_superuser(f"bench {time.time():.0f}"))
    for name, address in pages():
        if wanted(name):
            seen = [looked_at(client, address) for _time in range(options.times + 1)][1:]
            told(name, contracts, seen)
    for name, work in () if options.pages else jobs_at_size():
        if wanted(name):
            told(name, contracts, [counted(work)])


def pages() -> Iterator[tuple[str, str]]:
    """What people look at all day, and what finance looks at once a month."""

    def listed(screen: str, query: str = "") -> str:
        return reverse(f"admin:{screen}_changelist") + query

    line, older = "billing_chargeline", f"{FIRST:%Y-%m}"
    month = Month.objects.get(month=FIRST)
    invoice = month.invoices.order_by("number")[0]
    unit = reverse("admin:contracts_managementunit_change", args=[101])
    customer = reverse("admin:contracts_customer_change", args=[11])
    yield from {
        "index": reverse("admin:index"),
        "units": listed("contracts_managementunit"),
        "units, searched": listed("contracts_managementunit", "?q=U00001"),
        "a unit": unit,
        "a unit, late part": f"{unit}?part=late",
        "a unit, leaving": reverse("admin:contracts_managementunit_leaving", args=[101]),
        **of_a_large_unit(),
        "a unit, changing": reverse("admin:contracts_managementunit_changing", args=[101]),
        "an application begun": reverse("admin:contracts_application_new", args=[101]),
        "a customer": customer,
        "a customer, late part": f"{customer}?part=late",
        "a contract": reverse("admin:contracts_contract_change", args=[606]),
        "contracts": listed("contracts_contract"),
        "customers": listed("contracts_customer"),
        "worklist": listed("contracts_workitem"),
        "history": listed("contracts_entry"),
        "history, one record": listed("contracts_entry", "?subject=T00000606"),
        "lines": listed(line),
        "lines, last page": listed(line, "?p=200"),
        "lines, older month": listed(line, f"?month={older}"),
        "lines, monthly": listed(line, "?fee__exact=monthly"),
        "lines, settlement": listed(line, "?fee__exact=settlement"),
        "lines, settlement, older month": listed(line, f"?fee__exact=settlement&month={older}"),
        "lines, sla": listed(line, "?fee__exact=sla"),
        "lines, out of scope": listed(line, "?tax_category__exact=out_of_scope"),
        "lines, one unit": listed(line, "?unit=U0000101"),
        "lines, one invoice": listed(line, f"?invoice={invoice.number}"),
        "lines, searched": listed(line, "?q=T0000060"),
        "months": listed("billing_month"),
        "a month": reverse("admin:billing_month_change", args=[month.pk]),
        "invoices": listed("billing_invoice"),
        "an invoice": reverse("admin:billing_invoice_change", args=[invoice.pk]),
        "an invoice, printed": reverse("admin:billing_invoice_print", args=[invoice.pk]),
        "reports": reverse("admin:billing_reports"),
        **{
            f"report {report.name}": reverse(f"admin:billing_report_{report.name}") + f"?month={older}"
            for report in REPORTS
        },
        # Last: a list keeps what it was narrowed to.
        **narrowed(listed),
    }.items()


def of_a_large_unit() -> dict[str, str]:
    """Its pages, where the book has one: an older one has not."""
    if not ManagementUnit.objects.filter(pk=LARGE_UNIT).exists():
        return {}
    pages = {"a unit of 50 contracts": "change", "a unit of 50 contracts, leaving": "leaving"}
    return {name: reverse(f"admin:contracts_managementunit_{page}", args=[LARGE_UNIT]) for name, page in pages.items()}


def narrowed(listed: Callable[[str, str], str]) -> dict[str, str]:
    """The search, the calendar, and lists by each of their filters."""
    found = {"calendar": reverse("admin:contracts_workitem_calendar")}
    for term in ("U0000101", "T0000060", "契約者", "契約者123", "本社 契約者77", "0000101"):
        found[f"search {term}"] = f"{reverse('search')}?q={term}"
    for name, screen in (
        ("units", "contracts_managementunit"),
        ("contracts", "contracts_contract"),
        ("options", "contracts_option"),
    ):
        for state in ("running", "ending", "ended", "waiting"):
            found[f"{name}, {state}"] = listed(screen, f"?running={state}")
        for whose in ("own", "none"):
            found[f"{name}, of {whose}"] = listed(screen, f"?manager={whose}")
    for tier in ("basic", "advanced", "premium"):
        found[f"units, {tier}"] = listed("contracts_managementunit", f"?tier={tier}")
        found[f"contracts, {tier}"] = listed("contracts_contract", f"?tier={tier}")
    for screen in ("application", "notice", "change", "price", "linkedservice"):
        found[f"{screen}s"] = listed(f"contracts_{screen}", "")
    return found


def jobs_at_size() -> Iterator[tuple[str, Callable[[], object]]]:
    """The jobs of a first morning and of the next, and what finance takes out; undone afterwards."""
    for name in ("worklist", "effects"):
        for nth in range(3):
            yield f"job {name}, morning {nth + 1}", lambda name=name, nth=nth: _job(name, JOB_DAY + timedelta(days=nth))  # type: ignore[misc]
    # The pages before are of a ledger of two months; this one is issued for the first time.
    assert close_month(THIRD, on=ON, by="bench").closed
    yield "issue the invoices of a month", _issue
    for report in REPORTS:
        yield f"CSV of report {report.name}", lambda report=report: _export(report)  # type: ignore[misc]


def _job(name: str, on: date) -> None:
    Job.objects.filter(name=name, on__gte=on).delete()
    assert jobs.run(name, on).state == "done"


def _issue() -> None:
    with transaction.atomic():
        issue_invoices(Month.objects.get(month=THIRD), on=ON, by="bench")
        transaction.set_rollback(True)


def _export(report: Any) -> None:
    with transaction.atomic():
        with export_report(report, {"month": f"{FIRST:%Y-%m}"}, Wanted(CSV), by="bench").file:
            pass
        transaction.set_rollback(True)


def looked_at(client: Client, address: str) -> Seen:
    """One request, its answer read to the end."""
    found: list[int] = []

    def ask() -> None:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        parts = answer.streaming_content if answer.streaming else [answer.content]  # type: ignore[attr-defined]
        found.append(sum(len(part) for part in parts))

    return counted(ask)._replace(size=found[0])


def counted(work: Callable[[], object]) -> Seen:
    """Seconds, processor seconds of this process and of its server process, and queries of the work."""
    queries = 0

    def note(execute: Any, *args: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*args)

    started, cpu = time.perf_counter(), cpu_of_server() + time.process_time()
    with connection.execute_wrapper(note):
        work()
    seconds, cpu = time.perf_counter() - started, cpu_of_server() + time.process_time() - cpu
    return Seen(seconds, cpu, queries, 0)


def told(name: str, contracts: int, seen: list[Seen]) -> None:
    """Print a row of the table."""
    times = sorted(one.seconds * 1000 for one in seen)
    p50, p95 = times[len(times) // 2], times[min(len(times) - 1, round(0.95 * len(times)))]
    cpu = statistics.median(one.cpu for one in seen) * 1000
    cells = (
        name,
        f"{contracts:,}",
        f"{p50:,.0f}",
        f"{p95:,.0f}",
        f"{cpu:,.0f}",
        seen[-1].queries,
        f"{seen[-1].size / 1000:,.0f}",
    )
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
