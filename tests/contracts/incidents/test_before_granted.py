"""What the page says a claim would come to is what the bill then says, the cap and I-20 included."""

from billing.operations.if_granted import as_granted, if_granted
from contracts.models import Entry, Outage
from tests.contracts.book.build import sound
from tests.contracts.incidents.desk import day
from tests.contracts.incidents.test_claims import PRICED, reductions

ON = day("2025-06-12")


def test_the_cap_of_15_2_is_shown_before_and_billed_after(desk):
    """28 units ÷ 30 are granted: of the tenth for the breach only what is left of the month's fee."""
    desk.has(sound(*PRICED))
    outage = desk.claim(desk.outage("2025-05-02 00:00", "2025-05-30 00:00", "T-1"), "2025-06-10")
    breach = desk.fault(desk.late("T-1", "2025-05-02 00:00", "2025-05-02 01:00"), "company")
    assert if_granted(breach, on=ON).yen == 30_000
    desk.grant(outage)
    breach = desk.claim(breach, "2025-06-11")
    would = if_granted(breach, on=ON)
    assert would.yen == 20_000
    assert "限度" in would.reductions[0].basis
    granted = desk.grant(breach)
    assert as_granted(granted).yen == 20_000
    assert reductions("2025-05", "2025-06") == [
        ("2025-06", "T-1", "outage", -280_000),
        ("2025-06", "T-1", "sla", -20_000),
    ]


def test_a_second_breach_of_the_guarantee_in_a_month_gives_nothing(desk):
    """I-20."""
    desk.has(sound(*PRICED))
    first, second = (
        desk.claim(desk.fault(desk.late("T-1", f"2025-05-{on} 00:00", f"2025-05-{on} 01:00"), "company"), "2025-06-10")
        for on in ("02", "20")
    )
    assert if_granted(second, on=ON).yen == 30_000
    desk.grant(first)
    assert (if_granted(second, on=ON).again, if_granted(second, on=ON).yen) == (True, 0)
    desk.grant(second)
    assert reductions("2025-05", "2025-06") == [("2025-06", "T-1", "sla", -30_000)]


def test_an_outage_over_two_months_is_told_month_by_month_and_flagged_above_one(desk):
    """I-19, I-22: 31 units in May, one in June."""
    desk.has(sound(*PRICED))
    would = if_granted(desk.outage("2025-05-01 00:00", "2025-06-02 00:00", "T-1"), on=ON)
    assert [(f"{r.month:%Y-%m}", r.amount_yen) for r in would.reductions] == [
        ("2025-05", 310_000),
        ("2025-06", 10_000),
    ]
    assert would.above_a_month
    july = desk.outage("2025-07-01 00:00", "2025-07-31 00:00", "T-1")
    assert not if_granted(july, on=day("2025-08-01")).above_a_month


def test_it_is_worked_out_whoever_is_at_fault_and_leaves_nothing_behind(desk):
    """The company is taken to be at fault where nobody has decided; of a trial nothing stays."""
    desk.has(sound(*PRICED))
    outage = desk.outage("2025-05-01 00:00", "2025-05-03 00:00", "T-1", fault="")
    rows, entries = list(Outage.objects.values()), Entry.objects.count()
    assert if_granted(outage, on=ON).yen == 20_000
    assert (list(Outage.objects.values()), Entry.objects.count()) == (rows, entries)


def test_a_contract_without_a_price_says_so(desk):
    """13: no price, no amount."""
    desk.has(sound())
    assert if_granted(desk.outage("2025-05-01 00:00", "2025-05-03 00:00", "T-1"), on=ON).missing.clause == "13"
    assert Outage.objects.count() == 1


def test_a_claim_made_before_one_that_is_granted_says_what_both_then_come_to(desk):
    """I-26: the outage was claimed first and stands whole; what the breach was granted goes, and is no gain of the claim."""
    desk.has(sound(*PRICED))
    breach = desk.fault(desk.late("T-1", "2025-05-02 00:00", "2025-05-02 01:00"), "company")
    breach = desk.grant(desk.claim(breach, "2025-06-11"))
    assert as_granted(breach).yen == 30_000
    outage = desk.claim(desk.outage("2025-05-01 00:00", "2025-05-31 00:00", "T-1"), "2025-06-10")
    would = if_granted(outage, on=ON)
    assert would.yen == 270_000
    desk.grant(outage)
    assert as_granted(outage).yen + as_granted(breach).yen == 300_000


def test_after_the_deadline_it_says_what_a_claim_in_time_would_have_come_to(desk):
    """15-1: the deadline was 2025-08-03."""
    desk.has(sound(*PRICED))
    outage = desk.outage("2025-05-01 00:00", "2025-05-03 00:00", "T-1")
    assert if_granted(outage, on=day("2025-09-01")).yen == 20_000
