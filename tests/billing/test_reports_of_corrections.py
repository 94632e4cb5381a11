"""What came as a correction stands in every list and sum that finance reads; targets are named as they stood; invoices are told apart."""

from datetime import date

import pytest
from django.db.models import Q

from billing.models import BillingGroup, ChargeLine, Invoice, InvoiceUnit, Month
from billing.operations.check_exports import exports_agree
from billing.operations.check_invoices import invoices_say_their_lines
from billing.operations.groups import make_group, put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.kept_sums import last_month_by_kind, last_months
from billing.reports import INVOICES, JOURNAL, LINES, MOVEMENTS, REDUCTIONS, RENEWALS, SETTLEMENTS
from contracts.facts.load import load_units
from contracts.facts.names import called_on, names_of
from contracts.models import Customer, ManagementUnit, Target
from tests.billing.ledger import close
from tests.billing.test_corrections import late
from tests.billing.test_reports import rows_of
from tests.contracts.book.build import (
    book,
    breach,
    change,
    customer,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    notice,
    option,
    outage,
    premium,
    price,
    priced,
    service,
    sound,
    tier,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def corrected(tmp_path):
    """April to June closed; then a notice of May and a claim of June come late, and July is closed."""
    must_take(
        sound(
            *priced("T-1", 300_000),
            *priced("M-1", 100_000),
            outage("T-1", "2025-07-01 00:00", "2025-07-03 00:00", "2025-07-10"),
        ),
        tmp_path,
    )
    close("2025-04", until="2025-06")
    late(
        tmp_path,
        notice("M-1", "2025-04-10", "2025-05-10"),
        breach("T-1", "2025-06-01 00:00", "2025-06-20"),
    )
    close("2025-07")


def test_a_corrected_settlement_is_in_its_list(corrected):
    [row] = rows_of(SETTLEMENTS, "2025-07")
    line = ChargeLine.objects.get(corrects_fee="settlement")
    assert (row["option"] or row["contract"], row["state"], row["corrects_month"]) == ("M-1", "corrected", "2025-05")
    assert row["charged_yen"] == line.amount_yen > 0
    assert (row["held_yen"], row["from_on"]) == (None, None)


def test_corrected_reductions_are_in_their_list(corrected):
    found = {(row["fee"], row["corrects_month"]): row["amount_yen"] for row in rows_of(REDUCTIONS, "2025-07")}
    assert found == {("outage", ""): -20_000, ("sla", "2025-06"): -30_000}


def test_sums_by_fee_count_a_correction_under_the_fee_that_it_corrects(corrected):
    """請求一覧 and the chart: together they are the month, and 訂正 is said beside, not added."""
    [row] = rows_of(INVOICES, "2025-07")
    lines = ChargeLine.objects.filter(month__month=date(2025, 7, 1))
    settled = lines.get(corrects_fee="settlement").amount_yen
    assert (row["settlement_yen"], row["reduction_yen"]) == (settled, -50_000)
    fees = ("initial", "monthly", "one_time", "settlement", "reduction")
    assert sum(row[f"{fee}_yen"] for fee in fees) == row["total_yen"] == sum(line.amount_yen for line in lines)
    assert row["corrections_yen"] == sum(line.amount_yen for line in lines if line.fee == "correction")
    [alone] = rows_of(INVOICES, "2025-07", fee="sla")
    assert (alone["reduction_yen"], alone["total_yen"], alone["corrections_yen"]) == (-30_000, -30_000, -30_000)
    [july] = [month.yen for month in last_months() if month.month == "2025-07"]
    assert july == {
        "monthly": row["monthly_yen"],
        "settlement": settled,
        "outage": -20_000,
        "sla": -30_000,
    }


def test_lines_say_which_month_they_correct(corrected):
    found = {row["corrects_month"] for row in rows_of(LINES, "2025-07")}
    assert found == {"", "2025-05", "2025-06"}


def test_movements_name_what_ended_as_it_was_on_that_day(tmp_path):
    """A tier concluded as ベーシック, upgraded, ended: it ended as アドバンスト; what began began as ベーシック."""
    rows = book(
        ips_service(premium_consent_on="2020-01-01"),
        tier("ベーシック"),
        ips(),
        change("T-1", "category", "アドバンスト", "2025-05-11", accepted="2025-05-06"),
        *priced("T-1", 100_000),
        *priced("M-IPS", 50_000),
        price("T-1", "monthly", 200_000, "2025-05-11"),
        price("T-1", "one_time", 7_000, "2025-05-06"),
        notice("T-1", "2025-06-01", "2025-08-20"),
        notice("M-IPS", "2025-06-01", "2025-08-20"),
    )
    must_take(rows, tmp_path)

    def named(month, kind):
        return {row["target"]: row["what"] for row in rows_of(MOVEMENTS, month) if row["kind"] == kind}

    assert named("2025-08", "ended")["T-1"] == "アドバンスト"
    assert named("2025-04", "new")["T-1"] == "ベーシック"
    assert named("2025-05", "changed")["T-1"] == "アドバンスト"
    assert "IPS/タイプA" in named("2025-08", "ended")["M-IPS"]
    close("2025-04", until="2025-05")
    assert dict(last_month_by_kind()[1]) == {
        "ベーシック": 100_000 * 10 // 31 + 7_000,
        "アドバンスト": 200_000 * 21 // 31,
        "IIJマネージドIPS/IDS連携モジュール": 50_000,
    }


def test_an_option_and_a_module_are_named_as_they_stood(tmp_path):
    """Licences, years and items count from the day of their change on; what spans it is named as both."""
    rows = book(
        ips_service("IPS/タイプA"),
        service(
            "IIJマネージドIPS/IDSサービス",
            kind="McAfee Network Security Platform",
            item="IPS/タイプB",
            from_on="2025-05-11",
        ),
        premium(),
        edr(),
        licence("期間ライセンス", 1000, "O-TERM"),
        ips(),
        option("ログ保管オプション", "M-IPS", "O-LOG", retention_years=1),
        change("O-TERM", "quantity", 1500, "2025-05-11"),
        change("O-LOG", "retention_years", 3, "2025-05-11", application="A-3"),
        change("M-IPS", "item", "IPS/タイプB", "2025-05-11", application="A-4"),
    )
    must_take(rows, tmp_path)
    names = names_of(Q())
    ids = dict(Target.objects.values_list("number", "pk"))
    before, after = date(2025, 5, 10), date(2025, 5, 11)
    assert "1,000ライセンス" in names.on(ids["O-TERM"], before).line
    assert "1,500ライセンス" in names.on(ids["O-TERM"], after).line
    assert names.on(ids["O-LOG"], before).line.endswith("1年")
    assert names.on(ids["O-LOG"], after).line.endswith("3年")
    assert [content.item for content in names.during(ids["M-IPS"], before, after)] == ["IPS/タイプA", "IPS/タイプB"]
    assert len(names.during(ids["T-1"], before, after)) == 1


def test_a_withdrawn_change_names_nothing(tmp_path):
    must_take(book(tier("ベーシック"), ips(), ips_service()), tmp_path)
    target = Target.objects.get(number="T-1")
    day = date(2025, 5, 1)
    target.changes.create(
        what="category",
        to_name="premium",
        application=target.application,
        effective_on=day,
        withdrawn_on=day,
        withdrawn_in=1,
    )
    assert names_of(Q(pk=target.pk)).on(target.pk, day).line == "ベーシック"


def test_a_withdrawn_change_moves_no_chart_and_no_count(tmp_path):
    """The chart by tier and the licences of 更新期限一覧 go by the changes that stand."""
    facts = [premium(), module(), edr(), licence("期間ライセンス"), *priced("T-1", 100_000), *priced("M-1", 1)]
    facts += [*priced("O-EDR", 1), *priced("O-LIC", 1)]
    facts += [unit(), unit("U-2"), tier(number="T-2", of="U-2", application="A-2"), customer()]
    facts += [module(number="M-2", of="U-2", application="A-2"), *priced("T-2", 70_000), *priced("M-2", 1)]
    must_take(book(*facts), tmp_path)
    day = date(2025, 4, 1)
    gone = {"effective_on": day, "withdrawn_on": day, "withdrawn_in": 1, "withdrawn_because": "誤記"}
    for number, said in (
        ("T-2", {"what": "category", "to_name": "premium"}),
        ("O-LIC", {"what": "quantity", "to_number": 9_999}),
    ):
        target = Target.objects.get(number=number)
        target.changes.create(application=target.application, **said, **gone)
    close("2025-04")
    tiers = dict(last_month_by_kind()[1])
    assert (tiers["プレミアム"], tiers["アドバンスト"]) == (100_000 + 1 + 1_000, 70_000)
    assert [row["licences"] for row in rows_of(RENEWALS, "2025-04")] == [1_000]


@pytest.fixture
def grouped(tmp_path, django_user_model):
    """Two units of a customer, one of them in a billing group; a late price corrects both; May is invoiced."""
    facts = []
    for code in ("U-1", "U-2"):
        facts += [
            unit(code),
            tier(number=f"T-{code}", of=code, application=f"A-{code}"),
            module(number=f"M-{code}", of=code, application=f"A-{code}"),
            *priced(f"T-{code}", 100_000),
            *priced(f"M-{code}", 1_000),
        ]
    must_take(book(customer(), *facts), tmp_path)
    by = django_user_model.objects.create_superuser("chief")
    group = make_group(customer=Customer.objects.get(), code="G-1", addressee="情報システム部", by=by)
    put_in_group(group, units=[ManagementUnit.objects.get(code="U-2")], on=date(2025, 5, 2), by=by)
    close("2025-04")
    issue_invoices(Month.objects.get(), on=date(2025, 5, 2), by="経理")
    late(tmp_path, price("T-U-2", "monthly", 120_000, "2025-04-16"))
    close("2025-05")


def test_the_journal_tells_invoices_and_corrections_apart(grouped):
    own = {"2025-05-00001": "", "2025-05-00002": "G-1"}
    before = rows_of(JOURNAL, "2025-05")
    assert {(row["invoice"], row["group"]) for row in before} == {("", ""), ("", "G-1")}
    issue_invoices(Month.objects.get(month=date(2025, 5, 1)), on=date(2025, 6, 2), by="経理")
    rows = rows_of(JOURNAL, "2025-05")
    assert {row["invoice"]: row["group"] for row in rows} == own
    monthly = [(row["invoice"], row["corrects_month"], row["debit_yen"]) for row in rows if row["note"] == "monthly"]
    assert monthly == [
        ("2025-05-00001", "", 101_000),
        ("2025-05-00002", "", 121_000),
        ("2025-05-00002", "2025-04", 10_000),
    ]
    for invoice in Invoice.objects.filter(month__month=date(2025, 5, 1)):
        assert sum(row["debit_yen"] for row in rows if row["invoice"] == invoice.number) == invoice.total_yen
    assert list(exports_agree()) == []
    assert list(invoices_say_their_lines()) == []


def test_before_the_issue_the_journal_groups_as_the_issue_will(grouped, django_user_model):
    """By the last day of the month (I-71): what a group has later, and what was said of it and taken back, is nothing to it."""
    by, group = django_user_model.objects.get(), BillingGroup.objects.get()
    unit_2 = ManagementUnit.objects.get(code="U-2")

    def foreseen():
        return {row["group"] for row in rows_of(JOURNAL, "2025-05")}

    put_in_group(group, units=[], from_on=date(2025, 6, 1), on=date(2025, 6, 2), by=by)
    assert foreseen() == {"", "G-1"}
    put_in_group(group, units=[unit_2], from_on=date(2025, 6, 1), on=date(2025, 6, 2), by=by)
    put_in_group(group, units=[], from_on=date(2025, 5, 31), on=date(2025, 6, 2), by=by)
    assert foreseen() == {""}
    assert issue_invoices(Month.objects.get(month=date(2025, 5, 1)), on=date(2025, 6, 2), by="経理") == 1


def test_a_correction_on_an_invoice_names_the_month_and_the_invoice_that_it_corrects(grouped):
    """I-44; of a month that was not invoiced the month alone."""
    issue_invoices(Month.objects.get(month=date(2025, 5, 1)), on=date(2025, 6, 2), by="経理")
    rows = [
        (unit.code, line["corrects_month"], line["corrects_invoice"])
        for unit in InvoiceUnit.objects.filter(month__month=date(2025, 5, 1))
        for line in unit.lines
        if line["corrects_month"]
    ]
    assert rows == [("U-2", "2025-04", "2025-04-00002")]


def test_a_unit_of_the_terms_names_its_targets_as_they_stand(tmp_path):
    """What an application is said to be for, before it is decided."""
    rows = book(
        ips_service(),
        tier("ベーシック"),
        ips(),
        change("T-1", "category", "アドバンスト", "2025-05-11", accepted="2025-05-06"),
    )
    must_take(rows, tmp_path)
    [known] = load_units([ManagementUnit.objects.get().pk]).values()
    assert called_on(known, date(2025, 5, 10))["T-1"] == "ベーシック"
    assert called_on(known, date(2025, 5, 11))["T-1"] == "アドバンスト"
    assert (
        called_on(known, date(2025, 5, 11))["M-IPS"]
        == names_of(Q()).on(Target.objects.get(number="M-IPS").pk, date(2025, 5, 11)).line
    )
