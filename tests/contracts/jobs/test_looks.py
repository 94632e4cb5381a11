"""見直し: the jobs look at what can have changed, and leave what looking at every unit would."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import Customer, Effect, Job, ManagementUnit, Option, UnitLook, WorkItem
from contracts.operations import effects, jobs, looks
from contracts.operations.effects import bring_up_to
from contracts.operations.worklist import refresh_worklist
from tests.contracts.book import build as had
from tests.contracts.jobs.busy import DAY, busy, facts_left, rows

pytestmark = pytest.mark.django_db
SHOWN = ("unit__code", "key", "kind", "clause", "text", "values", "shown_from", "from_on", "until_on", "due_at")


def everything():
    return list(ManagementUnit.objects.order_by("pk").values_list("pk", flat=True))


def as_if_all_were_looked_at(on):
    """The list, the record and what lists find units by that looking at every unit on the day comes to; undone."""
    with transaction.atomic():
        refresh_worklist(everything(), on=on)
        bring_up_to(everything(), on)
        found = as_it_stands()
        transaction.set_rollback(True)
    return found


def as_it_stands():
    return (
        rows(WorkItem.objects, *SHOWN),
        facts_left()["effects"],
        rows(UnitLook.objects, "unit__code", "tier", "ended"),
    )


def mornings(first, days, step=1):
    """The jobs of one day after the other; the job of the list each day."""
    for n in range(0, days, step):
        on = first + timedelta(days=n)
        jobs.run("effects", on)
        yield on, jobs.run("worklist", on)


@pytest.fixture
def incidents(tmp_path):
    """Ten busy units, and outages and breaches whose claims come, or do not."""
    facts = busy(10)
    facts += [
        had.outage("M-00", "2025-05-01 09:00", "2025-05-03 09:00"),
        had.outage("M-01", "2025-06-01 09:00", "2025-06-03 09:00", "2025-06-20"),
        had.breach("M-02", "2025-07-01 09:00"),
        had.breach("M-03", "2025-01-01 09:00"),
    ]
    had.must_take(had.book(*facts), tmp_path / "book")


@pytest.mark.usefixtures("incidents")
@pytest.mark.parametrize("step", [1, 9], ids=["every day", "every ninth"])
def test_a_year_of_mornings_leaves_what_looking_at_all_would(step):
    looked = 0
    for on, job in mornings(date(2025, 2, 15), 380, step):
        looked += job.done
        # What was not looked at in time is not either until the last day before something is looked at again.
        if job.done or on.day % 10 == 0 or not quiet(on + timedelta(days=step)):
            assert as_it_stands() == as_if_all_were_looked_at(on), on
    assert 10 < looked < 380 // step * 10 // 2


@pytest.mark.usefixtures("incidents")
def test_a_clock_set_back_is_no_harm():
    """Looked at for a later day is not looked at for this one."""
    refresh_worklist(everything(), on=DAY + timedelta(days=300))
    jobs.run("worklist", DAY)
    assert as_it_stands()[0] == as_if_all_were_looked_at(DAY)[0]


@pytest.mark.usefixtures("ten")
def test_other_rules_look_at_every_unit_once(monkeypatch, settings):
    jobs.run("worklist", DAY)
    settings.TOLD_WITHIN_HOURS = 48
    assert jobs.run("worklist", DAY + timedelta(days=1)).done == 10
    assert jobs.run("worklist", DAY + timedelta(days=2)).done < 10
    monkeypatch.setattr(looks, "_rules", lambda: "other")
    assert jobs.run("worklist", DAY + timedelta(days=3)).done == 10


@pytest.mark.usefixtures("ten")
def test_units_written_past_the_operations_are_taken_up():
    for name in ("effects", "worklist"):
        jobs.run(name, DAY)
    UnitLook.objects.all().delete()
    WorkItem.objects.all().delete()
    Effect.objects.all().delete()
    ManagementUnit.objects.create(code="U-NEW", customer=Customer.objects.get(), name="新")
    on = DAY + timedelta(days=1)
    assert [jobs.run(name, on).done for name in ("effects", "worklist")] == [11, 11]
    assert as_it_stands() == as_if_all_were_looked_at(on)


@pytest.mark.usefixtures("ten")
def test_what_is_written_is_looked_at_for_its_effects():
    jobs.run("effects", DAY)
    assert looks.effects_due(DAY).count() == 0
    some = everything()[:2]
    refresh_worklist(some)
    assert jobs.run("effects", DAY + timedelta(days=1)).done >= 2
    assert looks.effects_due(DAY + timedelta(days=1)).count() == 0


@pytest.mark.usefixtures("ten")
def test_what_could_not_be_read_is_looked_at_again(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(effects, "happened", torn)
        assert len(jobs.run("effects", DAY).failed) == 10
    assert jobs.run("effects", DAY + timedelta(days=1)).done == 10


def torn(unit, on):
    raise effects.ContradictionError("M-00", "事実が矛盾しています", code="torn")


@pytest.mark.usefixtures("ten")
def test_an_abolition_has_its_units_looked_at_again():
    jobs.run("worklist", DAY)
    edr = Option.objects.filter(option="edr_licence")
    looks.look_again(edr.values("target__unit"))
    units = set(edr.values_list("target__unit_id", flat=True))
    assert set(looks.due(looks.units_due(DAY), 0)) == units
    assert set(looks.due(looks.effects_due(DAY), 0)) >= units


def test_a_quiet_morning_costs_the_same_whatever_the_number_of_units(tmp_path):
    """As many queries, and no unit read, for five units as for forty."""
    counts = []
    for number, units in enumerate((5, 40)):
        had.must_take(had.book(*busy(units)), tmp_path / f"{number}")
        Job.objects.all().delete()
        for name in ("effects", "worklist"):
            jobs.run(name, DAY)
        on = next(day for day in (DAY + timedelta(days=n) for n in range(1, 400)) if quiet(day))
        with CaptureQueriesContext(connection) as queries:
            done = [jobs.run(name, on).done for name in ("effects", "worklist")]
        counts.append((len(queries), done))
    assert counts[0] == counts[1]
    assert counts[0][1] == [0, 0]


def quiet(day):
    return not looks.units_due(day).exists() and not looks.effects_due(day).exists()


def test_lists_find_a_unit_by_what_it_is_that_morning(tmp_path):
    upgraded = had.change("T-1", "category", "アドバンスト", "2025-07-01", accepted="2025-06-20")
    had.must_take(had.book(had.tier("ベーシック"), had.ips(), had.ips_service(), upgraded), tmp_path / "book")
    before = date(2025, 6, 30)
    refresh_worklist(everything(), on=before)
    assert UnitLook.objects.get().tier == "basic"
    for on, tier in ((before, "basic"), (before + timedelta(days=1), "advanced")):
        jobs.run("worklist", on)
        look = UnitLook.objects.get()
        assert (look.tier, look.ended) == (tier, False)
