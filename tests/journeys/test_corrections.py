"""Every kind of accepted fact put right, before and after a close, undone and done again: what it then bills, and nothing more."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from billing.operations.check_ledger import check_ledger
from contracts.models import Target
from contracts.operations.corrections.of_incidents import correct_decision
from contracts.operations.refusal import Refused
from tests.contracts.book.build import book, change, edr, licence, module, must_take, outage, premium, price, priced
from tests.contracts.corrections.desk import (
    Corrector,
    agreed,
    change_of,
    outage_of,
    price_of,
    recorded,
    start_of,
)

EDR = [premium(), edr(), licence(), *priced("T-1", 300_000, 10_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
TWO_THOUSAND = change("O-LIC", "ライセンス数", "2000", "2025-05-01", application="A-2", accepted="2025-04-20")


@pytest.fixture
def lead(db, django_user_model):
    return Corrector(django_user_model.objects.create_superuser("責任者"))


@pytest.fixture(autouse=True)
def sound(db):
    """Whatever was put right, the ledger holds together and is what the facts come to."""
    yield
    assert list(check_ledger(recompute=True)) == []


def monthly(licences, *, module_yen=None):
    """What a whole month bills of the unit: so many licences at 100 yen."""
    found = [("T-1", 300_000), ("O-EDR", 50_000), ("O-LIC", 100 * licences)]
    return [*found, *([("M-1", module_yen)] if module_yen else [])]


def initials(story):
    story.month("2025-03", ("T-1", "initial", "2025-03-10", "2025-03-10", 10_000))


@pytest.fixture
def begun(story, tmp_path):
    """The unit with a change to 2,000 licences from May on, which ought to have been 200; March and April closed."""
    must_take(book(*EDR, TWO_THOUSAND), tmp_path / "begun")
    story.close("2025-03", "2025-04")
    initials(story)
    story.months_alike("2025-04", "2025-04", *monthly(100))
    return story


def test_licences_put_right_before_the_close(begun, lead):
    lead.right("change", change_of("O-LIC"), to_number=200)
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *monthly(200))
    begun.nothing_more()


def test_licences_put_right_after_closes_undone_and_done_again(begun, lead):
    """I-50: closed months stay, the difference is billed in the next close; undone, it is billed back."""
    begun.close("2025-05", "2025-06")
    begun.months_alike("2025-05", "2025-06", *monthly(2000))
    lead.right("change", change_of("O-LIC"), to_number=200)
    begun.close("2025-07")
    begun.month(
        "2025-07",
        *_of_month("2025-07", monthly(200)),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", -180_000),
        ("O-LIC", "correction", "2025-06-01", "2025-06-30", -180_000),
    )
    lead.right("change", change_of("O-LIC"), to_number=2000)
    lead.right("change", change_of("O-LIC"), to_number=200)
    begun.close("2025-08")
    begun.months_alike("2025-08", "2025-08", *monthly(200))
    begun.nothing_more()
    assert recorded() == [("change", "O-LIC", "agreed", True)] * 3


def test_the_day_of_a_change_put_right(begun, lead):
    """From June on, not from May: May is billed back to 100 licences."""
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *monthly(2000))
    lead.right("change", change_of("O-LIC"), effective_on=date(2025, 6, 1))
    begun.close("2025-06")
    begun.month(
        "2025-06",
        *_of_month("2025-06", monthly(2000)),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", -190_000),
    )
    begun.nothing_more()


def test_a_change_taken_back(begun, lead):
    begun.close("2025-05")
    begun.months_alike("2025-05", "2025-05", *monthly(2000))
    lead.back("change", change_of("O-LIC"))
    begun.close("2025-06")
    begun.month(
        "2025-06",
        *_of_month("2025-06", monthly(100)),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", -190_000),
    )
    begun.nothing_more()


def test_a_start_put_right_after_a_close(story, lead, tmp_path):
    """The module began on 16 April, not on the 1st."""
    must_take(book(premium(), module(), *priced("T-1", 300_000), *priced("M-1", 100_000)), tmp_path / "book")
    story.close("2025-03", "2025-04")
    story.months_alike("2025-04", "2025-04", ("T-1", 300_000), ("M-1", 100_000))
    rows = [start_of("T-1"), start_of("M-1")]
    lead.right("start", *rows, starts_on=date(2025, 4, 16))
    story.close("2025-05")
    story.month(
        "2025-05",
        *_of_month("2025-05", [("T-1", 300_000), ("M-1", 100_000)]),
        ("T-1", "correction", "2025-04-01", "2025-04-30", -150_000),
        ("M-1", "correction", "2025-04-01", "2025-04-30", -50_000),
    )
    assert set(Target.objects.values_list("billing_starts_on", flat=True)) == {date(2025, 4, 16)}
    rows = [start_of("T-1"), start_of("M-1")]
    lead.right("start", *rows, starts_on=date(2025, 4, 1))
    story.close("2025-06")
    story.month(
        "2025-06",
        *_of_month("2025-06", [("T-1", 300_000), ("M-1", 100_000)]),
        ("T-1", "correction", "2025-04-01", "2025-04-30", 150_000),
        ("M-1", "correction", "2025-04-01", "2025-04-30", 50_000),
    )
    story.nothing_more()


@pytest.mark.parametrize(
    ("fee", "says", "line"),
    [
        pytest.param(
            "initial",
            {"amount_yen": 12_000},
            ("T-1", "correction", "2025-03-01", "2025-03-31", 2_000),
            id="the initial fee",
        ),
        pytest.param(
            "one_time",
            {"from_on": date(2025, 3, 20)},
            None,
            id="the day of a one-time fee",
        ),
    ],
)
def test_a_fee_put_right_after_a_close(story, lead, tmp_path, fee, says, line):
    must_take(book(*EDR, price("T-1", "one_time", 7_000, "2025-04-10")), tmp_path / "book")
    story.close("2025-03", "2025-04")
    initials(story)
    story.month("2025-04", *_of_month("2025-04", monthly(100)), ("T-1", "one_time", "2025-04-10", "2025-04-10", 7_000))
    lead.right("price", price_of("T-1", fee), **says)
    story.close("2025-05")
    lines = (
        [line]
        if line
        else [
            ("T-1", "correction", "2025-03-01", "2025-03-31", 7_000),
            ("T-1", "correction", "2025-04-01", "2025-04-30", -7_000),
        ]
    )
    story.month("2025-05", *_of_month("2025-05", monthly(100)), *lines)
    story.nothing_more()


def test_moments_and_a_decision_put_right(story, lead, tmp_path):
    """Four days claimed were two; then the claim is refused after all, and granted again."""
    must_take(book(*EDR, outage("T-1", "2025-04-02T00:00", "2025-04-06T00:00", "2025-04-10")), tmp_path / "book")
    story.close("2025-03", "2025-04")
    initials(story)
    reduced = ("T-1", "outage", "2025-04-02", "2025-04-05", -40_000)
    story.month("2025-04", *_of_month("2025-04", monthly(100)), reduced)
    restored = timezone.make_aware(datetime(2025, 4, 4))
    lead.right("outage", outage_of("T-1"), restored_at=restored)
    story.close("2025-05")
    of_april = ("T-1", "correction", "2025-04-01", "2025-04-30")
    story.month("2025-05", *_of_month("2025-05", monthly(100)), (*of_april, 20_000))
    said = {"fault": "company", "fault_reason": "障害", "on": lead.on, "by": lead.by}
    correct_decision([outage_of("T-1")], decision="refused", ground=agreed(reason="請求の取下げ"), **said)
    story.close("2025-06")
    story.month("2025-06", *_of_month("2025-06", monthly(100)), (*of_april, 20_000))
    for fault, why_not in (("customer", "当社の責に帰すべき事由ではない"), ("", "先に帰責を決めて")):
        of_another = said | {"fault": fault}
        with pytest.raises(Refused, match=why_not):
            correct_decision([outage_of("T-1")], decision="granted", ground=agreed(reason="請求は有効"), **of_another)
    correct_decision([outage_of("T-1")], decision="granted", ground=agreed(reason="請求は有効"), **said)
    story.close("2025-07")
    story.month("2025-07", *_of_month("2025-07", monthly(100)), (*of_april, -20_000))
    story.nothing_more()


def _of_month(month, told):
    """The monthly lines of a whole month."""
    first = date.fromisoformat(f"{month}-01")
    last = date(first.year, first.month, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][first.month - 1])
    return [(number, "monthly", f"{first}", f"{last}", yen) for number, yen in told]
