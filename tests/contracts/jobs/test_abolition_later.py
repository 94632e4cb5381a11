"""After an abolition is declared (10-11, I-43): what is applied for may not outlive it; what was agreed before ends with the others."""

from datetime import date

import pytest

from contracts.models import Entry, Notice, Target
from contracts.operations import abolition, jobs
from contracts.operations.applications import NotAcceptableError
from contracts.operations.notices import withdraw_notice
from contracts.terms.art12_termination import ends
from contracts.terms.unit import Ground
from tests.contracts.applications.form import Desk, edr, licence, refusals
from tests.contracts.book import build as had

DECLARED, ENDS = date(2025, 5, 10), date(2025, 9, 30)
UNIT = [had.premium(), had.module()]


@pytest.fixture
def desk(db, tmp_path):
    return Desk(tmp_path)


def declare(desk):
    counted = abolition.extent(ENDS).options
    said = {"announced_on": date(2025, 5, 1), "ends_on": ENDS, "reference": "告知 1", "reason": "提供終了"}
    abolition.abolish(by=desk.decides, on=DECLARED, counted=counted, **said)
    jobs.run("abolition", ENDS)


def asked(starts="2025-06-01"):
    return edr(on="T-1", key="#1", starts=starts), licence(on="T-1", key="#2", starts=starts)


def agreed(accepted, starts="2025-06-01"):
    """EDR options of a book."""
    said = {"application": "A-5", "accepted": accepted, "starts": starts}
    return had.edr(**said), had.licence(**said)


def ended():
    rows = Notice.objects.filter(ground=Ground.ABOLISHED.value).order_by("target__number")
    return [(number, str(arrived), str(day)) for number, arrived, day in rows.values_list(
        "target__number", "arrived_on", "requested_for"
    )]  # fmt: skip


def test_a_form_is_refused_once_it_is_declared(desk):
    desk.has(*UNIT)
    assert desk.judged(*asked(), on="2025-05-10").acceptable
    waiting = desk.received(*asked(), applied="2025-05-02")
    declare(desk)
    judgement = desk.judged(*asked(), on="2025-05-10")
    assert refusals(judgement) == {("10-11", "#1", "option"), ("10-11", "#2", "option")}
    with pytest.raises(NotAcceptableError):
        desk.accept(waiting, on="2025-05-12")


def test_a_book_is_refused_alike(desk, tmp_path):
    desk.has(*UNIT)
    declare(desk)
    rows = had.book(*agreed("2025-06-02"))
    answer = had.take(rows, tmp_path / "late")
    assert had.places(rows, answer.faults) == {
        ("10-11", "options", "O-EDR", "option"),
        ("10-11", "options", "O-LIC", "option"),
    }


def test_what_was_agreed_before_and_comes_in_later_ends_with_the_others(desk, tmp_path):
    desk.has(*UNIT)
    declare(desk)
    rows = had.book(*agreed("2025-05-09"))
    answer = had.must_take(rows, tmp_path / "late")
    warned = had.places(rows, answer.warnings)
    assert {("10-11", "options", "O-EDR", "option"), ("10-11", "options", "O-LIC", "option")} <= warned
    assert ended() == [("O-EDR", "2025-05-01", "2025-09-30"), ("O-LIC", "2025-05-01", "2025-09-30")]
    assert set(Notice.objects.values_list("reference", flat=True)) == {"告知 1"}
    found = Target.objects.filter(number__startswith="O-").values_list("ends_on", flat=True)
    assert list(found) == [ENDS, ENDS]
    assert Entry.objects.filter(record="notice", operation="import").count() == 2


def test_what_was_agreed_in_between_ends_too_and_is_not_held_against_anybody(desk):
    """Accepted after the announcement and before it was declared here: the job ends it, and no finding is left."""
    desk.has(*UNIT, *agreed("2025-05-09"))
    declare(desk)
    assert [number for number, _arrived, _day in ended()] == ["O-EDR", "O-LIC"]
    assert desk.judged(had_report(), on="2025-06-01").acceptable


def had_report():
    return {
        "key": "#1",
        "verb": "option",
        "contract": "T-1",
        "option": "on_site_report",
        "billing_starts_on": "2025-06-01",
    }


def test_a_notice_for_the_very_day_of_the_abolition_is_spared_as_the_others_are(desk):
    """I-42: of two grounds on one day the abolition counts before the notice; the settlement is held (I-18), not charged."""
    desk.has(*UNIT, had.edr(), had.licence(), had.notice("O-EDR", "2025-04-20", f"{ENDS}"))
    declare(desk)
    assert {number for number, *_days in ended()} == {"O-EDR", "O-LIC"}
    unit = desk.facts()
    assert {number: end.ground for number, end in ends(unit).items()} == dict.fromkeys(
        ("O-EDR", "O-LIC"), Ground.ABOLISHED
    )


def test_what_comes_in_later_with_a_notice_for_that_day_is_spared_alike(desk):
    desk.has(*UNIT)
    declare(desk)
    desk.has(*agreed("2025-05-02"), had.notice("O-EDR", "2025-05-03", f"{ENDS}"))
    assert {number for number, *_days in ended()} == {"O-EDR", "O-LIC"}


def test_a_notice_taken_back_after_the_abolition_lets_nothing_outlive_it(desk):
    """10-11: what was to end sooner, and does so no more, ends with all others."""
    desk.has(*UNIT, had.edr(), had.licence(), had.notice("O-EDR", "2025-04-20", "2025-06-30"))
    declare(desk)
    withdraw_notice(
        Notice.objects.get(target__number="O-EDR"), on=date(2025, 5, 20), document="同意", reason="", by=desk.decides
    )
    ends_on = dict(Target.objects.filter(number__startswith="O-").values_list("number", "ends_on"))
    assert ends_on == {"O-EDR": ENDS, "O-LIC": ENDS}
