"""What leaves the house says one thing: lines, reports, invoices, papers, journal and each package's file come to the same yen.

Whatever was done before: returns, corrections, credits, what lies outside the scope, several rates, groups, what passed on. Each file is
read back by a reader of its own layout (tests.billing.journals.readers).
"""

import csv
import random
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cached_property
from io import StringIO

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from billing.formats.documents.words import for_customers
from billing.models import ChargeLine, HeldSettlement, Invoice, InvoiceUnit, Month
from billing.operations.check_exports import exports_agree
from billing.operations.check_invoices import invoices_are_the_lines, invoices_say_their_lines
from billing.operations.documents.invoice_told import told_of
from billing.operations.documents.reckoned_in_english import reckoned_in_english
from billing.operations.export_journal import export_journal, journal_again
from billing.operations.export_report import Wanted, export_report
from billing.operations.invoices import issue_invoices
from billing.reports import INVOICES, JOURNAL, LINES, REDUCTIONS, REVENUE, SETTLEMENTS
from contracts.models import Price
from contracts.operations.refusal import Refused
from tests.billing.journals import readers
from tests.effort import examples
from tests.properties.finance_file import PERCENT, RAISED, finance_file
from tests.properties.months import LATE, close_until
from tests.properties.office import Office
from tests.properties.verbs import VERBS

FEW = settings(
    deadline=None,
    max_examples=examples(1, at_night=150),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
MONEY = ["outage", "restored", "claim", "grant", "event", "claim_event", "uptime", "late_notification", "fault"]
MONEY += ["notice", "take_back", "put_right", "price", "right_price", "no_price", "bill", "waive"]
WHOSE = ["group", "grouped", "grouped", "billed_to", "ordered", "rename", "invoices"]
WHOSE += ["second_unit", "move", "transfer", "back_transfer", "unit", "customer"]
STEPS = st.lists(st.sampled_from([*MONEY, *WHOSE, "months", "months"]), min_size=8, max_size=35)
ONE_OF_EACH = ["months", "second_unit", "move", "group", "grouped", "claim", "grant", "months", "notice", "months"]
ONE_OF_EACH += ["right_price", "invoices", "price", "right_price", "transfer", "group", "grouped", "bill", "months"]

JAPANESE = re.compile("[\u3000-\u30ff一-鿿（），：；［］]")
LAST = date(2025, 9, 1)
REDUCING, TAXED = ("outage", "sla"), ("taxable", "taxable_return")
PACKAGES = ("yayoi", "freee", "money_forward", "obc")


class Line:
    """A line of the ledger, with what the test itself makes of it: the account's role, the rate, the fee it counts as."""

    def __init__(self, month, row):
        self.pk, self.customer, self.unit, fee, of_fee, of_month, self.category, self.yen = row
        self.corrects, self.fee = fee == "correction", of_fee or fee
        self.role = "reduction" if self.fee in REDUCING else self.fee
        of_month = of_month or month
        rate = PERCENT if of_month >= date.fromisoformat(RAISED) else 10
        self.percent = rate if self.category in TAXED else None


def down(base, percent):
    """Tax, rounded towards zero."""
    return (abs(base) * percent // 100) * (1 if base >= 0 else -1)


class Expected:
    """What one invoice's lines come to, added up by the test itself."""

    def __init__(self, lines):
        self.lines = lines

    def net(self, *, percent=None, category=None):
        return sum(
            one.yen for one in self.lines if one.percent == percent and (category is None or one.category == category)
        )

    @cached_property
    def tax(self):
        """By rate."""
        return {rate: down(self.net(percent=rate), rate) for rate in {one.percent for one in self.lines} - {None}}

    @property
    def total(self):
        return sum(one.yen for one in self.lines) + sum(self.tax.values())

    def gross(self):
        """By category and rate with its tax: a rate's tax is one, of which the returns' own is the returns' (formats, 0)."""
        found = {("out_of_scope", None): self.net()}
        for rate, whole in self.tax.items():
            returned = self.net(percent=rate, category="taxable_return")
            found["taxable_return", rate] = returned + down(returned, rate)
            found["taxable", rate] = self.net(percent=rate, category="taxable") + whole - down(returned, rate)
        return {key: yen for key, yen in found.items() if yen}

    def by_role(self):
        return summed((one.role, one.yen) for one in self.lines)


def summed(pairs):
    """Sums by key, what comes to nothing left out."""
    found = Counter()
    for key, yen in pairs:
        found[key] += yen
    return {key: yen for key, yen in found.items() if yen}


def rows(report, month, **given):
    """A report's CSV as another program reads it, columns by their names for machines."""
    made = export_report(report, {"month": f"{month}", **given}, Wanted("csv", headings="en"), by="経理")
    found = list(csv.DictReader(StringIO(made.file.read().decode("utf-8"), newline="")))
    if report.amount:
        assert made.record.total_yen == sum(int(row[report.amount] or 0) for row in found)
    return found


def yen_of(told):
    """An amount as a paper says it."""
    return int(told.replace(",", "").replace("−", "-").replace("▲", "-").replace("—", "0") or 0)


def invoiced(month, lines):
    """Each invoice with its lines: every line of the month on one of them, and on that of its customer."""
    invoices = {row.pk: row for row in Invoice.objects.filter(month=month).select_related("month", "customer")}
    units = InvoiceUnit.objects.filter(month=month).values_list("invoice_id", "unit_id", "lines")
    stated = [(line["line"], invoice, unit) for invoice, unit, some in units for line in some]
    assert sorted(pk for pk, _invoice, _unit in stated) == [one.pk for one in lines]
    by_pk, found = {one.pk: one for one in lines}, defaultdict(list)
    for pk, invoice, unit in stated:
        assert (by_pk[pk].customer, by_pk[pk].unit) == (invoices[invoice].customer_id, unit)
        found[invoice].append(by_pk[pk])
    assert found.keys() == invoices.keys()
    return {row: Expected(found[pk]) for pk, row in invoices.items()}


def invoices_are(of_invoices):
    """The stored amounts, and the paper that is made of them."""
    for row, expected in of_invoices.items():
        assert (row.total_yen, row.tax_yen) == (expected.total, sum(expected.tax.values()))
        assert (row.out_of_scope_yen, row.line_count) == (expected.net(), len(expected.lines))
        rates = {rate.percent: rate for rate in row.rates.all()}
        assert {percent: rate.tax_yen for percent, rate in rates.items()} == expected.tax
        for percent, rate in rates.items():
            assert rate.taxable_yen + rate.returned_yen == expected.net(percent=percent)
            # More taken back than given is no return (I-44).
            assert rate.returned_yen == min(0, expected.net(percent=percent, category="taxable_return"))
        (told,) = told_of([row])
        assert yen_of(told["total"]["plain"]) == sum(yen_of(rate["sum"]) for rate in told["rates"]) == expected.total
        assert sum(yen_of(unit["subtotal"]) for unit in told["units"]) == yen_of(told["before_tax"])
        assert yen_of(told["before_tax"]) == sum(
            yen_of(line["amount"]) for unit in told["units"] for line in unit["lines"]
        )
        assert yen_of(told["before_tax"]) == expected.total - row.tax_yen


def reckoned(month):
    """How each amount of the month comes about is said in English too, to the last word, what people typed beside a price apart."""
    typed = {text for words in Price.objects.values_list("note", "reference").distinct() for text in words if text}
    with override("en"):
        for basis in ChargeLine.objects.filter(month=month).values_list("basis", flat=True).distinct():
            said = reckoned_in_english(for_customers(basis))
            for words in typed:
                said = said.replace(words, "").replace("(、)", "")
            assert not JAPANESE.search(said), said


def reports_are(month, lines):
    """By customer, unit and fee, each report its own part of the lines."""
    named = ChargeLine.objects.filter(month=month).values_list("pk", "customer__code", "unit__code")
    whose = {pk: tuple(codes) for pk, *codes in named}

    made = {report: rows(report, month) for report in (LINES, INVOICES, REDUCTIONS, SETTLEMENTS)}

    def told(report, yen, fee=None):
        return summed(
            ((row["customer"], row["unit"], *([row[fee]] if fee else [])), int(row[yen] or 0)) for row in made[report]
        )

    def of(*fees):
        return [one for one in lines if one.fee in fees]

    stored = summed(((*whose[one.pk], "correction" if one.corrects else one.fee), one.yen) for one in lines)
    assert told(LINES, "amount_yen", "fee") == stored
    assert told(INVOICES, "total_yen") == summed((whose[one.pk], one.yen) for one in lines)
    for column, fees in (
        *(("initial_yen", ("initial",)), ("monthly_yen", ("monthly",)), ("one_time_yen", ("one_time",))),
        *(("settlement_yen", ("settlement",)), ("reduction_yen", REDUCING)),
    ):
        assert told(INVOICES, column) == summed((whose[one.pk], one.yen) for one in of(*fees))
    corrected = [one for one in lines if one.corrects]
    assert told(INVOICES, "corrections_yen") == summed((whose[one.pk], one.yen) for one in corrected)
    reduced = summed(((*whose[one.pk], one.fee), one.yen) for one in of(*REDUCING))
    assert told(REDUCTIONS, "amount_yen", "fee") == reduced
    assert told(SETTLEMENTS, "charged_yen") == summed((whose[one.pk], one.yen) for one in of("settlement"))
    held = HeldSettlement.objects.filter(month=month).values_list("customer__code", "unit__code", "amount_yen")
    assert told(SETTLEMENTS, "held_yen") == summed((tuple(codes), yen) for *codes, yen in held)
    revenue = {
        **{"monthly_yen": of("monthly"), "once_yen": of("initial", "one_time"), "settlement_yen": of("settlement")},
        **{"reduction_yen": of(*REDUCING), "corrections_yen": corrected, "total_yen": lines},
    }
    found = rows(REVENUE, month, until=f"{month}")
    assert {name: sum(int(row[name]) for row in found) for name in revenue} == {
        name: sum(one.yen for one in some) for name, some in revenue.items()
    }


def journal_is(month, of_invoices):
    """The neutral journal: of each invoice the receivable is its total, each account its lines, the tax its tax; it balances."""
    found = defaultdict(Counter)
    for row in rows(JOURNAL, month):
        assert row["debit_yen"] == row["credit_yen"]
        for side, sign in (("debit", -1), ("credit", 1)):
            found[row["invoice"]][row[side]] += int(row[f"{side}_yen"]) * sign
    expected = {}
    for invoice, one in of_invoices.items():
        accounts = {**one.by_role(), "tax": sum(one.tax.values()), "receivable": -one.total}
        expected[invoice.number] = {JOURNALLED[role]: yen for role, yen in accounts.items() if yen}
    assert {number: {name: yen for name, yen in of.items() if yen} for number, of in found.items()} == {
        number: accounts for number, accounts in expected.items() if number in found
    }
    assert all(not any(expected[number].values()) for number in expected.keys() - found.keys())


def files_are(month, of_invoices, second_forms):
    """Each package's file, read by its own reader: every invoice that has anything on it once, and nothing more."""
    for package in PACKAGES:
        read, names = READ[package, second_forms], BOOKED[package]
        out = export_journal(month, package, by="経理")
        slips = read(out.file.read())
        by_number = dict(slips)
        assert len(by_number) == len(slips) == out.record.slip_count
        assert by_number.keys() <= {row.number for row in of_invoices}
        for row, expected in of_invoices.items():
            slip = by_number.get(row.number, readers.Read())
            assert (slip.receivable, slip.tax) == (expected.total, sum(expected.tax.values())), package
            assert slip.debits == slip.credits
            gross = {name_of_tax(package, second_forms, *key): yen for key, yen in expected.gross().items()}
            assert {name: yen for name, yen in slip.gross.items() if yen} == gross, package
            by_account = summed((names[role], yen) for role, yen in expected.by_role().items())
            assert {name: yen for name, yen in slip.net.items() if yen} == by_account, package
        assert out.record.total_yen == sum(expected.total for expected in of_invoices.values())
        assert journal_again(out.record).file.read() == (out.file.seek(0), out.file.read())[1]
        with pytest.raises(Refused, match="すべて取り出しています"):
            export_journal(month, package, by="経理")


ROLES = ("receivable", "initial", "monthly", "one_time", "settlement", "reduction", "tax")
LEDGER = ("1135 売掛金", "4110 初期費用売上", "4120 月額売上", "4130 一時売上", "4910 解除調定金収入")
LEDGER += ("4190 売上値引", "2180 仮受消費税")
JOURNALLED = dict(zip(ROLES, LEDGER, strict=True))
BY_NAME = {role: account.split(" ")[1] for role, account in JOURNALLED.items()}
BY_CODE = dict(zip(ROLES, ("135", "500", "500", "500", "700", "501", ""), strict=True))
BOOKED = {"yayoi": BY_NAME, "freee": BY_NAME, "money_forward": BY_NAME, "obc": BY_CODE}
READ = {
    ("yayoi", False): lambda data: readers.read_yayoi(data, tax_account=BY_NAME["tax"]),
    ("yayoi", True): lambda data: readers.read_yayoi(data, tax_account=BY_NAME["tax"]),
    ("freee", False): readers.read_deals,
    ("freee", True): readers.read_freee_journal,
    **{("money_forward", second): readers.read_money_forward for second in (False, True)},
    **{("obc", second): lambda data: readers.read_obc(data, encoding="utf-8") for second in (False, True)},
}


def name_of_tax(package, second_forms, category, percent):
    """What the package calls it (formats, 1.5)."""
    if package == "obc":
        codes = {("taxable", 10): "0060", ("taxable_return", 10): "0061", ("taxable", 12): "0064"}
        return (codes | {("taxable_return", 12): "0065"}).get((category, percent), "0000")
    if percent is None:
        return "対象外"
    mark = {"yayoi": "別" if second_forms else "内", "freee": "", "money_forward": " "}[package]
    called = {"taxable": "課税売上", "taxable_return": "課税売上-返還等" if package == "money_forward" else "課税売返"}
    return f"{called[category]}{mark}{percent}%"


def recipients_of(month):
    """The neutral journal by customer, group and account, without the numbers of invoices: what is foreseen before the issue."""
    found = Counter()
    for row in rows(JOURNAL, month):
        for side, sign in (("debit", -1), ("credit", 1)):
            found[row["customer"], row["group"], row[side]] += int(row[f"{side}_yen"]) * sign
    return {key: yen for key, yen in found.items() if yen}


def closed_to_the_end():
    """Every month until the last is closed; of what is to be issued the journal says who will get it."""
    close_until(LAST)
    for row in Month.objects.exclude(closed_at=None).filter(invoices=None).order_by("month"):
        foreseen = recipients_of(row)
        issue_invoices(row, on=LATE, by="経理")
        assert recipients_of(row) == foreseen


@pytest.mark.django_db
@FEW
@given(STEPS, st.integers(0, 2**32), st.booleans(), st.booleans(), st.booleans())
@example(ONE_OF_EACH, 3, True, False, False)
@example(ONE_OF_EACH, 4, False, True, True)
def test_all_of_it_comes_to_the_same(tmp_path_factory, steps, seed, returns, taxed, second_forms):
    folder = tmp_path_factory.mktemp("office")
    file = finance_file(folder, returns=returns, taxed=taxed, second_forms=second_forms)
    with override_settings(FINANCE_FILE=str(file)), transaction.atomic():
        office, chance = Office(folder), random.Random(seed)
        for verb in steps:
            office.does(verb, VERBS[verb], chance)
        closed_to_the_end()
        for month in Month.objects.exclude(closed_at=None).order_by("month"):
            stored = ChargeLine.objects.filter(month=month).order_by("pk").values_list(*COLUMNS)
            lines = [Line(month.month, row) for row in stored]
            of_invoices = invoiced(month, lines)
            invoices_are(of_invoices)
            reckoned(month)
            reports_are(month, lines)
            journal_is(month, of_invoices)
            files_are(month, of_invoices, second_forms)
        for check in (invoices_are_the_lines, invoices_say_their_lines, exports_agree):
            assert list(check()) == []
        transaction.set_rollback(True)


COLUMNS = ("pk", "customer_id", "unit_id", "fee", "corrects_fee", "corrects_month", "tax_category", "amount_yen")
