"""PostgreSQL: two people decide at once, each on a connection of their own. Exactly one of them does."""

import pytest

from contracts.models import Application, Change, Entry, Target
from contracts.operations import applications as operations
from contracts.operations.applications import FactsChangedError, NotAcceptableError
from contracts.operations.refusal import Refused
from tests.contracts.applications.form import Desk, day, module, tier, told_since, upgrade
from tests.contracts.book import build as had
from tests.faults.test_side_by_side import together

pytestmark = pytest.mark.postgres


@pytest.fixture
def desk(transactional_db, tmp_path):
    return Desk(tmp_path)


def accepting(desk, application):
    """Accept what was judged before the race begins."""
    seen = operations.judge(application, on=day("2025-03-10")).seen
    own = Application.objects.get(pk=application.pk)
    return lambda: operations.accept(own, on=day("2025-03-10"), by=desk.decides, seen=seen)


def test_two_people_accept_the_same_application(desk):
    desk.has()
    application = desk.received(tier(), module())
    start = operations.newest_entry()
    given = together(*[accepting(desk, application) for _ in range(2)])
    assert sorted(type(each).__name__ for each in given) == ["Application", "Refused"]
    assert list(Target.objects.order_by("number").values_list("number", flat=True)) == ["SOC00000001", "SOC00000002"]
    assert [told[0] for told in told_since(start)] == ["accept"] * 3


def test_one_accepts_while_the_other_rejects(desk):
    desk.has()
    application = desk.received(tier(), module())
    rejected = Application.objects.get(pk=application.pk)
    given = together(
        accepting(desk, application),
        lambda: operations.reject(rejected, on=day("2025-03-10"), by=desk.decides, reason="理由"),
    )
    assert sorted(type(each).__name__ for each in given) == ["Application", "Refused"]
    state = Application.objects.get().state
    assert Target.objects.count() == (2 if state == "accepted" else 0)
    assert Entry.objects.filter(operation__in=["accept", "reject"], record="application").count() == 1


def test_two_applications_for_one_unit(desk):
    """Each is lawful alone, both together are not (6-1): the second is judged on what the first wrote."""
    desk.has()
    both = [desk.received(tier(), module()) for _ in range(2)]
    given = together(*[accepting(desk, application) for application in both])
    assert sorted(type(each).__name__ for each in given) == ["Application", "FactsChangedError"]
    late = next(application for application in both if Application.objects.get(pk=application.pk).state == "received")
    with pytest.raises(NotAcceptableError) as error:
        desk.accept(late)
    assert {"6-1", "7-1", "6-2"} <= {remark.clause for remark in error.value.remarks}
    assert Target.objects.filter(kind="tier").count() == 1


def test_applications_for_two_units_get_numbers_of_their_own(desk):
    desk.has(had.customer(), had.unit(), had.unit("U-2"))
    both = [desk.received(tier(), module(), unit=code) for code in ("U-1", "U-2")]
    given = together(*[accepting(desk, application) for application in both])
    assert [type(each).__name__ for each in given] == ["Application", "Application"]
    assert Target.objects.count() == len(set(Target.objects.values_list("number", flat=True))) == 4


def test_two_drafts_begun_at_once(desk):
    """The series of numbers is begun by whoever is first; the other waits for it."""
    desk.has()
    unit = desk.unit()

    def drafted():
        return operations.save_draft(
            None, unit=unit, lines=[], applied_on=day("2025-03-01"), version=0, by=desk.enters
        ).number

    given = together(*[drafted] * 4)
    assert sorted(given) == [f"AP0000000{number}" for number in range(1, 5)]


def test_two_people_save_the_same_draft(desk):
    desk.has(had.tier(), had.module())
    draft = desk.drafted(upgrade())
    saves = [
        lambda lines=lines: operations.save_draft(
            draft, unit=draft.unit, lines=lines, applied_on=day("2025-03-01"), version=1, by=desk.enters
        )
        for lines in ([upgrade(on="2025-06-01")], [upgrade(on="2025-07-01")])
    ]
    given = together(*saves)
    assert sorted(isinstance(each, Refused) for each in given) == [False, True]
    assert Application.objects.get(pk=draft.pk).version == 2


def test_an_acceptance_beside_another_write_of_the_units_facts(desk):
    """A book ends the module while the upgrade is accepted: whichever is second stands on the first."""
    desk.has(had.tier(), had.module())
    application = desk.received(upgrade())
    given = together(
        accepting(desk, application), lambda: desk.has(had.tier(), had.module(), had.notice("M-1", "2025-03-20"))
    )
    accepted = Application.objects.get(pk=application.pk).state == "accepted"
    assert isinstance(given[0], Application if accepted else FactsChangedError)
    assert given[1] is None
    assert Change.objects.count() == accepted
