"""Before the ledger: what fell due before its first month is never billed, and is said, with its yen."""

from datetime import date

import pytest
from django.urls import reverse

from billing.operations.before_ledger import Summary, before_ledger, first_month, summary
from billing.operations.propose import propose_month
from contracts.judge.before_ledger import BeforeLedger
from contracts.models import Target
from tests.billing.ledger import close
from tests.contracts.book.build import book, customer, module, must_take, notice, price, priced, take, tier, unit

pytestmark = pytest.mark.django_db
FIRST = (tier(), module(), priced("T-1", 300_000, 50_000), priced("M-1", 100_000, 20_000))
AGREED = {"of": "U-2", "application": "A-7", "accepted": "2025-07-01", "starts": "2025-05-01"}
LATER = (
    *(customer("C-2"), unit("U-2", "C-2"), tier(number="T-2", **AGREED), module(number="M-2", **AGREED)),
    *(priced("T-2", 1_000, from_on="2025-05-01"), priced("M-2", 1_000, from_on="2025-05-01")),
)


def of(number, *months, yen):
    unit_id = Target.objects.get(number=number).unit_id
    return BeforeLedger(number, unit_id, tuple(date.fromisoformat(f"{month}-01") for month in months), yen)


def told(answer):
    return [
        (warning["sheet"], warning["message"]) for warning in answer.warnings if "台帳の最初の月" in warning["message"]
    ]


def test_the_first_close_says_what_lies_before_it(tmp_path):
    assert first_month() is None
    assert told(must_take(book(*FIRST), tmp_path / "1")) == []
    said = close("2025-06")
    assert "台帳の前 T-1：2025-03〜2025-05、650,000円" in said
    assert "台帳の最初の月（2025-06）より前に生じた2件、870,000円（税抜）は請求されません。" in said
    assert first_month() == date(2025, 6, 1)
    assert list(before_ledger(date(2025, 6, 1))) == [
        of("T-1", "2025-03", "2025-04", "2025-05", yen=650_000),
        of("M-1", "2025-03", "2025-04", "2025-05", yen=220_000),
    ]
    assert "台帳の前" not in close("2025-07")


def test_a_ledger_that_begins_in_time_has_nothing_before_it(tmp_path):
    must_take(book(*FIRST), tmp_path / "1")
    assert "台帳の前" not in close("2025-03", until="2025-06")
    assert told(must_take(book(*LATER), tmp_path / "2")) == []  # May and June come as corrections
    assert list(before_ledger(date(2025, 3, 1))) == []


def test_an_import_says_what_it_brings_too_late(tmp_path):
    must_take(book(*FIRST), tmp_path / "1")
    close("2025-06")
    sentence = "{}の2025-05から2025-05までの1,000円は、台帳の最初の月（2025-06）より前なので請求されません"
    rows = book(*LATER)
    expected = [("contracts", sentence.format("T-2")), ("contracts", sentence.format("M-2"))]
    tried = take(rows, tmp_path / "2", "--dry-run")
    assert tried.status == "checked"
    assert told(tried) == expected
    assert not Target.objects.filter(number="T-2").exists()
    assert told(must_take(rows, tmp_path / "2")) == expected


def test_a_proposal_says_it_with_its_yen(tmp_path, django_user_model):
    by = django_user_model.objects.create_user("keiri")
    must_take(book(*FIRST), tmp_path / "1")
    first = propose_month(date(2025, 6, 1), on=date(2026, 1, 5), by=by).result["before_ledger"]
    assert (first["begins"], first["count"], first["yen"]) == ("2025-06", 2, 870_000)
    assert first["rows"][0] == {"number": "T-1", "first": "2025-03", "last": "2025-05", "yen": 650_000}
    close("2025-06")
    # What the first month has said is not said again with every month.
    assert propose_month(date(2025, 7, 1), on=date(2026, 1, 5), by=by).result["before_ledger"]["count"] == 0
    must_take(book(*LATER), tmp_path / "2")
    later = propose_month(date(2025, 7, 1), on=date(2026, 1, 5), by=by).result["before_ledger"]
    assert [(row["number"], row["yen"]) for row in later["rows"]] == [("T-2", 1_000), ("M-2", 1_000)]


def test_the_page_of_the_proposal_shows_it(tmp_path, admin_client, admin_user):
    must_take(book(*FIRST), tmp_path / "1")
    proposal = propose_month(date(2025, 6, 1), on=date(2026, 1, 5), by=admin_user)
    text = admin_client.get(reverse("admin:billing_proposal_change", args=[proposal.pk])).text
    assert "台帳の最初の月（2025-06）より前の分。請求されません" in text
    assert "650,000" in text
    assert "870,000" in text


def test_too_many_are_counted_and_not_summed(tmp_path, monkeypatch):
    monkeypatch.setattr("billing.operations.before_ledger.MOST_SUMMED", 1)
    must_take(book(*FIRST), tmp_path / "1")
    assert summary(date(2025, 6, 1)) == Summary(2, None)
    assert "台帳の最初の月（2025-06）より前に生じた2件は請求されません。" in close("2025-06")


def test_only_what_the_book_brings_is_said(tmp_path):
    must_take(book(*FIRST), tmp_path / "1")
    close("2025-06")
    assert told(must_take(book(price("M-1", "one_time", 500, "2025-04-10")), tmp_path / "2")) == [
        ("prices", "M-1の2025-03から2025-05までの220,500円は、台帳の最初の月（2025-06）より前なので請求されません")
    ]


def test_without_a_price_the_months_are_said_and_the_yen_are_not(tmp_path):
    must_take(book(tier(), module()), tmp_path / "1")
    found = list(before_ledger(date(2025, 5, 1)))
    assert [each.yen for each in found] == [None, None]


def test_a_settlement_before_the_ledger_is_counted(tmp_path):
    ends = [notice(number, "2025-04-01", "2025-05-01") for number in ("T-1", "M-1")]
    must_take(book(*FIRST, *ends), tmp_path / "1")
    found = {each.number: each.yen for each in before_ledger(date(2025, 7, 1))}
    # 50,000 once, six months of 300,000: the month served, and the rest as settlement (I-17).
    assert found["T-1"] == 50_000 + 6 * 300_000
