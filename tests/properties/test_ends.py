"""Ends, whatever notices arrive in whatever order (第10条第10項, 第12条)."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from contracts.terms.art12_termination import SPARING_FIRST, ends, notice_effect
from contracts.terms.timeline import judge
from contracts.terms.unit import Ground
from tests.properties.facts import MODERATE, units

ALONE = st.just(False)


@MODERATE
@given(units(ALONE))
def test_pairs_always_end_on_the_same_day(facts):
    found = ends(facts)
    for one, other in (("M-CLOUD", "O-CLOUD"), ("M-M365", "O-M365"), ("O-EDR", "O-LIC")):
        assert (one in found) == (other in found)
        if one in found:
            assert found[one].on == found[other].on


@MODERATE
@given(units())
def test_no_option_ends_later_than_its_contract(facts):
    found = ends(facts)
    for option in facts.options:
        if option.contract in found:
            assert found[option.number].on <= found[option.contract].on


@MODERATE
@given(units())
def test_no_target_ends_later_than_its_own_notice_says(facts):
    found = ends(facts)
    targets = {target.number: target for target in facts.targets}
    for notice in facts.notices:
        assert found[notice.target].on <= notice_effect(targets[notice.target], notice).on


@MODERATE
@given(units())
def test_every_end_goes_back_to_a_notice_of_that_day(facts):
    found = ends(facts)
    targets = {target.number: target for target in facts.targets}
    for number, end in found.items():
        root = number
        while found[root].after:
            root = found[root].after
            assert found[root].on == end.on
        assert end.notice.target == root
        assert end.notice in facts.notices
        assert notice_effect(targets[root], end.notice).on == end.on


@MODERATE
@given(units(), st.randoms())
def test_the_order_of_notices_and_targets_does_not_matter(facts, random):
    def shuffled(items):
        return tuple(random.sample(items, len(items)))

    other = replace(
        facts,
        notices=shuffled(facts.notices),
        contracts=shuffled(facts.contracts),
        options=shuffled(facts.options),
    )
    # I-42: the ground is as much a matter of the facts alone as the day.
    assert {n: (end.on, end.ground) for n, end in ends(other).items()} == {
        n: (end.on, end.ground) for n, end in ends(facts).items()
    }


@MODERATE
@given(units(ALONE))
def test_no_target_ends_on_a_ground_that_spares_less_than_its_own_of_that_day(facts):
    # I-42
    targets = {target.number: target for target in facts.targets}
    found = ends(facts)
    for notice in facts.notices:
        if notice_effect(targets[notice.target], notice).on == found[notice.target].on:
            assert SPARING_FIRST.index(found[notice.target].ground) <= SPARING_FIRST.index(notice.ground)


@MODERATE
@given(units())
def test_a_further_notice_ends_nothing_later(facts):
    before = ends(replace(facts, notices=facts.notices[:-1]))
    after = ends(facts)
    for number, end in before.items():
        assert after[number].on <= end.on


@MODERATE
@given(units())
def test_an_operation_never_stands_without_a_licence_because_of_a_notice(facts):
    found = ends(facts)
    for finding in judge(facts):
        if finding.violation.clause in ("7-12", "7-13") and not finding.refused:
            assert finding.violation.targets[0] in found


@MODERATE
@given(units(ALONE))
def test_what_a_notice_breaks_only_warns(facts):
    # I-09: without its notices the unit is lawful, so nothing of it is refused.
    assert judge(replace(facts, notices=())) == []
    assert not [finding for finding in judge(facts) if finding.refused]


@MODERATE
@given(units(ALONE))
def test_other_grounds_end_on_the_day_named_at_the_latest(facts):
    found = ends(facts)
    for notice in facts.notices:
        if notice.ground is not Ground.NOTICE:
            assert found[notice.target].on <= notice.requested_for
