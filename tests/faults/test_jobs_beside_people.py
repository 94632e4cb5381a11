"""PostgreSQL: a job at work while people write facts, each on a connection of its own."""

import threading
import time

import pytest
from django.contrib.auth.models import User

from contracts.models import Effect, Job, WorkItem
from contracts.operations import effects, jobs, worklist
from tests.contracts.book.build import module, tier
from tests.contracts.ends.desk import Desk, day
from tests.contracts.jobs.busy import facts_left
from tests.faults.test_side_by_side import together

pytestmark = pytest.mark.postgres
AT_ONCE = 9


@pytest.fixture
def desk(transactional_db, tmp_path):
    """A tier that has ended, which no job has recorded yet."""
    desk = Desk(tmp_path, User)
    desk.has(tier(), module())
    desk.notice("T-1", arrived="2025-05-01")
    return desk


@pytest.fixture
def in_a_step(monkeypatch):
    """Set while a job has read the facts and not yet written; it then gives others half a second."""
    reached = threading.Event()
    for module_of_job in (effects, worklist):
        really = module_of_job.create_all

        def slow(model, rows, really=really):
            reached.set()
            time.sleep(0.5)
            really(model, rows)

        monkeypatch.setattr(module_of_job, "create_all", slow)
    return reached


@pytest.mark.parametrize("name", ["effects", "worklist"])
def test_a_notice_taken_back_while_a_step_is_at_work_leaves_nothing(name, desk, in_a_step):
    """Without the facts held, the step would write the end that the person has just undone."""
    before = Effect.objects.count()

    def take_back():
        in_a_step.wait(timeout=60)
        return desk.withdrawn("T-1", on="2025-07-01", reason="誤り")

    given = together(lambda: jobs.run(name, day("2025-07-01")), take_back)
    assert [type(each).__name__ for each in given] == ["Job", "Notice"]
    assert Effect.objects.count() == before == 0
    assert not WorkItem.objects.filter(kind="eligibility", clause="7-1").exists()


def test_many_deliveries_at_once_end_as_one_does(desk):
    """More than JOB_ATTEMPTS of them: those that wait for their turn are no failed attempts."""
    given = together(*[lambda: jobs.run("effects", day("2025-07-01"))] * AT_ONCE)
    assert not [each for each in given if isinstance(each, Exception)]
    assert len(facts_left()["effects"]) == 1
    job = Job.objects.get()
    assert (job.state, job.done, job.count, job.error) == ("done", 1, 1, "")
