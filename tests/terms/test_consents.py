"""Consents and prerequisites with the days on which they hold (第7条第3項〜第7項, 第17条第1項, I-29, I-31)."""

from dataclasses import replace

import pytest

from contracts.terms.catalog import Category, ModuleType, Service
from contracts.terms.consents import CLAUSES, Assent, Consent, days_of, given, with_stated
from contracts.terms.holders import Transferred
from contracts.terms.timeline import judge
from contracts.terms.unit import given_in, linked_on, own_consent_on
from tests.terms.build import (
    CUSTOMER,
    LONG_AGO,
    OTHER,
    START,
    change,
    day,
    ips,
    ips_service,
    module,
    premium,
    service,
    tier,
    unit,
)

OWN, HOLDERS, LINKING = Assent.OWN_PREMIUM_CONSENT, Assent.PREMIUM_CONSENT, Assent.MODULE_CONSENT
BYPASS, SUPPORT = Assent.BYPASS_OPTION, Assent.ADVANCED_SUPPORT


def consent(assent, on=LONG_AGO, ends=None):
    """A record of a consent given on a day, and its last day."""
    return Consent(assent=assent, given_on=day(on), ends_on=day(ends))


def found(*facts):
    """(clause, target to mend first, first day, last day) of every finding."""
    return [
        (f.violation.clause, f.violation.targets[0], str(f.first), f.last and str(f.last)) for f in judge(unit(*facts))
    ]


def consenting(*records, stated=None, number="T-1"):
    """A プレミアム contract with records of the customer's own consent, beside the day that the book states."""
    return replace(premium(number, consented=stated), consents=records)


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        pytest.param("2025-03-31", False, id="the day before it is given"),
        pytest.param("2025-04-01", True, id="its first day is a whole day"),
        pytest.param("2025-06-30", True, id="its last day is a whole day (I-31)"),
        pytest.param("2025-07-01", False, id="the day after its last"),
    ],
)
def test_the_days_of_a_consent(on, holds):
    assert consent(OWN, "2025-04-01", "2025-06-30").holds(day(on)) is holds


@pytest.mark.parametrize(
    ("ends", "on", "holds"),
    [
        pytest.param(None, "2199-12-31", True, id="nothing ends it"),
        pytest.param("2025-04-01", "2025-04-01", True, id="for one day only: on that day"),
        pytest.param("2025-04-01", "2025-04-02", False, id="for one day only: not on the next"),
    ],
)
def test_the_end_of_a_consent(ends, on, holds):
    assert consent(OWN, "2025-04-01", ends).holds(day(on)) is holds


def test_given_says_since_when_it_has_held():
    """Two consents that overlap: the earlier counts while it holds, then the other."""
    both = [consent(OWN, "2025-04-01", "2025-06-30"), consent(OWN, "2025-06-01")]
    assert [given(both, day(on)) for on in ("2025-03-31", "2025-06-15", "2025-06-30", "2025-07-01")] == [
        None,
        day("2025-04-01"),
        day("2025-04-01"),
        day("2025-06-01"),
    ]


def test_given_of_nothing_is_none():
    assert given([], day(START)) is None


@pytest.mark.parametrize(
    ("stated", "records", "held_on"),
    [
        pytest.param("2025-01-01", [], {"2025-01-01", "2025-12-31"}, id="the book alone: it stands without an end"),
        pytest.param(None, [], set(), id="neither book nor record: nothing"),
        pytest.param(None, [("2025-01-01", None)], {"2025-01-01", "2025-12-31"}, id="a record alone"),
        pytest.param(
            "2025-01-01", [("2025-01-01", "2025-06-30")], {"2025-01-01"}, id="a record of the book's day tells its end"
        ),
        pytest.param(
            "2025-01-01",
            [("2025-02-01", "2025-06-30")],
            {"2025-01-01", "2025-12-31"},
            id="a record of another day is a consent of its own, and the book's stands",
        ),
        pytest.param(
            "2025-01-01",
            [("2025-01-01", "2025-06-30"), ("2025-12-01", None)],
            {"2025-01-01", "2025-12-31"},
            id="a second consent after the first was withdrawn",
        ),
    ],
)
def test_a_record_is_the_evidence_of_the_books_day(stated, records, held_on):
    consents = with_stated(day(stated), OWN, [consent(OWN, *record) for record in records])
    assert {on for on in ("2025-01-01", "2025-12-31") if given(consents, day(on))} == held_on


def test_a_record_of_another_kind_is_no_evidence():
    """The customer's consent to the link (7-3) says nothing of settings (7-4)."""
    consents = with_stated(day("2025-01-01"), HOLDERS, [consent(LINKING, "2025-01-01", "2025-02-28")])
    assert consents == (consent(HOLDERS, "2025-01-01"),)


def test_the_days_on_which_something_changes():
    assert days_of([consent(OWN, "2025-04-01", "2025-06-30"), consent(OWN, "2025-08-01")]) == {
        day("2025-04-01"),
        day("2025-07-01"),
        day("2025-08-01"),
    }


def test_every_kind_has_its_clause():
    assert CLAUSES == {LINKING: "7-3", HOLDERS: "7-4", BYPASS: "7-6", SUPPORT: "7-7", OWN: "17-1"}


@pytest.mark.parametrize(
    ("contract", "on", "since"),
    [
        pytest.param(premium(), START, LONG_AGO, id="the book's day"),
        pytest.param(premium(consented=None), START, None, id="none at all"),
        pytest.param(consenting(consent(OWN, "2025-02-01")), START, "2025-02-01", id="a record"),
        pytest.param(consenting(consent(OWN, "2025-05-01")), START, None, id="a record of a later day"),
        pytest.param(consenting(consent(OWN, LONG_AGO, "2025-03-31"), stated=LONG_AGO), START, None, id="withdrawn"),
        pytest.param(consenting(consent(OWN, LONG_AGO, START), stated=LONG_AGO), START, LONG_AGO, id="its last day"),
    ],
)
def test_the_customers_own_consent_on_a_day(contract, on, since):
    assert own_consent_on(contract, day(on)) == day(since)


def swg_with(*records, holder=OTHER, **stated):
    """An SWG module of a premium unit, on a service that somebody else holds."""
    return (
        premium(),
        module(ModuleType.SWG, item="タイプF", number="M-SWG", links="S-1"),
        service(Service.SWG, item="タイプF", holder=holder, consents=records, **stated),
    )


ALL = {"module_consent_on": LONG_AGO, "premium_consent_on": LONG_AGO, "bypass_option_on": LONG_AGO}


def waf_with(*records):
    return (
        tier(),
        module(ModuleType.WAF, item="タイプAS", number="M-WAF", links="S-1"),
        service(Service.WAF, item="タイプAS", consents=records, advanced_support_on=LONG_AGO),
    )


@pytest.mark.parametrize(
    ("facts", "clause", "target"),
    [
        pytest.param(swg_with(consent(LINKING, LONG_AGO, "2025-06-30"), **ALL), "7-3", "M-SWG", id="7-3"),
        pytest.param(swg_with(consent(HOLDERS, LONG_AGO, "2025-06-30"), **ALL), "7-4", "M-SWG", id="7-4"),
        pytest.param(swg_with(consent(BYPASS, LONG_AGO, "2025-06-30"), **ALL), "7-6", "M-SWG", id="7-6"),
        pytest.param(waf_with(consent(SUPPORT, LONG_AGO, "2025-06-30")), "7-7", "M-WAF", id="7-7"),
        pytest.param(
            (
                consenting(consent(OWN, LONG_AGO, "2025-06-30"), stated=LONG_AGO),
                ips(),
                ips_service(premium_consent_on=LONG_AGO),
            ),
            "17-1",
            "T-1",
            id="17-1",
        ),
    ],
)
def test_what_is_lost_is_lost_from_the_day_after_the_end(facts, clause, target):
    assert found(*facts) == [(clause, target, "2025-07-01", None)]


def test_withdrawing_ones_own_consent_loses_the_own_service_too():
    """7-4: a service the customer holds itself leans on its own consent; without it 7-4 and 17-1 are lost together."""
    facts = consenting(consent(OWN, LONG_AGO, "2025-06-30"), stated=LONG_AGO), ips(), ips_service()
    assert found(*facts) == [("17-1", "T-1", "2025-07-01", None), ("7-4", "M-IPS", "2025-07-01", None)]


def test_a_tier_that_is_not_premium_loses_nothing_by_it():
    """17-1 is asked of プレミアム; while アドバンスト, no consent is missed, and from the upgrade on it is."""
    advanced = replace(tier(Category.ADVANCED), consents=(consent(OWN, LONG_AGO, "2025-05-31"),))
    upgraded = change("T-1", "category", "premium", "2025-07-01")
    held = ips_service(premium_consent_on=LONG_AGO)
    assert found(advanced, ips(), held) == []
    assert found(advanced, ips(), held, upgraded) == [("17-1", "T-1", "2025-07-01", None)]


@pytest.mark.parametrize(
    ("again", "gap"),
    [
        pytest.param("2025-09-01", ("2025-07-01", "2025-08-31"), id="two months without"),
        pytest.param("2025-07-02", ("2025-07-01", "2025-07-01"), id="one day without"),
        pytest.param("2025-07-01", None, id="on the next day: nothing is lost"),
    ],
)
def test_a_later_consent_mends_it(again, gap):
    withdrawn_and_given_again = consent(LINKING, LONG_AGO, "2025-06-30"), consent(LINKING, again)
    facts = swg_with(*withdrawn_and_given_again, **ALL)
    assert found(*facts) == ([("7-3", "M-SWG", *gap)] if gap else [])


def test_what_the_customer_holds_needs_no_consent_to_the_link():
    """7-3: a consent that ends matters only where somebody else holds the service."""
    assert found(*swg_with(consent(LINKING, LONG_AGO, "2025-06-30"), holder=CUSTOMER, **ALL)) == []


def states(*, second_holder=OTHER, second_from="2025-06-01", first_ends=None, **second):
    """A service of somebody else that changes its item, or changes hands."""
    return [
        ips_service(holder=OTHER, ends=first_ends),
        ips_service("IPS/タイプB", holder=second_holder, from_on=second_from, **second),
    ]


@pytest.mark.parametrize(
    ("services", "records", "since"),
    [
        pytest.param(states(), [consent(LINKING, "2025-01-15")], "2025-01-15", id="carried to the next item (I-29)"),
        pytest.param(
            states(second_holder="第三社"), [consent(LINKING, "2025-01-15")], None, id="another holder never consented"
        ),
        pytest.param(
            states(first_ends="2025-04-30"), [consent(LINKING, "2025-01-15")], None, id="not over days without service"
        ),
        pytest.param(
            states(first_ends="2025-05-31"), [consent(LINKING, "2025-01-15")], "2025-01-15", id="ended and going on"
        ),
        pytest.param(
            states(), [consent(LINKING, "2025-01-15", "2025-05-31")], None, id="what was withdrawn is not carried"
        ),
        pytest.param(
            states(module_consent_on="2025-06-10"),
            [consent(LINKING, "2025-01-15", "2025-05-31")],
            "2025-06-10",
            id="the later state's own day stands beside a withdrawn one",
        ),
        pytest.param(
            states(second_holder="第三社"),
            [consent(LINKING, "2025-01-15"), consent(LINKING, "2025-06-20")],
            "2025-06-20",
            id="the new holder consents itself",
        ),
    ],
)
def test_consents_and_later_states(services, records, since):
    standing = linked_on(given_in(services, records), day("2025-07-01"))
    assert standing is not None
    assert standing.item == "IPS/タイプB"
    assert standing.module_consent_on == day(since)


def test_records_stand_with_the_state_in_which_they_were_given():
    early, first, second = (consent(LINKING, on) for on in ("2019-12-01", "2025-05-31", "2025-06-01"))
    held = [state.consents for state in given_in(states(), [early, first, second])]
    assert held == [(early, first), (second,)]


def test_a_consent_given_ahead_of_the_service_stands_with_it():
    service_to_be = [ips_service(holder=OTHER, from_on="2025-06-01")]
    standing = linked_on(given_in(service_to_be, [consent(LINKING, "2025-05-01")]), day("2025-06-01"))
    assert standing is not None
    assert standing.module_consent_on == day("2025-05-01")


def test_no_state_has_nothing_to_stand_with():
    assert given_in([], [consent(LINKING)]) == []


def test_a_record_does_not_outlive_its_service():
    ended = given_in([ips_service(holder=OTHER, ends="2025-05-31")], [consent(LINKING)])
    assert linked_on(ended, day("2025-06-01")) is None


def test_many_losses_are_all_found():
    """The holder withdraws everything on one day: no loss hides another."""
    gone = [consent(assent, LONG_AGO, "2025-06-30") for assent in (LINKING, HOLDERS, BYPASS)]
    assert found(*swg_with(*gone, **ALL)) == [(clause, "M-SWG", "2025-07-01", None) for clause in ("7-3", "7-4", "7-6")]


def passed_on(facts, to, on, agreed=None):
    """The unit with its contracts passed on to another customer on a day; agreed on that day unless said."""
    transfer = Transferred(receiver=to, from_on=day(on), agreed_on=day(agreed or on))
    return replace(unit(*facts), transfers=(transfer,))


def asked_anew(of):
    """(clause, first day, whether it refuses) of every finding."""
    return [(f.violation.clause, str(f.first), f.refused) for f in judge(of)]


def test_consents_are_asked_for_anew_of_whoever_holds_the_contracts():
    """I-56: the customer's own (17-1) and the service's holder's (7-3, 7-4); nothing is refused."""
    facts = [premium(), ips(), ips_service()]
    assert asked_anew(unit(*facts)) == []
    assert asked_anew(passed_on(facts, "C-9", "2025-06-01")) == [
        ("17-1", "2025-06-01", False),
        ("7-3", "2025-06-01", False),
        ("7-4", "2025-06-01", False),
    ]


@pytest.mark.parametrize(
    ("given_on", "asked_on"),
    [
        pytest.param("2025-05-14", "2025-06-01", id="before it was agreed: for the customer before"),
        pytest.param("2025-05-15", None, id="on the day of the agreement: for the receiver"),
        pytest.param("2025-06-01", None, id="on the receiver's first day"),
        pytest.param("2025-06-03", "2025-06-01", id="later: from then on"),
    ],
)
def test_which_consents_count_for_the_receiver(given_on, asked_on):
    """I-56: those given with the transfer in view. The service passes too; the options on it are its own."""
    own = replace(premium(consented=LONG_AGO), consents=(consent(OWN, given_on),))
    facts = [own, ips(), ips_service(), ips_service(from_on="2025-06-01", holder="C-9")]
    found_ = passed_on(facts, "C-9", "2025-06-01", "2025-05-15")
    assert {on for _clause, on, _refused in asked_anew(found_)} == ({asked_on} if asked_on else set())


def test_an_application_after_the_transfer_is_refused_without_the_receivers_consent():
    """I-28: what was accepted before it is not to blame, what is accepted after it is."""
    facts = [premium(), ips(), ips_service(), service(Service.MX, "S-2")]
    of = passed_on(facts, "C-9", "2025-05-01")
    later = module(ModuleType.MX, number="M-2", links="S-2", accepted="2025-06-01", starts="2025-07-01")
    found_ = judge(replace(of, contracts=(*of.contracts, later)))
    refused = {(f.violation.clause, f.violation.targets[0]) for f in found_ if f.refused}
    assert refused >= {("7-3", "M-2")}
    assert ("7-3", "M-IPS") not in refused


@pytest.mark.parametrize(("agreed", "refused"), [("2025-05-31", True), ("2025-06-01", False)])
def test_a_transfer_agreed_on_the_day_of_an_acceptance_was_not_known_to_it(agreed, refused):
    """I-28, I-56: as with a notice, what arrives on the day counts from the day after."""
    facts = [premium(), ips(), ips_service(), service(Service.MX, "S-2")]
    of = passed_on(facts, "C-9", "2025-05-01", agreed)
    later = module(ModuleType.MX, number="M-2", links="S-2", accepted="2025-06-01", starts="2025-07-01")
    found_ = judge(replace(of, contracts=(*of.contracts, later)))
    assert ("7-3" in {f.violation.clause for f in found_ if f.refused}) is refused
