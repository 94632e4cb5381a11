"""定時処理: done once a day, caught up whenever, told when it fails — by the database, without a worker."""

from datetime import timedelta
from io import StringIO

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction

from contracts import clock
from contracts.models import Digest, Effect, Entry, Job, ManagementUnit
from contracts.operations import effects, jobs
from contracts.operations.effects import bring_up_to
from contracts.operations.refusal import Refused
from contracts.operations.step import Failure, JobSteps, Step
from contracts.terms.unit import ContradictionError
from csoc_admin import schedule
from tests.contracts.jobs.busy import DAY, facts_left, left

pytestmark = pytest.mark.django_db
NAMES = ["dated", "effects", "worklist", "check", "documents", "digest"]
HAPPENED = 2 * (2 + 2 + 1 + 2 + 2)
"""Effects of ten units: two of each sort of busy, in their order."""


def run_days(first, last=DAY):
    """Every morning's jobs from first to last."""
    for n in range((last - first).days + 1):
        assert [job.state for job in jobs.run_due(first + timedelta(days=n))] == ["done"] * len(NAMES)


def half_done(name, on, monkeypatch):
    """A job killed after its first step: two units of ten."""
    with monkeypatch.context() as patch:
        patch.setattr(effects, "UNITS_AT_ONCE", 2)
        patch.setattr("contracts.operations.worklist.UNITS_AT_ONCE", 2)
        work = jobs.work_of(name)
        job = jobs._begun(Job.objects.create(name=name, on=on).pk, work)
        assert jobs._stepped(job.pk, work).state == "running"


@pytest.mark.usefixtures("ten")
def test_done_once_a_day():
    assert [(job.name, job.state) for job in jobs.run_due(DAY)] == [(name, "done") for name in NAMES]
    assert Effect.objects.count() == HAPPENED
    once = left()
    for _ in range(settings.JOB_ATTEMPTS + 1):
        assert [(job.name, job.state) for job in jobs.run_due(DAY)] == [(name, "done") for name in NAMES]
    assert left() == once


@pytest.mark.usefixtures("ten")
def test_a_missed_week_is_caught_up_in_one_run():
    """The same record, list and history as if every morning's jobs had run."""
    run_days(DAY - timedelta(days=9), DAY - timedelta(days=8))
    with transaction.atomic():
        run_days(DAY - timedelta(days=7))
        daily = facts_left()
        transaction.set_rollback(True)
    recorded = Effect.objects.count()
    run_days(DAY)
    assert facts_left() == daily
    assert [name for name in left()["checks"] if "'fault_count': 0" not in name] == []
    assert len(left()["checks"]) == 2 + 1
    assert Effect.objects.count() > recorded


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize("begun", [False, True], ids=["not begun", "killed half way"])
@pytest.mark.parametrize("later", ["done", "running"])
def test_an_earlier_day_after_a_later_one_is_over_at_once(begun, later, monkeypatch):
    """Begun on Monday, killed, and asked for again on Tuesday, it would bring Monday's list back."""
    earlier = DAY - timedelta(days=7)
    if begun:
        for name in ("effects", "worklist"):
            half_done(name, earlier, monkeypatch)
    for name in NAMES:
        jobs.run(name, DAY)
    Job.objects.filter(on=DAY).update(state=later, finished_at=clock.now() if later == "done" else None)
    kept = facts_left(), Digest.objects.count()
    assert {jobs.run(name, earlier).state for name in NAMES} == {"done"}
    assert (facts_left(), Digest.objects.count()) == kept


@pytest.mark.usefixtures("ten")
def test_a_late_day_takes_nothing_back():
    """Whoever works out an earlier day, what a later one has recorded stays; what the facts deny goes all the same."""
    jobs.run("effects", DAY)
    kept = facts_left()
    ids = list(ManagementUnit.objects.values_list("pk", flat=True))
    assert bring_up_to(ids, DAY - timedelta(days=60)) == (0, [])
    assert facts_left() == kept
    Effect.objects.filter(target__number="E-03").update(on=DAY - timedelta(days=1))
    assert bring_up_to(ids, DAY) == (2, [])
    assert facts_left()["effects"] == kept["effects"]


@pytest.mark.usefixtures("ten")
def test_a_unit_that_contradicts_itself_is_named_and_the_rest_goes_on(monkeypatch):
    jobs.run("effects", DAY - timedelta(days=20))
    of_it = Effect.objects.filter(target__unit__code="U-00")
    really = effects.happened
    assert of_it.count() == 1

    def torn(unit, on):
        if unit.code == "U-00":
            raise ContradictionError("M-00", "事実が矛盾しています", code="torn")
        return really(unit, on)

    monkeypatch.setattr(effects, "happened", torn)
    job = jobs.run("effects", DAY)
    assert (job.state, job.failed) == ("done", [{"what": "U-00", "why": "事実が矛盾しています"}])
    assert of_it.count() == 1
    assert Effect.objects.filter(target__unit__code="U-05").count() == 2
    monkeypatch.setattr(effects, "happened", really)
    assert jobs.run("effects", DAY + timedelta(days=1)).failed == []
    assert of_it.count() == 2


class Script:
    """A job whose steps are said beforehand: a Step each, or an error to raise. It sees nothing of the book."""

    steps: list = []


def _said(on, after):
    step = Script.steps.pop(0)
    if isinstance(step, Exception):
        raise step
    return step


SCRIPTED = JobSteps(total=lambda on: 9, step=_said)
LAST = Step(None)


@pytest.fixture
def script(monkeypatch):
    """Say what the steps of the job ``effects`` do."""
    monkeypatch.setitem(settings.JOBS, "effects", f"{__name__}.SCRIPTED")

    def say(*steps):
        monkeypatch.setattr(Script, "steps", list(steps))

    return say


def attempt(on=DAY):
    """Run the job once, whatever it raises; its row."""
    try:
        return jobs.run("effects", on)
    except ValueError:
        return Job.objects.get(name="effects", on=on)


def test_progress_is_kept_step_by_step(script):
    script(Step(3, 2, 5), Step(7, 2, 1, [Failure("U-1", "理由")]), ValueError("x"), Step(9, 5, 0), LAST)
    job = attempt()
    assert (job.state, job.cursor, job.done, job.total, job.count) == ("running", 7, 4, 9, 6)
    job = attempt()
    assert (job.state, job.done, job.total, job.count, job.error) == ("done", 9, 9, 6, "")
    assert job.failed == [{"what": "U-1", "why": "理由"}]
    assert job.finished_at >= job.started_at


def test_a_job_that_comes_no_further_is_stopped_and_says_so(script):
    script(*[ValueError("壊れた行")] * 9)
    assert [attempt().attempts for _ in range(settings.JOB_ATTEMPTS)] == [1, 2, 3, 4, 5]
    job = attempt()
    assert (job.state, job.attempts, job.error) == ("stopped", 5, "ValueError: 壊れた行")
    assert job.finished_at
    assert len(Script.steps) == 9 - 5


def test_attempts_that_left_no_word_count_too(script):
    """A process that is killed says nothing; the next one counts it."""
    script(LAST)
    pk = Job.objects.create(name="effects", on=DAY).pk
    for _ in range(settings.JOB_ATTEMPTS):
        jobs._begun(pk, SCRIPTED)
    job = attempt()
    assert (job.state, job.error) == ("stopped", "5回試みましたが、先へ進みませんでした。")
    assert Script.steps == [LAST]


def test_a_step_done_begins_the_count_anew(script):
    error = ValueError("x")
    script(error, error, error, error, Step(1, 1), error, error, error, error, LAST)
    assert [attempt().state for _ in range(9)] == ["running"] * 8 + ["done"]


def test_more_deliveries_at_once_than_attempts_stop_nothing(script):
    """Nine processes have begun, all live: the sixth gave the job up, the first has only waited for its turn."""
    script(Step(1, 1, 1), LAST)
    pk = Job.objects.create(name="effects", on=DAY).pk
    begun = [jobs._begun(pk, SCRIPTED).state for _ in range(9)]
    assert begun == ["running"] * 5 + ["stopped"] * 4
    assert jobs._stepped(pk, SCRIPTED).state == "running"
    job = attempt()
    assert (job.state, job.count, job.error) == ("done", 1, "")


def test_an_error_after_others_have_finished_is_not_left_on_the_job(script):
    script(LAST)
    done = attempt()
    jobs._failed(done.pk, ValueError("遅い"))
    assert attempt().error == ""


def test_run_again_begins_anew(script, person):
    script(*[ValueError("x")] * settings.JOB_ATTEMPTS)
    for _ in range(settings.JOB_ATTEMPTS):
        stopped = attempt()
    job = jobs.run_again(stopped, by=person, reason="直した")
    assert (job.state, job.attempts, job.cursor, job.error, job.asked_by) == ("waiting", 0, 0, "", "eigyo")
    (entry,) = Entry.objects.filter(operation="run_again")
    assert (entry.subject, entry.actor, entry.reason, entry.before["state"]) == (
        f"effects {DAY}",
        "eigyo",
        "直した",
        "stopped",
    )
    script(Step(1, 1, 1), LAST)
    assert attempt().state == "done"


def test_run_again_is_refused_while_it_waits_or_runs(script, person):
    script(ValueError("x"))
    running = attempt()
    assert running.state == "running"
    waiting = Job.objects.create(name="effects", on=DAY + timedelta(days=1))
    for job in (running, waiting):
        with pytest.raises(Refused, match="まだ終わっていません"):
            jobs.run_again(job, by=person, reason="理由")


def test_run_again_is_refused_for_a_day_that_a_later_one_has_caught_up(script, person):
    script(LAST, LAST)
    earlier, _later = attempt(DAY), attempt(DAY + timedelta(days=1))
    with pytest.raises(Refused, match="後の日の処理"):
        jobs.run_again(earlier, by=person, reason="理由")


@pytest.mark.usefixtures("ten")
def test_run_due_goes_on_after_a_job_that_fails(script):
    script(ValueError("壊れた行"))
    found = [(job.name, job.state, job.error) for job in jobs.run_due(DAY)]
    assert found[1:] == [
        ("effects", "running", "ValueError: 壊れた行"),
        ("worklist", "done", ""),
        ("check", "done", ""),
        ("documents", "done", ""),
        ("digest", "done", ""),
    ]


@pytest.mark.usefixtures("ten")
def test_run_due_goes_on_after_a_job_that_cannot_begin(monkeypatch):
    """Its row is there with the error, though it never came to a step."""

    def fail(on):
        raise ValueError("数えられない")

    monkeypatch.setattr("contracts.operations.scheduled.EFFECTS", JobSteps(fail, _said))
    found = [(job.name, job.state, job.error) for job in jobs.run_due(DAY)]
    assert found[1] == ("effects", "waiting", "ValueError: 数えられない")
    assert [state for _name, state, _error in (found[0], *found[2:])] == ["done"] * (len(NAMES) - 1)


def test_run_due_first_ends_what_was_begun(script):
    script(ValueError("x"), ValueError("x"), LAST, LAST)
    earlier = DAY - timedelta(days=1)
    attempt(earlier)
    assert [(job.name, job.on) for job in jobs.run_due(DAY)] == [("effects", earlier), *((name, DAY) for name in NAMES)]


def command(*arguments):
    out = StringIO()
    call_command("run_due_jobs", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("ten")
def test_the_command_says_what_it_did():
    said = command("--on", f"{DAY}").splitlines()
    assert said[0] == f"{DAY} 名称と担当の引継ぎの適用：完了（0件）"
    assert said[1] == f"{DAY} 効力の記録：完了（{HAPPENED}件）"
    assert [line.split("（")[0] for line in said[2:]] == [
        f"{DAY} 作業一覧の更新：完了",
        f"{DAY} 台帳の検査：完了",
        f"{DAY} 書面の作成と送信：完了",
        f"{DAY} 期限のお知らせ：完了",
    ]
    assert command("--on", f"{DAY}").splitlines() == said


def test_the_command_fails_with_the_error(script):
    script(ValueError("壊れた行"))
    with pytest.raises(CommandError, match="効力の記録：ValueError: 壊れた行") as error:
        command("--on", f"{DAY}")
    assert error.value.returncode == 1


def test_the_command_names_what_could_not_be_done(script):
    script(Step(1, 1, 0, [Failure("U-1", "事実が矛盾しています")]), LAST)
    assert "  U-1：事実が矛盾しています" in command("--on", f"{DAY}").splitlines()


def test_the_command_refuses_a_day_to_come():
    """Once it were done, no day before it would ever run again."""
    with pytest.raises(CommandError, match="未来の日"):
        command("--on", f"{clock.today() + timedelta(days=1)}")
    assert not Job.objects.exists()


def test_missed_names_what_is_not_done_for_the_day(script):
    assert jobs.missed(["effects", "digest"], on=DAY) == [("effects", None), ("digest", None)]
    script(LAST, ValueError("x"))
    attempt(DAY - timedelta(days=1))
    attempt(DAY)
    assert jobs.missed(["effects"], on=DAY) == [("effects", DAY - timedelta(days=1))]
    script(LAST)
    attempt(DAY)
    assert jobs.missed(["effects"], on=DAY) == []


def test_beat_and_the_command_have_one_schedule():
    asked = {entry["args"][0]: entry for entry in settings.CELERY_BEAT_SCHEDULE.values() if "args" in entry}
    assert list(asked) == [job.name for job in schedule.SCHEDULE] == NAMES
    for job in schedule.SCHEDULE:
        hours = f"{job.at.hour}-{schedule.LAST_HOUR}"
        assert asked[job.name]["schedule"] == crontab(minute=job.at.minute, hour=hours)
        assert asked[job.name]["task"] == "contracts.tasks.run_job"
    besides = {name: entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items() if "args" not in entry}
    assert besides == {"unfinished": "contracts.tasks.run_unfinished", "chain": "contracts.tasks.link_entries"}
    assert settings.CELERY_TIMEZONE == "Asia/Tokyo"


def test_every_job_of_the_schedule_has_its_work():
    assert {job.name for job in schedule.SCHEDULE} <= set(schedule.JOBS)
    assert all(isinstance(jobs.work_of(name), JobSteps) for name in schedule.JOBS)
    assert [name for name in schedule.JOBS if not jobs.work_of(name).catches_up] == ["abolition"]
