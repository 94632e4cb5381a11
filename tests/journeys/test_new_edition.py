"""A made-up edition from 2025-07-01: twelve months instead of six, sixty days instead of thirty. Month after month, old beside new."""

import pytest

from billing.operations.check_ledger import check_ledger
from contracts.models import Target
from contracts.terms.editions import Edition, with_edition
from tests.contracts.book.build import book, customer, module, notice, outage, priced, tier, unit
from tests.terms.build import day

EDITION = Edition(
    first=day("2025-07-01"), changes={"contract_months": 12, "contract_notice_days": 60, "outage_parts": 10}
)
NEW = {"of": "U-2", "application": "A-2", "accepted": "2025-07-01", "starts": "2025-07-01"}
FACTS = [
    *(tier(), module(), *priced("T-1", 300_000), *priced("M-1", 100_000)),
    *(
        customer(),
        unit(),
        customer("C-2", "株式会社後発"),
        unit("U-2", "C-2"),
        tier(number="T-2", **NEW),
        module(number="M-2", **NEW),
    ),
    *(*priced("T-2", 300_000, from_on="2025-07-01"), *priced("M-2", 100_000, from_on="2025-07-01")),
]


def whole(month, last, *numbers):
    fees = {"T-1": 300_000, "M-1": 100_000, "T-2": 300_000, "M-2": 100_000}
    return [(number, "monthly", f"{month}-01", f"{month}-{last}", fees[number]) for number in numbers]


@pytest.fixture
def edition():
    with with_edition(EDITION):
        yield


def test_old_contracts_keep_their_minimum_term_and_every_notice_runs_by_its_arrival(edition, story):
    """T-1 of March: notice of 06-20, thirty days, six months to 09-30. T-2 of July: notice of 08-01, sixty days, a year to 06-30."""
    ends = [
        notice("T-1", "2025-06-20"),
        notice("M-1", "2025-06-20"),
        notice("T-2", "2025-08-01"),
        notice("M-2", "2025-08-01"),
    ]
    story.facts(book(*FACTS, *ends))
    story.close("2025-04", "2025-12")
    for month, last in (("2025-04", 30), ("2025-05", 31), ("2025-06", 30)):
        story.month(month, *whole(month, last, "T-1", "M-1"))
    story.month(
        "2025-07",
        *whole("2025-07", 31, "T-2", "M-2"),
        ("T-1", "monthly", "2025-07-01", "2025-07-20", 193_548),
        ("M-1", "monthly", "2025-07-01", "2025-07-20", 64_516),
        ("T-1", "settlement", "2025-07-21", "2025-09-30", 106_452 + 2 * 300_000),
        ("M-1", "settlement", "2025-07-21", "2025-09-30", 35_484 + 2 * 100_000),
    )
    story.month("2025-08", *whole("2025-08", 31, "T-2", "M-2"))
    story.month(
        "2025-09",
        *whole("2025-09", 30, "T-2", "M-2"),
        ("T-2", "settlement", "2025-10-01", "2026-06-30", 9 * 300_000),
        ("M-2", "settlement", "2025-10-01", "2026-06-30", 9 * 100_000),
    )
    story.nothing_more()
    assert list(check_ledger(recompute=True)) == []


def test_an_old_contract_whose_notice_arrives_under_the_new_edition(edition, story):
    """T-1: sixty days from 07-10 to 09-08, and still six months to 09-30."""
    story.facts(book(*FACTS[:6], notice("T-1", "2025-07-10"), notice("M-1", "2025-07-10")))
    story.close("2025-07", "2025-11")
    story.month("2025-07", *whole("2025-07", 31, "T-1", "M-1"))
    story.month("2025-08", *whole("2025-08", 31, "T-1", "M-1"))
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-08", 80_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-08", 26_666),
        ("T-1", "settlement", "2025-09-09", "2025-09-30", 220_000),
        ("M-1", "settlement", "2025-09-09", "2025-09-30", 73_334),
    )
    story.nothing_more()
    assert list(check_ledger(recompute=True)) == []


def test_a_line_that_nothing_moved_is_carried_over_the_editions_day_and_what_happens_goes_by_its_day(edition, story):
    """An outage known in June gives thirtieths, one known in July tenths; all else goes on as it was."""
    story.facts(
        book(
            *FACTS[:6],
            outage("M-1", "2025-06-30 10:00", "2025-07-01 12:00", "2025-08-01"),
            outage("M-1", "2025-07-10 10:00", "2025-07-11 12:00", "2025-08-02"),
        )
    )
    story.close("2025-06", "2025-09")
    story.months_alike("2025-06", "2025-07", ("T-1", 300_000), ("M-1", 100_000))
    story.month(
        "2025-08",
        *whole("2025-08", 31, "T-1", "M-1"),
        ("M-1", "outage", "2025-06-30", "2025-06-30", -3_333),
        ("M-1", "outage", "2025-07-10", "2025-07-10", -10_000),
    )
    story.months_alike("2025-09", "2025-09", ("T-1", 300_000), ("M-1", 100_000))
    story.nothing_more()
    assert list(check_ledger(recompute=True)) == []


def test_ends_of_the_longest_edition_are_not_carried_over(story):
    """A notice of a hundred and twenty days: its end is known to what is carried over from month to month."""
    with with_edition(Edition(first=day("2025-05-01"), changes={"contract_notice_days": 120})):
        story.facts(book(*FACTS[:6], notice("T-1", "2025-05-02"), notice("M-1", "2025-05-02")))
        story.close("2025-05", "2025-10")
        for month, last in (("2025-05", 31), ("2025-06", 30), ("2025-07", 31)):
            story.month(month, *whole(month, last, "T-1", "M-1"))
        story.month(
            "2025-08",
            ("T-1", "monthly", "2025-08-01", "2025-08-30", 290_322),
            ("M-1", "monthly", "2025-08-01", "2025-08-30", 96_774),
            ("T-1", "settlement", "2025-08-31", "2025-09-30", 309_678),
            ("M-1", "settlement", "2025-08-31", "2025-09-30", 103_226),
        )
        story.nothing_more()
        assert {f"{on}" for on in Target.objects.values_list("ends_on", flat=True)} == {"2025-08-30"}
        assert list(check_ledger(recompute=True)) == []


def test_what_was_concluded_before_and_starts_after_keeps_six_months(edition, story):
    """I-57: accepted 06-20, from 07-05 to 2026-01-04. The notice of 07-06 runs its sixty days to 09-04 (I-58)."""
    said = {"accepted": "2025-06-20", "starts": "2025-07-05"}
    prices = [*priced("T-1", 300_000, from_on="2025-07-05"), *priced("M-1", 100_000, from_on="2025-07-05")]
    story.facts(book(tier(**said), module(**said), *prices, notice("T-1", "2025-07-06"), notice("M-1", "2025-07-06")))
    story.close("2025-07", "2025-10")
    story.month(
        "2025-07",
        ("T-1", "monthly", "2025-07-05", "2025-07-31", 261_290),
        ("M-1", "monthly", "2025-07-05", "2025-07-31", 87_096),
    )
    story.month("2025-08", *whole("2025-08", 31, "T-1", "M-1"))
    story.month(
        "2025-09",
        ("T-1", "monthly", "2025-09-01", "2025-09-04", 40_000),
        ("M-1", "monthly", "2025-09-01", "2025-09-04", 13_333),
        ("T-1", "settlement", "2025-09-05", "2026-01-04", 260_000 + 3 * 300_000 + 38_709),
        ("M-1", "settlement", "2025-09-05", "2026-01-04", 86_667 + 3 * 100_000 + 12_903),
    )
    story.nothing_more()
    assert list(check_ledger(recompute=True)) == []
