"""Facts that arrive after a close: corrections in the next month that name what they correct, and nothing else."""

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import make_aware

from billing.models import ChargeLine, HeldSettlement, Invoice, InvoiceRate, Month, ParkedTarget
from billing.operations import close_month as operation
from billing.operations.check_ledger import check_ledger
from billing.operations.decide_held import bill_held, waive_held
from billing.operations.propose import propose_month
from contracts.facts import history
from contracts.models import FactsRevision, Notice, Outage, Price, Target
from contracts.operations.refusal import Refused
from tests.billing.documents import text_of
from tests.billing.ledger import close, close_refused, exported, summed
from tests.contracts.book.build import (
    book,
    breach,
    edr,
    licence,
    module,
    must_take,
    notice,
    outage,
    premium,
    price,
    priced,
    sound,
    take,
    tier,
)
from tests.rewrite import rewrite
from tests.worlds import world

pytestmark = pytest.mark.django_db

PRICED = [*priced("T-1", 300_000, 50_000), *priced("M-1", 100_000, 20_000)]


def _two_months():
    with TemporaryDirectory() as folder:
        must_take(sound(*PRICED), Path(folder))
    close("2025-04", until="2025-05")


two_months = world("a tier and a module with their prices, April and May closed", _two_months)


def _june():
    close("2025-06")


three_months = world("June closed as well", _june, two_months)


def late(path, *facts):
    """A book of more facts, taken in late."""
    rows = {}
    for sheet, row in facts:
        rows.setdefault(sheet, []).append(row)
    assert not take(rows, path / f"late-{FactsRevision.current()}").refused


def corrections(month):
    """Corrections in a month: (target, month corrected, fee corrected) → yen."""
    found = ChargeLine.objects.filter(fee="correction", month__month=date.fromisoformat(f"{month}-01"))
    names = ("target__number", "corrects_month", "corrects_fee", "amount_yen")
    return {(number, f"{on:%Y-%m}", fee): yen for number, on, fee, yen in found.values_list(*names)}


def notice_gone(number):
    """A notice moved past every month: what taking it back comes to."""
    target = Target.objects.get(number=number)
    rewrite(Notice.objects.filter(target=target), arrived_on=date(2030, 1, 1), requested_for=date(2030, 5, 1))
    history.record("start", "notice", number, by="試験", unit_id=target.unit_id, after={})


def test_a_late_notice_takes_back_what_was_billed_after_the_end(three_months, tmp_path):
    late(tmp_path, notice("M-1", "2025-04-10", "2025-05-10"))
    close("2025-07")
    assert corrections("2025-07") == {
        ("M-1", "2025-05", "monthly"): 100_000 * 10 // 31 - 100_000,
        ("M-1", "2025-05", "settlement"): 100_000 - 100_000 * 10 // 31 + 400_000,
        ("M-1", "2025-06", "monthly"): -100_000,
    }
    line = ChargeLine.objects.get(corrects_month=date(2025, 6, 1))
    assert line.basis == (
        "2025-06の月額費用の訂正：正 0円 − 請求済み 100,000円 = −100,000円（解約通知 2025-04-10到達）"
    )
    assert (line.from_on, line.to_on, line.clause) == (date(2025, 6, 1), date(2025, 6, 30), "13")
    # I-44: what lowers an invoiced fee is given back.
    assert (line.tax_category, line.quantity, line.unit_price_yen) == ("taxable_return", 1, -100_000)
    assert ChargeLine.objects.get(corrects_fee="settlement").tax_category == "out_of_scope"


@pytest.mark.parametrize(
    ("fact", "wanted"),
    [
        pytest.param(
            price("M-1", "monthly", 130_000, "2025-05-17"),
            {("M-1", "2025-05", "monthly"): 14_515, ("M-1", "2025-06", "monthly"): 30_000},
            id="a price that counts from a day of a closed month",
        ),
        pytest.param(
            price("M-1", "one_time", 7_000, "2025-05-02"),
            {("M-1", "2025-05", "one_time"): 7_000},
            id="a one-time fee of a closed month",
        ),
        pytest.param(
            outage("M-1", "2025-05-01 00:00", "2025-05-04 00:00", "2025-06-10"),
            {("M-1", "2025-06", "outage"): -10_000},
            id="a claim granted for a day of a closed month",
        ),
        pytest.param(
            breach("M-1", "2025-05-01 00:00", "2025-05-20"),
            {("M-1", "2025-05", "sla"): -10_000},
            id="a breach claimed in a closed month",
        ),
        pytest.param(price("M-1", "one_time", 7_000, "2025-07-02"), {}, id="a fact of the month being closed"),
        pytest.param(
            outage("M-1", "2025-05-01 00:00", "2025-05-04 00:00", "2025-07-10"),
            {},
            id="a claim made in the month being closed is no correction",
        ),
        pytest.param(price("M-1", "one_time", 7_000, "2025-03-31"), {}, id="a day before the ledger begins"),
    ],
)
def test_a_late_fact_is_corrected_once(fact, wanted, three_months, tmp_path):
    before = fingerprint_of_closed()
    late(tmp_path, fact)
    close("2025-07")
    assert corrections("2025-07") == wanted
    close("2025-08")
    assert corrections("2025-08") == {}
    late(tmp_path, price("T-1", "one_time", 1, "2025-09-01"))
    close("2025-09")
    assert corrections("2025-09") == {}
    assert fingerprint_of_closed() == before


def fingerprint_of_closed():
    """The first three months' own rows and lines."""
    first = [date(2025, month, 1) for month in (4, 5, 6)]
    lines = ChargeLine.objects.filter(month__month__in=first).order_by("pk").values_list()
    return [*lines, *Month.objects.filter(month__in=first).order_by("pk").values_list()]


def test_a_contract_accepted_with_days_in_closed_months(two_months, tmp_path):
    new = module(
        "個別ログ収集モジュール",
        item="タイプ1",
        number="M-2",
        application="A-2",
        accepted="2025-04-10",
        starts="2025-05-17",
    )
    late(tmp_path, new, *priced("M-2", 31_000, 5))
    close("2025-06")
    assert corrections("2025-06") == {("M-2", "2025-04", "initial"): 5, ("M-2", "2025-05", "monthly"): 15_000}
    assert "契約 2025-05-17課金開始" in ChargeLine.objects.get(corrects_fee="monthly").basis


def test_the_price_of_a_target_that_was_left_out(tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path)
    close("2025-04", leave_out=["M-1"])
    late(tmp_path, *priced("M-1", 500))
    close("2025-05")
    assert corrections("2025-05") == {("M-1", "2025-04", "monthly"): 500}
    assert summed(exported("2025-05", tmp_path))["2025-05", "M-1", "monthly"] == 500


def test_what_was_left_out_is_not_asked_again_by_a_fact_that_mends_nothing(tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path)
    close("2025-04", leave_out=["M-1"])
    late(tmp_path, price("M-1", "monthly", 500, "2025-05-01"))
    close("2025-05")
    assert corrections("2025-05") == {}
    assert not ParkedTarget.objects.filter(month__month=date(2025, 5, 1)).exists()


def test_a_closed_month_that_cannot_be_computed_anew_parks_the_target(two_months, tmp_path):
    rewrite(Price.objects.filter(target__number="M-1", fee="monthly"), from_on=date(2025, 5, 1))
    unit_id = Target.objects.get(number="M-1").unit_id
    history.record("start", "price", "M-1", by="試験", unit_id=unit_id, after={"from_on": "2025-05-01"})
    assert "締めていません" in close_refused("2025-06")
    parked = ParkedTarget.objects.get()
    assert parked.target.number == "M-1"
    assert "締め済みの2025-04" in parked.reason
    close("2025-06", leave_out=["M-1"])
    assert corrections("2025-06") == {}


def halved_after_a_reduction(tmp_path):
    """100,000 a month and a reduction of 10,000, billed and invoiced; then a price of 50,000 comes late. What June says of May."""
    must_take(
        sound(*PRICED, outage("M-1", "2025-05-02 00:00", "2025-05-05 00:00", "2025-05-10")),
        tmp_path,
    )
    close("2025-04", until="2025-05")
    assert ChargeLine.objects.get(fee="outage").amount_yen == -10_000
    call_command("issue_invoices", "2025-05", stdout=StringIO())
    late(tmp_path, price("M-1", "monthly", 50_000, "2025-05-01"))
    close("2025-06")
    found = ChargeLine.objects.filter(fee="correction").order_by("corrects_fee")
    return {row.corrects_fee: (row.amount_yen, row.tax_category) for row in found}


def invoiced_for(month):
    """What the one invoice of a month says of its one rate: taxable, given back, tax."""
    call_command("issue_invoices", month, stdout=StringIO())
    rate = InvoiceRate.objects.get(invoice__month__month=date.fromisoformat(f"{month}-01"))
    return rate.taxable_yen, rate.returned_yen, rate.tax_yen


def printed(month, client):
    """The one invoice of a month as it is sent."""
    invoice = Invoice.objects.get(month__month=date.fromisoformat(f"{month}-01"))
    return text_of(client.get(reverse("admin:billing_invoice_print", args=[invoice.pk])).content)


def test_a_reduction_corrected_downwards_is_an_ordinary_line_of_its_invoice(tmp_path, admin_client):
    # I-44: 300,000 + 50,000 + 5,000 of June are taxable, 50,000 of May are given back.
    assert halved_after_a_reduction(tmp_path) == {
        "monthly": (-50_000, "taxable_return"),
        "outage": (5_000, "taxable"),
    }
    assert invoiced_for("2025-06") == (355_000, -50_000, 30_500)
    assert list(check_ledger(recompute=True)) == []
    page = printed("2025-06", admin_client)
    issued_on = Invoice.objects.get(number="2025-05-00001").issued_on
    dated = f"{issued_on.year}年{issued_on.month}月{issued_on.day}日"
    assert page.count("返還の対象") == 1
    assert f"返還の対象：2025年5月分（請求書2025-05-00001、{dated}発行）" in page
    assert f"2025-05-00001{dated}2025年5月分−45,000" in page, "what is corrected stands at the head, in all"
    assert "2025年5月の月額費用の訂正：正" in page
    assert "終了日の決定" not in page


def test_what_is_given_back_names_its_month_where_that_was_never_invoiced(two_months, tmp_path, admin_client):
    late(tmp_path, price("M-1", "monthly", 50_000, "2025-05-01"))
    close("2025-06")
    invoiced_for("2025-06")
    page = printed("2025-06", admin_client)
    assert "返還の対象：2025年5月分2025年5月の月額費用の訂正" in page


def regranted(number, restored_at):
    """The outage's restoration put right afterwards: its claim is granted on another day."""
    target = Target.objects.get(number=number)
    rewrite(Outage.objects.filter(contract=target.pk), restored_at=make_aware(datetime.fromisoformat(restored_at)))
    history.record("restore", "outage", number, by="試験", unit_id=target.unit_id, after={})


def test_a_grant_that_moves_into_another_month_is_taken_back_and_given_anew(tmp_path):
    """I-37: billed in May; the outage was over in June only. The line of May stays, corrected; June's is another."""
    must_take(sound(*PRICED, outage("M-1", "2025-05-02 00:00", "2025-05-05 00:00", "2025-05-10")), tmp_path)
    close("2025-04", until="2025-05")
    regranted("M-1", "2025-06-01 00:00")
    close("2025-06")
    assert corrections("2025-06") == {("M-1", "2025-05", "outage"): 10_000}
    (line,) = ChargeLine.objects.filter(fee="outage", month__month=date(2025, 6, 1))
    assert (line.from_on, line.quantity, line.amount_yen) == (date(2025, 5, 2), 30, -100_000)
    assert list(check_ledger(recompute=True)) == []


def test_finance_may_choose_netting(tmp_path, settings):
    # I-44: from the set of the month in which the correction is made.
    chosen = Path(settings.FINANCE_FILE).read_text(encoding="utf-8")
    last = chosen.rpartition("[[policy]]")[2].replace('corrections = "return"', 'corrections = "net"')
    last = last.replace('version = "2019-10"', 'version = "2025-06"').replace("2019-10-01", "2025-06-01")
    settings.FINANCE_FILE = tmp_path / "finance.toml"
    settings.FINANCE_FILE.write_text(f"{chosen}\n[[policy]]{last}", encoding="utf-8")
    assert halved_after_a_reduction(tmp_path) == {"monthly": (-50_000, "taxable"), "outage": (5_000, "taxable")}
    assert invoiced_for("2025-06") == (305_000, 0, 30_500)
    assert list(check_ledger(recompute=True)) == []


def test_corrections_go_back_and_forth(two_months, tmp_path):
    """A notice comes late, and is taken back: in the end nothing is owed but the fees."""
    late(tmp_path, notice("M-1", "2025-04-01", "2025-05-10"))
    close("2025-06")
    taken = corrections("2025-06")
    assert set(taken) == {("M-1", "2025-05", "monthly"), ("M-1", "2025-05", "settlement")}
    notice_gone("M-1")
    close("2025-07")
    assert corrections("2025-07") == {key: -yen for key, yen in taken.items()} | {
        ("M-1", "2025-06", "monthly"): 100_000
    }


def test_the_first_month_of_a_ledger_corrects_nothing(tmp_path):
    must_take(sound(*PRICED, outage("M-1", "2025-05-01 00:00", "2025-05-04 00:00", "2025-05-10")), tmp_path)
    close("2025-06")
    assert corrections("2025-06") == {}


def test_facts_of_one_unit_read_no_other(tmp_path, django_assert_max_num_queries):
    """A month with late facts asks a fixed number of queries more, however many months are closed."""
    must_take(sound(*PRICED), tmp_path)
    close("2025-04", until="2025-12")
    late(tmp_path, price("M-1", "monthly", 1, "2025-05-17"))
    with django_assert_max_num_queries(80):
        close("2026-01")
    assert len(corrections("2026-01")) == 8


def test_chunks_are_corrected_each_in_its_own(tmp_path, monkeypatch):
    from_book = [tier(number=f"T-{n}", of=f"U-{n}", application=f"A-{n}") for n in range(3)]
    from_book += [module(number=f"M-{n}", of=f"U-{n}", application=f"A-{n}") for n in range(3)]
    rows = book(
        *(("units", {"code": f"U-{n}", "customer": "C-1", "name": "x"}) for n in range(3)),
        *from_book,
        *(fact for n in range(3) for number in (f"T-{n}", f"M-{n}") for fact in priced(number, 1000)),
    )
    rows["customers"] = [{"code": "C-1", "name": "x"}]
    must_take(rows, tmp_path)
    monkeypatch.setattr(operation, "UNITS_A_CHUNK", 2)
    close("2025-04")
    late(tmp_path, price("T-0", "one_time", 1, "2025-04-01"), price("M-2", "one_time", 2, "2025-04-01"))
    close("2025-05")
    assert corrections("2025-05") == {("T-0", "2025-04", "one_time"): 1, ("M-2", "2025-04", "one_time"): 2}
    month = Month.objects.get(month=date(2025, 5, 1))
    assert (month.line_count, month.total_yen) == (8, 6003)
    assert list(month.chunks.order_by("pk").values_list("line_count", "total_yen")) == [(5, 4001), (3, 2002)]


def _one_held():
    rows = book(
        premium(),
        edr(),
        licence(),
        notice("O-EDR", "2025-04-01", "2025-04-20", "gp28_2"),
        *(price_ for number in ("T-1", "O-EDR", "O-LIC") for price_ in priced(number, 1000)),
    )
    with TemporaryDirectory() as folder:
        must_take(rows, Path(folder))
    close("2025-04")


one_held = world("an option whose settlement is held in April, its month closed", _one_held)


@pytest.fixture
def held(one_held):
    """The settlement that April holds."""
    return HeldSettlement.objects.get(target__number="O-EDR")


def test_a_held_settlement_that_finance_bills_is_a_line_of_the_next_month_once(held, chief):
    bill_held(held, reason="合意による", by=chief, on=date(2025, 5, 10))
    close("2025-05", until="2025-06")
    line = ChargeLine.objects.get(fee="settlement", target=held.target)
    assert f"{line.month}" == "2025-05"
    names = ("amount_yen", "clause", "basis", "from_on", "to_on", "tax_category", "policy")
    assert all(getattr(line, name) == getattr(held, name) for name in names)
    assert ChargeLine.objects.filter(fee="correction").count() == 0


def test_a_held_settlement_that_finance_bills_is_proposed_as_what_it_is_and_not_as_a_correction(held, chief):
    bill_held(held, reason="合意による", by=chief, on=date(2025, 5, 10))
    found = propose_month(date(2025, 5, 1), on=date(2025, 6, 5), by=chief)
    assert found.result["fees"]["settlement"] == [1, held.amount_yen]
    assert found.result["corrections"] == {}


def test_a_held_settlement_that_finance_waives_is_no_line(held, chief):
    waive_held(held, reason="合意による", by=chief, on=date(2025, 5, 10))
    close("2025-05")
    assert not ChargeLine.objects.filter(target=held.target, month__month=date(2025, 5, 1)).exists()


@pytest.mark.parametrize("second", [bill_held, waive_held])
def test_a_decision_is_made_once(second, held, chief):
    waive_held(held, reason="合意による", by=chief, on=date(2025, 5, 10))
    with pytest.raises(Refused, match="既に決定"):
        second(held, reason="やはり", by=chief, on=date(2025, 5, 11))


def test_a_decision_needs_its_reason(held, chief):
    with pytest.raises(Refused, match="理由"):
        bill_held(held, reason="  ", by=chief, on=date(2025, 5, 10))


def test_what_an_open_month_holds_is_not_decided_yet(held, chief, tmp_path):
    late(tmp_path, price("O-EDR", "monthly", 2000, "2025-04-10"))
    close_refused("2025-05", leave_out=["X-9"])
    new = HeldSettlement.objects.order_by("pk").last()
    with pytest.raises(Refused, match="2025-05がまだ締められていません"):
        bill_held(new, reason="合意", by=chief, on=date(2025, 5, 10))


@pytest.mark.parametrize("decided", ["", "waived"])
def test_a_held_settlement_that_changes_is_held_anew(decided, held, chief, tmp_path):
    """Not decided, or waived for another amount: finance is asked again, and about the new one alone."""
    if decided:
        waive_held(held, reason="合意", by=chief, on=date(2025, 5, 1))
    late(tmp_path, price("O-EDR", "monthly", 2000, "2025-04-10"))
    close("2025-05")
    new = HeldSettlement.objects.filter(target=held.target).latest("pk")
    assert new.pk != held.pk
    assert new.amount_yen > held.amount_yen
    assert f"{new.month}" == "2025-05"
    with pytest.raises(Refused):
        bill_held(held, reason="合意", by=chief, on=date(2025, 6, 1))
    bill_held(new, reason="合意", by=chief, on=date(2025, 6, 1))
    close("2025-06")
    assert ChargeLine.objects.get(fee="settlement", target=held.target).amount_yen == new.amount_yen
    assert not ChargeLine.objects.filter(corrects_fee="settlement").exists()


def test_a_held_settlement_that_is_owed_no_longer_is_taken_back(held, chief):
    notice_gone("O-EDR")
    close("2025-05")
    gone = HeldSettlement.objects.filter(target=held.target).latest("pk")
    assert (gone.amount_yen, f"{gone.month}") == (0, "2025-05")
    for row in (held, gone):
        with pytest.raises(Refused, match="置き換え"):
            bill_held(row, reason="合意", by=chief, on=date(2025, 6, 1))
    notice_gone("O-EDR")
    close("2025-06")
    assert HeldSettlement.objects.filter(target=held.target).count() == 2


def test_a_billed_settlement_that_changes_is_corrected(held, chief, tmp_path):
    bill_held(held, reason="合意", by=chief, on=date(2025, 5, 1))
    close("2025-05")
    notice_gone("O-EDR")
    close("2025-06")
    assert corrections("2025-06")["O-EDR", "2025-04", "settlement"] == -held.amount_yen
    close("2025-07")
    assert corrections("2025-07") == {}


@pytest.fixture
def chief(db, django_user_model):
    return django_user_model.objects.create_superuser("chief")
