"""What follows from a notice, whatever the unit and the notices (第10条, 第12条, I-34)."""

from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.judge.coming import coming
from contracts.judge.following import choices, following, having, without
from contracts.judge.happened import ENDED, happened
from contracts.judge.lookout import Lookout
from contracts.judge.work import KNOWN_AHEAD
from contracts.terms.art12_termination import ends
from contracts.terms.days import ONE_DAY
from contracts.terms.unit import ContradictionError, Notice
from tests.properties.facts import DAYS, MODERATE, notices, units


def sound(unit):
    """Facts that can be read: another ground than a notice names its day."""
    try:
        ends(unit)
    except ContradictionError:
        assume(False)


@MODERATE
@given(units(), notices())
def test_what_is_shown_to_move_is_what_moves(before, notice):
    assume(notice.target in {target.number for target in before.targets} and notice not in before.notices)
    after = having(before, [notice])
    sound(after)
    shown = following(before, after)
    was, becomes = ends(before), ends(after)
    moved = {one.target.number: one.after and one.after.on for one in shown.moved}
    for target in before.targets:
        old, new = was.get(target.number), becomes.get(target.number)
        if (old and old.on) != (new and new.on):
            assert moved[target.number] == (new and new.on)
    assert [days.notice for days in shown.days] == [notice]


@MODERATE
@given(units(), notices())
def test_a_notice_taken_back_leaves_nothing(before, notice):
    assume(notice.target in {target.number for target in before.targets} and notice not in before.notices)
    there = having(before, [notice])
    sound(there)
    back = without(there, [notice])
    assert ends(back) == ends(before)
    assert following(before, back).moved == ()


@MODERATE
@given(units(), notices())
def test_a_notice_never_puts_an_end_off(before, notice):
    assume(notice.target in {target.number for target in before.targets})
    after = having(before, [notice])
    sound(after)
    for number, end in ends(before).items():
        assert ends(after)[number].on <= end.on


@MODERATE
@given(units(), DAYS)
def test_what_has_happened_goes_on_having_happened(facts, on):
    sound(facts)
    assert set(happened(facts, Lookout(on))) <= set(happened(facts, Lookout(on + ONE_DAY)))
    assert all(one.on < on if one.kind == ENDED else one.on <= on for one in happened(facts, Lookout(on)))


@MODERATE
@given(units(), DAYS)
def test_what_is_coming_is_stored_before_it_is_shown(facts, on):
    """Whoever looks up to two weeks later sees the rows of that day among those made today."""
    sound(facts)
    shown = [work for work in coming(facts, Lookout(on + KNOWN_AHEAD)) if (work.shown_from or on) <= on + KNOWN_AHEAD]
    made = {work.key for work in coming(facts, Lookout(on))}
    for work in shown:
        if work.kind != "renewal":
            assert work.key in made


@MODERATE
@given(units(st.just(False)), st.sampled_from(["O-EDR", "O-LIC"]), DAYS)
def test_every_choice_for_a_pair_ends_both_on_one_day(facts, target, arrived):
    """I-14, where each side of the pair is one option."""
    sound(facts)
    for choice in choices(facts, Notice(target=target, arrived_on=arrived)):
        assert choice.ends["O-EDR"].on == choice.ends["O-LIC"].on
