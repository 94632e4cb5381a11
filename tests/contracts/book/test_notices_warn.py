"""I-09: a notice cannot be refused and only warns; an application into what it broke is refused."""

import pytest

from contracts.models import BookImport, Notice, Target
from tests.contracts.book.build import (
    book,
    edr,
    licence,
    module,
    must_take,
    notice,
    option,
    places,
    premium,
    sound,
    stored,
    take,
    tier,
)

pytestmark = pytest.mark.django_db


def ends():
    return {number: f"{on}" for number, on in Target.objects.exclude(ends_on=None).values_list("number", "ends_on")}


@pytest.mark.parametrize(
    ("rows", "warning"),
    [
        (sound(notice("T-1", "2025-09-01", "2025-12-31")), ("7-1", "contracts", "M-1", "category")),
        (sound(notice("M-1", "2025-09-01", "2025-12-31")), ("7-1", "contracts", "T-1", "category")),
    ],
)
def test_a_notice_that_breaks_the_unit_warns(rows, warning, tmp_path):
    answer = take(rows, tmp_path)
    assert (answer.refused, answer.status, answer.faults) == (False, "taken", [])
    assert places(rows, answer.warnings) == {warning}
    assert "2026-01-01" in answer.warnings[0]["message"]
    assert Notice.objects.count() == 1
    assert len(BookImport.objects.get().warnings) == 1


def test_a_notice_for_both_on_one_day_breaks_nothing(tmp_path):
    answer = must_take(
        sound(notice("T-1", "2025-09-01", "2025-12-31"), notice("M-1", "2025-09-01", "2025-12-31")), tmp_path
    )
    assert answer.warnings == []
    assert ends() == {"T-1": "2025-12-31", "M-1": "2025-12-31"}


def test_a_monitored_module_that_ends_warns_of_its_option_not(tmp_path):
    """I-15: the option ends with its module; the unit that is left lacks a module."""
    rows = book(
        tier(),
        module("個別ログ収集モジュール", item="タイプ1"),
        option("個別ログ監視オプション", "M-1"),
        notice("M-1", "2025-09-01", "2025-12-31"),
    )
    answer = take(rows, tmp_path)
    assert places(rows, answer.warnings) == {("7-1", "contracts", "T-1", "category")}
    assert ends() == {"M-1": "2025-12-31", "O-1": "2025-12-31"}


def test_a_pair_ends_together_and_leaves_an_empty_unit_on_the_list(tmp_path):
    rows = book(premium(), edr(), licence(), notice("O-EDR", "2025-09-01"))
    answer = take(rows, tmp_path)
    assert places(rows, answer.warnings) == {("7-1", "contracts", "T-1", "category")}
    assert ends() == {"O-EDR": "2025-10-01", "O-LIC": "2025-10-01"}


def test_the_same_unit_in_a_later_book_is_taken_beside_its_warning(tmp_path):
    """What a notice broke does not keep other facts of the unit out."""
    must_take(sound(), tmp_path / "first")
    take({"notices": [notice("T-1", "2025-09-01", "2025-12-31")[1]]}, tmp_path / "second")
    rows = {"options": [option("クラウドログ監視オプション", "M-1", application="A-0", accepted="2025-08-01")[1]]}
    assert not take(rows, tmp_path / "third").refused


def test_an_application_after_the_notice_into_the_broken_unit_is_refused(tmp_path):
    must_take(sound(), tmp_path / "first")
    take({"notices": [notice("T-1", "2025-09-01", "2025-12-31")[1]]}, tmp_path / "second")
    before = stored()
    new = module(
        "個別ログ収集モジュール",
        item="タイプ1",
        number="M-2",
        application="A-3",
        accepted="2025-09-02",
        starts="2026-01-01",
    )
    rows = {"contracts": [new[1]]}
    answer = take(rows, tmp_path / "third")
    assert answer.refused
    assert ("7-1", "contracts", "M-2", "category") in places(rows, answer.faults)
    assert stored() == before


def test_an_application_after_the_notice_while_the_tier_still_serves_is_refused_for_the_days_after(tmp_path):
    rows = sound(
        notice("T-1", "2025-09-01", "2025-12-31"),
        module(
            "個別ログ収集モジュール",
            item="タイプ1",
            number="M-2",
            application="A-3",
            accepted="2025-09-02",
            starts="2025-10-01",
        ),
    )
    answer = take(rows, tmp_path)
    assert answer.refused
    assert places(rows, answer.faults) == {("7-1", "contracts", "M-2", "category")}
    assert places(rows, answer.warnings) == set()


def test_the_same_application_accepted_before_the_notice_is_taken(tmp_path):
    rows = sound(
        notice("T-1", "2025-09-01", "2025-12-31"),
        module(
            "個別ログ収集モジュール",
            item="タイプ1",
            number="M-2",
            application="A-3",
            accepted="2025-08-31",
            starts="2025-10-01",
        ),
    )
    answer = take(rows, tmp_path)
    assert answer.faults == []
    assert places(rows, answer.warnings) == {
        ("7-1", "contracts", "M-1", "category"),
        ("7-1", "contracts", "M-2", "category"),
    }


def follower(starts):
    return tier("プレミアム", "T-2", application="A-3", accepted="2025-09-10", starts=starts)


@pytest.mark.parametrize("books", [1, 2])
def test_a_tier_that_follows_on_the_day_after_is_taken(books, tmp_path):
    ending = notice("T-1", "2025-09-01", "2025-12-31")
    if books == 1:
        must_take(sound(ending, follower("2026-01-01")), tmp_path)
    else:
        must_take(sound(), tmp_path / "first")
        answer = take({"notices": [ending[1]], "contracts": [follower("2026-01-01")[1]]}, tmp_path / "second")
        assert (answer.faults, answer.warnings) == ([], [])
    assert ends() == {"T-1": "2025-12-31"}


def test_a_tier_that_overlaps_by_a_day_is_refused(tmp_path):
    rows = sound(notice("T-1", "2025-09-01", "2025-12-31"), follower("2025-12-31"))
    answer = take(rows, tmp_path)
    assert answer.clauses == {"6-1", "7-1"}
    assert stored() == {}


def test_a_tier_a_day_late_is_refused_for_the_day_between(tmp_path):
    """The notice left the module alone on 2026-01-01, and it is the notice that did: this warns."""
    rows = sound(notice("T-1", "2025-09-01", "2025-12-31"), follower("2026-01-02"))
    answer = take(rows, tmp_path)
    assert answer.faults == []
    assert places(rows, answer.warnings) == {("7-1", "contracts", "M-1", "category")}
    assert "2026-01-01〜2026-01-01" in answer.warnings[0]["message"]


def test_two_notices_the_earlier_effect_counts(tmp_path):
    both = [notice("M-1", "2025-09-01", "2025-12-31"), notice("M-1", "2025-09-20", "2025-11-30")]
    take(sound(both, notice("T-1", "2025-09-01", "2025-11-30")), tmp_path)
    assert ends() == {"T-1": "2025-11-30", "M-1": "2025-11-30"}
