"""第10条（オプションサービス）: minimum terms, 期間ライセンス, the day a stop takes effect."""

from itertools import islice

import pytest

from contracts.terms.art10_options import (
    Term,
    in_time,
    is_retention,
    minimum_term_months,
    renewal_deadline,
    stop_effect,
    term_of,
    terms,
)
from contracts.terms.catalog import LicenceType, OptionType
from tests.terms.build import day, licence, option, term_to


@pytest.mark.parametrize(
    ("option_type", "licence_type", "months"),
    [
        (OptionType.ON_SITE_REPORT, None, 6),
        (OptionType.DEVICE_LOG_MONITORING, None, 6),
        (OptionType.CLOUD_LOG_MONITORING, None, 6),
        (OptionType.M365_LOG_MONITORING, None, 6),
        (OptionType.LOG_RETENTION, None, 6),
        (OptionType.INCIDENT_RESPONSE, None, 6),
        (OptionType.EDR_LICENCE, LicenceType.CUSTOMER, 6),
        (OptionType.EDR_OPERATION, None, 12),
        (OptionType.EDR_LICENCE, LicenceType.MSSP, 12),
        pytest.param(OptionType.EDR_LICENCE, LicenceType.TERM, None, id="10-9: 期間ライセンス has terms instead"),
    ],
)
def test_minimum_terms_of_options(option_type, licence_type, months):
    assert minimum_term_months(option_type, licence_type, concluded_on=day("2025-04-01")) == months


def test_terms_of_a_year_adjoin():
    assert list(islice(terms(day("2024-02-29")), 3)) == [
        Term(day("2024-02-29"), day("2025-02-28"), 0),
        Term(day("2025-03-01"), day("2026-02-28"), 1),
        Term(day("2026-03-01"), day("2027-02-28"), 2),
    ]


@pytest.mark.parametrize(
    ("on", "last", "renewals"),
    [
        pytest.param("2025-04-01", "2026-03-31", 0, id="its first day"),
        pytest.param("2026-03-31", "2026-03-31", 0, id="its last day"),
        pytest.param("2026-04-01", "2027-03-31", 1, id="the day after: renewed"),
        pytest.param("2025-01-01", "2026-03-31", 0, id="before it began: the first term"),
    ],
)
def test_the_term_a_day_lies_in(on, last, renewals):
    term = term_of(day("2025-04-01"), day(on))
    assert (term.last, term.renewals) == (day(last), renewals)


@pytest.mark.parametrize(
    ("term_last", "deadline"),
    [
        pytest.param("2026-03-31", "2025-12-31", id="I-10: a term to 03-31"),
        pytest.param("2026-02-28", "2025-11-30", id="I-10: a term to 02-28"),
        pytest.param("2026-04-30", "2026-01-31", id="I-10: a term to 04-30"),
        pytest.param("2026-05-31", "2026-02-28", id="a term to 05-31: from 03-01"),
        pytest.param("2026-08-31", "2026-05-31", id="a term to 08-31"),
        pytest.param("2025-08-12", "2025-05-12", id="a term that ends in mid-month"),
        pytest.param("2024-02-29", "2023-11-30", id="a leap year"),
    ],
)
def test_the_last_day_to_stop_a_renewal(term_last, deadline):
    assert renewal_deadline(term_to(term_last)) == day(deadline)
    assert in_time(day(deadline), term_to(term_last))
    assert not in_time(date_after(deadline), term_to(term_last))


def date_after(text):
    """The day after."""
    return type(day(text)).fromordinal(day(text).toordinal() + 1)


@pytest.mark.parametrize(
    ("arrived", "names", "effect"),
    [
        pytest.param("2025-04-01", None, "2025-05-01", id="30 days, the day of arrival not counted"),
        pytest.param("2025-04-01", "2025-04-20", "2025-05-01", id="an earlier day named does not hasten it"),
        pytest.param("2025-04-01", "2025-05-01", "2025-05-01", id="the very day"),
        pytest.param("2025-04-01", "2025-05-02", "2025-05-02", id="a later day named counts"),
    ],
)
@pytest.mark.parametrize("licence_type", [None, LicenceType.MSSP, LicenceType.CUSTOMER])
def test_an_option_stops_thirty_days_after_the_notice_or_later(arrived, names, effect, licence_type):
    held = licence(licence_type) if licence_type else option(OptionType.ON_SITE_REPORT)
    found = stop_effect(held, day(arrived), day(names))
    assert (found.on, found.clause, found.readings) == (day(effect), "10-10", ())


TERM_LICENCE_STOPS = [
    # 課金開始日, arrival, day named, effect, clause, readings
    pytest.param(
        *("2025-04-01", "2025-12-31", "2026-03-31", "2026-03-31", "10-9", ("I-10", "I-11")),
        id="I-11: in time, naming the term's last day",
    ),
    pytest.param(
        *("2025-05-01", "2026-01-31", "2026-04-30", "2026-04-30", "10-9", ("I-10", "I-11")),
        id="I-11: in time, though arrival + 90 is 05-01",
    ),
    pytest.param(
        *("2025-05-01", "2026-01-31", None, "2026-04-30", "10-9", ("I-10", "I-23")),
        id="I-23: the same, naming no day: nothing has renewed",
    ),
    pytest.param(
        *("2025-05-01", "2026-01-31", "2026-04-01", "2026-04-30", "10-9", ("I-10", "I-23")),
        id="I-23: the same, naming an earlier day",
    ),
    pytest.param(
        *("2025-05-01", "2026-01-31", "2026-05-15", "2026-05-15", "10-10", ()),
        id="the same, naming a later day: renewed, and ended in the next term",
    ),
    pytest.param(
        *("2025-05-01", "2026-02-01", "2026-04-30", "2026-05-02", "10-10", ()),
        id="I-12: a day late, effective after the term: renewed",
    ),
    pytest.param(
        *("2025-04-01", "2026-01-15", "2026-03-31", "2026-04-15", "10-10", ()),
        id="I-12: arrival 2026-01-15 naming 2026-03-31 ends 2026-04-15",
    ),
    pytest.param(
        *("2025-04-01", "2026-01-01", "2026-03-31", "2026-04-01", "10-10", ()),
        id="I-12: a day late, and one day into the next term",
    ),
    pytest.param(
        *("2025-09-01", "2026-06-01", "2026-08-31", "2026-08-31", "10-10", ("I-12",)),
        id="I-12: too late for 10-9, yet 90 days run out within the term: it ends then",
    ),
    pytest.param(
        *("2025-09-01", "2026-06-01", None, "2026-08-30", "10-10", ("I-12",)),
        id="I-12: the same, naming no day: a day before the term's end",
    ),
    pytest.param(
        *("2025-04-01", "2025-06-01", None, "2025-08-30", "10-10", ()),
        id="in the middle of a term, naming no day: 90 days",
    ),
    pytest.param(
        *("2025-04-01", "2025-06-01", "2025-07-01", "2025-08-30", "10-10", ()),
        id="in the middle of a term, naming an earlier day: 90 days",
    ),
    pytest.param(
        *("2025-04-01", "2025-06-01", "2025-12-24", "2025-12-24", "10-10", ()),
        id="in the middle of a term, naming a day within it",
    ),
    pytest.param(
        *("2025-04-01", "2025-06-01", "2027-03-31", "2027-03-31", "10-9", ("I-10", "I-11")),
        id="naming the next term's last day",
    ),
    pytest.param(
        *("2024-04-01", "2025-12-31", "2026-03-31", "2026-03-31", "10-9", ("I-10", "I-11")),
        id="in time for the end of a renewed term",
    ),
    pytest.param(
        *("2025-04-01", "2024-12-01", None, "2025-03-01", "10-10", ()),
        id="stopped before it began",
    ),
    pytest.param(*(None, "2025-06-01", "2025-07-01", "2025-08-30", "10-10", ()), id="課金開始日 not known yet"),
]


@pytest.mark.parametrize(("starts", "arrived", "names", "effect", "clause", "readings"), TERM_LICENCE_STOPS)
def test_the_stop_of_a_term_licence(starts, arrived, names, effect, clause, readings):
    found = stop_effect(licence(LicenceType.TERM, starts=starts), day(arrived), day(names))
    assert (found.on, found.clause, found.readings) == (day(effect), clause, readings)


@pytest.mark.parametrize(
    ("years", "known"), [(0, False), (1, True), (10, True), (11, False), (None, False), ("1", False)]
)
def test_log_retention_has_types_of_one_to_ten_years(years, known):
    assert is_retention(years, agreed_on=day("2025-04-01")) is known
