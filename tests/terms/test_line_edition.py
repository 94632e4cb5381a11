"""Every line names its edition: told from the line itself and its target."""

import pytest

from billing.terms.art14_settlement import settlement
from billing.terms.art15_reductions import reductions
from billing.terms.line_edition import edition_of
from billing.terms.month import due
from contracts.terms.catalog import LicenceType, OptionType
from contracts.terms.editions import Edition, with_edition
from tests.terms.build import account, breach, day, month, outage
from tests.terms.made_up import MADE_UP

OLD, NEW = day("2025-04-01"), day("2026-04-01")


@pytest.fixture(autouse=True)
def made_up():
    with with_edition(MADE_UP):
        yield


def of(line, accepted="2025-03-10", starts="2025-04-01"):
    """The edition that a line names."""
    days = {"accepted_on": day(accepted), "starts_on": day(starts)}
    return edition_of(str(line.fee), line.clause, line.from_on, line.cause, **days)


@pytest.mark.parametrize(("accepted", "edition"), [("2026-03-31", OLD), ("2026-04-01", NEW)])
def test_a_settlement_names_the_edition_of_the_acceptance(accepted, edition):
    held = account(starts="2026-06-01", accepted=accepted, ends="2026-07-15")
    line = settlement(held).line
    assert of(line, accepted, "2026-06-01") == edition
    assert line.to_on == day("2026-11-30" if edition == OLD else "2027-05-31")


def test_a_term_licences_settlement_names_the_edition_of_the_term_cut_short():
    said = {"option_type": OptionType.EDR_LICENCE, "licence_type": LicenceType.TERM, "quantities": 1000}
    first = settlement(account(100, starts="2025-06-01", ends="2026-05-30", **said)).line
    second = settlement(account(100, starts="2025-06-01", ends="2026-06-01", **said)).line
    assert (of(first, starts="2025-06-01"), of(second, starts="2025-06-01")) == (OLD, NEW)
    assert (first.to_on, second.to_on) == (day("2026-05-31"), day("2028-05-31"))


def test_fees_name_the_edition_of_their_first_day():
    held = account(starts="2026-03-10", accepted="2026-03-05", initial_yen=200_000)
    assert {of(line) for line in due(held, month("2026-03")).lines} == {OLD}
    assert {of(line) for line in due(held, month("2026-04")).lines} == {NEW}


def test_reductions_name_the_edition_of_what_happened():
    held = account(
        outages=(
            outage("2026-03-31 12:00", "2026-04-03 12:00", "2026-05-01"),
            outage("2026-04-10 00:00", "2026-04-11 00:00", "2026-05-02"),
        ),
        breaches=(breach("2026-03-31 00:00", "2026-04-10"), breach("2026-04-30 00:00", "2026-05-20")),
    )
    lines = [reduction.line() for reduction in reductions(held)]
    found = sorted((str(line.fee), f"{line.from_on}", of(line)) for line in lines)
    # The first outage is one of the old edition to its last hour, also where its hours lie in April.
    assert found == [
        ("outage", "2026-03-31", OLD),
        ("outage", "2026-04-01", OLD),
        ("outage", "2026-04-10", NEW),
        ("sla", "2026-03-31", OLD),
        ("sla", "2026-04-30", NEW),
    ]


def test_where_records_of_two_editions_count_together_the_sentence_names_the_edition_of_the_state():
    held = account(
        outages=(
            outage("2026-03-31 12:00", "2026-04-02 12:00", "2026-05-01"),
            outage("2026-04-02 12:00", "2026-04-05 12:00", "2026-05-02"),
        )
    )
    texts = [reduction.basis for reduction in reductions(held)]
    assert ["［2025-04-01の版］" in text for text in texts] == [False, False, True]
    assert all("÷ 30" in text for text in texts)


def test_a_correction_leaves_it_to_the_lines_that_it_corrects():
    assert edition_of("correction", "14-1", OLD, "settlement 2026-05", accepted_on=OLD, starts_on=OLD) is None


def test_an_edition_without_numbers_is_named_as_any_other():
    with with_edition(Edition(first=day("2026-10-01"))):
        held = account()
        assert {of(line) for line in due(held, month("2026-10")).lines} == {day("2026-10-01")}
