"""MRRの増減 (I-68), and what one account is billed ahead by how certain it is (I-67), by its rules alone."""

from collections import Counter
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.terms.account import Account, Breach, OneTime, Outage, UnbillableError
from billing.terms.art13_charges import monthly_lines
from billing.terms.coming import Coming, Risk, What, coming, risk_of
from billing.terms.forecast import Passed, Run, Series, bound_until, foreseen, mrr, parted
from billing.terms.month import due
from billing.terms.movements import Moved, Movement, movements
from billing.terms.payers import ELSEWHERE, NOBODY, Payer, Payers, divided
from contracts.terms.art12_termination import End
from contracts.terms.catalog import Category, LicenceType, OptionType
from contracts.terms.days import ONE_DAY, Period, month_period, next_month
from contracts.terms.unit import Ground
from contracts.terms.unit import Notice as Letter
from tests.properties.facts import MODERATE

JAN = date(2026, 1, 1)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
WHOLE_YEAR = Period(JAN, date(2027, 1, 1))
LEVELS = st.lists(st.sampled_from([0, 0, 100, 250, 300]), min_size=2, max_size=8)


def contract(starts: date = date(2026, 1, 1), yen: int = 31_000, **more: object) -> Account:
    found = Account("T-1", date(2025, 12, 1), starts, initial_yen=0, monthly=((starts, yen),), **more)  # type: ignore[arg-type]
    found.concluded_on = date(2025, 12, 1)
    return found


def licence(starts: date) -> Account:
    found = contract(starts, 100, option=OptionType.EDR_LICENCE, licence_type=LicenceType.TERM)
    found.quantities = ((date.min, 1_000),)
    return found


def ends(account: Account, on: date) -> Account:
    account.end = End(on, "12-1", Ground.NOTICE, Letter(target="T-1", arrived_on=on))
    return account


def kind(day: date) -> str:
    return "premium"


def runs(account: Account, on: date = JAN, months: list[date] = MONTHS) -> list[tuple[str, date, date, int]]:
    found = foreseen(account, NOBODY, months, on=on, kind=kind)
    return [(run.series, run.first, run.last, run.yen) for run in found.runs]


def test_fees_are_committed_up_to_the_last_day_of_the_minimum_term() -> None:
    """第5条: six months from 2026-01-16; of July the first 15 days are bound, 31,000 × 15 ÷ 31 = 15,000."""
    assert bound_until(contract(date(2026, 1, 16)), JAN) == date(2026, 7, 15)
    assert sorted(runs(contract(date(2026, 1, 16)))) == sorted(
        [
            ("committed", MONTHS[0], MONTHS[0], 16_000),
            ("committed", MONTHS[1], MONTHS[5], 31_000),
            ("committed", MONTHS[6], MONTHS[6], 15_000),
            ("expected", MONTHS[6], MONTHS[6], 16_000),
            ("expected", MONTHS[7], MONTHS[11], 31_000),
        ]
    )


def test_the_next_term_of_a_licence_is_bound_once_its_renewal_can_no_longer_be_stopped() -> None:
    """10-9: the term ends on 2026-06-30; three months before, a notice has to be there by 2026-03-30 or so."""
    account = licence(date(2025, 7, 1))
    assert bound_until(account, date(2026, 3, 1)) == date(2026, 6, 30)
    assert bound_until(account, date(2026, 4, 15)) == date(2027, 6, 30)
    assert runs(account, on=date(2026, 3, 1)) == [
        ("committed", MONTHS[0], MONTHS[5], 100_000),
        ("renewal", MONTHS[6], MONTHS[11], 100_000),
    ]
    assert runs(account, on=date(2026, 4, 15)) == [("committed", MONTHS[0], MONTHS[11], 100_000)]


def test_the_last_day_to_stop_a_renewal_is_still_in_time() -> None:
    account = licence(date(2025, 7, 1))
    (renewal,) = [one for one in coming(account, WHOLE_YEAR) if one.what is What.RENEWAL]
    assert renewal.last_day is not None
    assert bound_until(account, renewal.last_day) == date(2026, 6, 30)
    assert bound_until(account, renewal.last_day + ONE_DAY) == date(2027, 6, 30)
    assert (renewal.on, renewal.after_yen, renewal.term_yen) == (date(2026, 7, 1), 100_000, 1_200_000)


def test_a_price_to_come_a_settlement_and_an_end_are_in_their_months() -> None:
    account = ends(contract(), date(2026, 5, 31))
    account.monthly = ((JAN, 31_000), (date(2026, 3, 1), 40_000))
    assert sorted(runs(account)) == sorted(
        [
            ("committed", MONTHS[0], MONTHS[1], 31_000),
            ("committed", MONTHS[2], MONTHS[4], 40_000),
            ("settlement", MONTHS[4], MONTHS[4], 40_000),
        ]
    )
    assert list(coming(account, WHOLE_YEAR)) == [
        Coming(What.START, JAN, 0, 31_000),
        Coming(What.PRICE, date(2026, 3, 1), 31_000, 40_000),
        Coming(What.END, date(2026, 6, 1), 40_000, 0),
    ]


def test_nothing_is_told_of_days_outside() -> None:
    assert list(coming(contract(), Period(date(2026, 1, 2), date(2026, 7, 1)))) == []
    assert [one.on for one in coming(contract(), Period(date(2026, 1, 2), date(2026, 7, 2)))] == [date(2026, 7, 1)]


def test_what_ends_before_is_neither_renewed_nor_free() -> None:
    gone = ends(licence(date(2025, 7, 1)), date(2026, 6, 30))
    assert [one.what for one in coming(gone, WHOLE_YEAR)] == [What.END]
    assert [one.what for one in coming(ends(contract(), date(2026, 6, 30)), WHOLE_YEAR)] == [What.START, What.END]


def test_a_month_without_a_price_is_told_and_the_others_go_on() -> None:
    account = contract()
    account.monthly = ((date(2026, 3, 1), 31_000),)
    found = foreseen(account, NOBODY, MONTHS, on=JAN, kind=kind)
    assert {run.first for run in found.runs} == {MONTHS[2], MONTHS[6]}
    assert min(found.missing) == JAN


def test_mrr_stands_on_the_last_day_and_is_not_prorated() -> None:
    """I-68: of a fee that begins on the 16th the whole; an end on the month's last day is still in force on it."""
    account = ends(contract(date(2026, 1, 16)), date(2026, 3, 31))
    found = mrr(account, NOBODY, [date(2025, 12, 1), *MONTHS], kind=kind)
    assert found.runs == [Run(Series.MRR, 0, "premium", JAN, MONTHS[2], 31_000)]


def test_what_passes_on_leaves_one_and_comes_to_the_other_at_what_it_was() -> None:
    account = contract(date(2025, 1, 1))
    account.monthly = ((date(2025, 1, 1), 100), (date(2026, 2, 10), 150))
    payers = (Payer(date.min, 1), Payer(date(2026, 2, 15), 2))
    found = mrr(account, payers, MONTHS, kind=kind)
    assert found.passed == [Passed(MONTHS[1], 1, -100), Passed(MONTHS[1], 2, 100)]
    assert [(run.payer, run.first, run.last, run.yen) for run in found.runs] == [
        (1, MONTHS[0], MONTHS[0], 100),
        (2, MONTHS[1], MONTHS[11], 150),
    ]
    leaving = mrr(account, (Payer(date.min, 1), Payer(date(2026, 2, 15), ELSEWHERE)), MONTHS, kind=kind)
    assert leaving.passed == [Passed(MONTHS[1], 1, -100)]


def test_what_counts_as_another_kind_moves_between_the_kinds() -> None:
    def upgraded(day: date) -> str:
        return "premium" if day >= date(2026, 4, 20) else "basic"

    found = mrr(contract(date(2025, 1, 1)), NOBODY, MONTHS, kind=upgraded, regroups=[date(2026, 4, 20)])
    assert found.regrouped == [(MONTHS[3], "basic", -31_000), (MONTHS[3], "premium", 31_000)]


@pytest.mark.parametrize(
    ("levels", "passed", "before", "told"),
    [
        pytest.param([0, 100], [0, 0], False, [Moved(1, Movement.NEW, 100)], id="never before"),
        pytest.param([0, 100], [0, 0], True, [Moved(1, Movement.BACK, 100)], id="charged before"),
        pytest.param(
            [100, 0, 0, 80],
            [0] * 4,
            False,
            [Moved(1, Movement.LOST, -100), Moved(3, Movement.BACK, 80)],
            id="gone and back",
        ),
        pytest.param(
            [0, 50, 0, 80],
            [0] * 4,
            False,
            [Moved(1, Movement.NEW, 50), Moved(2, Movement.LOST, -50), Moved(3, Movement.BACK, 80)],
            id="new, gone and back",
        ),
        pytest.param([100, 60], [0, 0], False, [Moved(1, Movement.LESS, -40)], id="one of several ends"),
        pytest.param([100, 160], [0, 0], False, [Moved(1, Movement.MORE, 60)], id="another contract"),
        pytest.param(
            [100, 0], [0, -100], False, [Moved(1, Movement.PASSED, -100)], id="all passed on: nobody was lost"
        ),
        pytest.param(
            [0, 150],
            [0, 100],
            False,
            [Moved(1, Movement.PASSED, 100), Moved(1, Movement.MORE, 50)],
            id="taken over, and dearer: not new",
        ),
    ],
)
def test_each_movement_goes_by_its_name(levels: list[int], passed: list[int], before: bool, told: list[Moved]) -> None:
    assert list(movements(levels, passed, before=before)) == told


@MODERATE
@given(LEVELS, st.booleans())
def test_movements_add_up(levels: list[int], before: bool) -> None:
    found = list(movements(levels, [0] * len(levels), before=before))
    assert levels[0] + sum(one.yen for one in found) == levels[-1]
    for at in range(1, len(levels)):
        assert sum(one.yen for one in found if one.at == at) == levels[at] - levels[at - 1]


@pytest.mark.parametrize(
    ("account", "on", "is_open", "risk"),
    [
        pytest.param(contract(), JAN, False, Risk.SOON, id="its term ends within the year"),
        pytest.param(contract(), date(2026, 6, 30), False, Risk.SOON, id="the last day of the term"),
        pytest.param(contract(), date(2026, 7, 1), False, Risk.FREE, id="the day after it"),
        pytest.param(contract(date(2026, 8, 1)), JAN, False, Risk.BOUND, id="bound beyond the year"),
        pytest.param(licence(date(2025, 7, 1)), JAN, False, Risk.RENEWAL, id="a renewal that can be stopped"),
        pytest.param(licence(date(2025, 7, 1)), date(2026, 4, 15), False, Risk.BOUND, id="and no longer"),
        pytest.param(contract(), JAN, True, Risk.ELIGIBILITY, id="open eligibility comes first"),
        pytest.param(ends(contract(), date(2026, 9, 1)), JAN, True, Risk.NOTICE, id="an end before everything"),
    ],
)
def test_risk_is_the_first_that_is_so(account: Account, on: date, is_open: bool, risk: Risk) -> None:
    assert risk_of(account, on, stop=date(2027, 1, 1), open_eligibility=is_open) is risk


def test_the_first_day_alone_can_be_bound_and_a_divided_line_as_a_whole() -> None:
    """Of 31,000 yen of January one day is 1,000; the odd yen of a divided line goes with its days (I-54)."""
    (line,) = monthly_lines(contract(), month_period(JAN))
    assert list(parted(line, JAN, Series.EXPECTED)) == [(Series.COMMITTED, 1_000), (Series.EXPECTED, 30_000)]
    (odd,) = monthly_lines(contract(yen=10_001), month_period(JAN))
    payers = (Payer(date.min, 1), Payer(date(2026, 1, 16), 2))
    later = [part for _payer, part in divided(odd, payers, JAN)][-1]
    assert later.amount_yen == 5_162 > 10_001 * 16 // 31 - 1
    assert list(parted(later, date(2026, 1, 31), Series.EXPECTED)) == [(Series.COMMITTED, later.amount_yen)]


DAYS = st.dates(date(2025, 6, 1), date(2026, 12, 31))
DATED = st.dictionaries(DAYS, st.integers(0, 90_000), max_size=3)
PAYERS = st.dictionaries(DAYS, st.sampled_from([1, 2, ELSEWHERE]), max_size=2)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[Account, Payers]:
    """Any contract or licence, with prices to come, an end perhaps, an outage perhaps; and who pays."""
    starts = draw(DAYS)
    account = licence(starts) if draw(st.booleans()) else contract(starts)
    account.monthly = tuple(sorted({starts: draw(st.integers(0, 90_000)), **draw(DATED)}.items()))
    account.accepted_on = draw(st.none() | st.dates(date(2025, 5, 1), starts))
    if account.option is not None:
        account.quantities += tuple(sorted((day, yen % 2_000 + 1) for day, yen in draw(DATED).items()))
    elif draw(st.booleans()):
        account.outages = (Outage(datetime(2026, 2, 3), datetime(2026, 2, 9, 5), date(2026, 4, 1)),)
    if draw(st.booleans()):
        ends(account, draw(DAYS))
    return account, (Payer(date.min, 1), *(Payer(*one) for one in sorted(draw(PAYERS).items())))


def is_the_bill(account: Account, payers: Payers, on: date = JAN) -> None:
    """Every month is the bill's, whoever pays it; of what nobody here pays there is no run."""
    found = foreseen(account, payers, MONTHS, on=on, kind=kind)
    assert ELSEWHERE not in {run.payer for run in (*found.runs, *mrr(account, payers, MONTHS, kind=kind).runs)}
    for month in MONTHS:
        expected: Counter[tuple[int, bool]] = Counter()
        try:
            lines = due(account, month_period(month)).lines
        except UnbillableError:
            lines = []
        for whole in lines:
            for payer, line in divided(whole, payers, month):
                expected[payer, line.fee == "monthly"] += line.amount_yen
        told: Counter[tuple[int, bool]] = Counter()
        for run in found.runs:
            if run.first <= month <= run.last:
                told[run.payer, run.series in {Series.COMMITTED, Series.EXPECTED, Series.RENEWAL}] += run.yen
        assert {key: yen for key, yen in told.items() if yen} == {key: yen for key, yen in expected.items() if yen}


def turning() -> dict[str, tuple[Account, Payers]]:
    """Accounts of which one thing makes one month otherwise than those around it."""
    begun, apr = date(2025, 1, 1), date(2026, 4, 10)
    moved = (Payer(date.min, 1), Payer(apr, ELSEWHERE), Payer(date(2026, 8, 5), 2))
    hurt, more, later = contract(begun), licence(begun), contract(date(2026, 6, 1))
    hurt.outages = (Outage(datetime(2026, 2, 3), datetime(2026, 2, 9, 5), date(2026, 4, 1)),)
    broken = contract(begun)
    broken.breaches = (Breach("uptime", datetime(2026, 4, 3), date(2026, 4, 10)),)
    broken.categories = ((date.min, Category.PREMIUM),)
    more.quantities += ((apr, 1_500),)
    later.initial_yen, later.accepted_on = 7_000, date(2026, 3, 3)
    once, dearer = contract(begun), contract(begun)
    once.one_time = (OneTime(apr, 5_000, ""),)
    dearer.monthly += ((apr, 40_000),)
    return {
        "an outage": (hurt, NOBODY),
        "a breach": (broken, NOBODY),
        "another number of licences": (more, NOBODY),
        "an acceptance before its start": (later, NOBODY),
        "a fee that falls due once": (once, NOBODY),
        "another price": (dearer, NOBODY),
        "another payer": (contract(begun), (Payer(date.min, 1), Payer(apr, 2))),
        "away for some months": (contract(begun), moved),
        "an end": (ends(contract(begun), apr), NOBODY),
    }


@pytest.mark.parametrize("name", turning())
def test_a_month_that_turns_is_computed(name: str) -> None:
    account, payers = turning()[name]
    found = foreseen(account, payers, MONTHS, on=JAN, kind=kind)
    assert len(found.runs) > 1
    is_the_bill(account, payers)


@MODERATE
@given(accounts(), st.dates(date(2025, 12, 1), date(2026, 2, 1)))
def test_what_goes_on_from_month_to_month_is_what_each_month_comes_to_by_itself(
    drawn: tuple[Account, Payers], on: date
) -> None:
    is_the_bill(*drawn, on)


@MODERATE
@given(accounts(), st.dates(date(2025, 6, 1), date(2026, 12, 31)))
def test_the_parts_of_a_monthly_line_add_up_and_what_is_bound_comes_first(
    drawn: tuple[Account, Payers], bound: date
) -> None:
    account, payers = drawn
    for month in MONTHS:
        try:
            lines = monthly_lines(account, month_period(month))
        except ValueError:
            continue
        for line in (part for whole in lines for _payer, part in divided(whole, payers, month)):
            parts = dict(parted(line, bound, Series.EXPECTED))
            assert sum(parts.values()) == line.amount_yen
            if line.to_on <= bound:
                assert set(parts) == {Series.COMMITTED}
            elif line.from_on <= bound:
                days = (bound - line.from_on).days + 1
                firm = line.unit_price_yen * line.quantity * days // ((next_month(month) - month).days)
                assert parts.get(Series.COMMITTED, 0) == min(firm, line.amount_yen)
            if bound >= next_month(month):
                assert set(parts) <= {Series.COMMITTED}
            if bound < month:
                assert set(parts) <= {Series.EXPECTED}
