"""Numbers for a machine that watches: what they say, to whom, and that the rules of alarm ask for numbers that there are."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from billing.models import Month, Proposal
from contracts import clock
from contracts.models import Job
from csoc_admin import metrics
from csoc_admin.schedule import SCHEDULE
from tests.wiring.production import DEPLOY, ROOT

ALARMS = DEPLOY / "prometheus" / "alerts.yml"


@pytest.fixture(autouse=True)
def no_token(settings):
    settings.METRICS_TOKEN = ""


def numbers(client, **said):
    """Each number by its name and what it is of."""
    answer = client.get("/metrics", **said)
    assert answer.status_code == 200
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


@pytest.mark.django_db
def test_a_request_is_counted_by_its_view(client):
    before = numbers(client).get(("csoc_requests_total", "200", "GET", "admin:login"), 0)
    client.get("/admin/login/")
    client.get("/admin/login/?next=/admin/contracts/customer/1/change/")
    after = numbers(client)
    assert after["csoc_requests_total", "200", "GET", "admin:login"] == before + 2
    assert after["csoc_request_seconds_count", "admin:login"] >= 2


@pytest.mark.django_db
def test_a_stranger_cannot_make_more_of_them(client):
    for number in range(5):
        client.get(f"/nowhere-{number}")
        client.generic(f"ODD{number}", "/nowhere")
    found = numbers(client)
    assert not [name for name in found if "nowhere" in str(name) or "ODD" in str(name)]
    assert found["csoc_requests_total", "-", "404", "GET"] >= 5
    assert found["csoc_requests_total", "-", "404", "other"] >= 5


@pytest.mark.django_db
def test_a_look_at_the_numbers_and_a_probe_are_not_counted(client):
    before = sum(value for name, value in numbers(client).items() if name[0] == "csoc_requests_total")
    client.get("/healthz/live")
    assert sum(value for name, value in numbers(client).items() if name[0] == "csoc_requests_total") == before


@pytest.mark.django_db
def test_the_work_as_it_stands(client, admin_user):
    with time_machine.travel("2026-03-02T02:53:00+00:00", tick=False):
        Proposal.objects.create(month=date(2026, 1, 1), facts_revision=1, proposed_by=admin_user)
    with time_machine.travel("2026-03-02T03:00:00+00:00", tick=False):
        today, now = clock.today(), clock.now()
        Job.objects.create(
            name="effects", on=today - timedelta(days=1), state="done", finished_at=now - timedelta(days=1)
        )
        yesterday = {"on": today - timedelta(days=1), "state": "done", "finished_at": now - timedelta(days=1)}
        Job.objects.create(name="dated", **yesterday)
        Job.objects.create(name="effects", on=today, state="done", finished_at=now - timedelta(hours=3))
        Job.objects.create(name="digest", on=today, state="stopped", finished_at=now)
        Job.objects.create(name="worklist", on=today, state="running", started_at=now - timedelta(minutes=90))
        Month.objects.create(month=date(2025, 12, 1), facts_revision=1, closed_at=now)
        found = numbers(client)
    assert found["csoc_job_last_success_timestamp_seconds", "effects"] == (now - timedelta(hours=3)).timestamp()
    assert found["csoc_job_last_success_timestamp_seconds", "digest"] == 0
    assert (found["csoc_jobs", "done"], found["csoc_jobs", "stopped"], found["csoc_jobs", "waiting"]) == (3, 1, 0)
    assert found["csoc_jobs_of_today_not_done",] == len(SCHEDULE) - 1, "all but effects"
    assert (found["csoc_waiting", "job"], found["csoc_waiting_oldest_seconds", "job"]) == (1, 90 * 60)
    assert (found["csoc_waiting", "proposal"], found["csoc_waiting_oldest_seconds", "proposal"]) == (1, 7 * 60)
    assert found["csoc_waiting", "book"] == found["csoc_waiting_oldest_seconds", "book"] == 0
    assert found["csoc_months_open",] == 2, "January and February are over; March is not"
    assert found["csoc_database_up",] == 1


@pytest.mark.django_db
def test_it_costs_few_queries(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        client.get("/metrics")


def test_without_a_database_it_says_that(client, monkeypatch):
    def away(**_named):
        raise OperationalError("connection to 10.0.0.5 failed")
        yield

    monkeypatch.setattr(metrics, "watched", away)
    found = numbers(client)
    assert found["csoc_database_up",] == 0
    assert not [name for name in found if name[0].startswith("csoc_jobs")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("token", "said", "status"),
    [
        pytest.param("", {}, 200, id="from this machine"),
        pytest.param("", {"REMOTE_ADDR": "10.0.0.7"}, 404, id="from another"),
        pytest.param("", {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 404, id="by the proxy, which is on this machine"),
        pytest.param("", {"HTTP_X_FORWARDED_PROTO": "https"}, 404, id="by a proxy that says less"),
        pytest.param("word", {}, 404, id="without the word"),
        pytest.param("word", {"HTTP_AUTHORIZATION": "Bearer other"}, 404, id="with another"),
        pytest.param("word", {"HTTP_AUTHORIZATION": "Bearer "}, 404, id="with none"),
        pytest.param("word", {"HTTP_AUTHORIZATION": "Bearer word", "REMOTE_ADDR": "10.0.0.7"}, 200, id="with the word"),
    ],
)
def test_who_is_answered(settings, token, said, status):
    settings.METRICS_TOKEN = token
    assert Client(raise_request_exception=False).get("/metrics", **said).status_code == status


@pytest.mark.django_db
def test_it_changes_nothing_and_is_not_kept(client):
    assert client.post("/metrics").status_code == 405
    answer = client.get("/metrics")
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.django_db
def test_the_rules_of_alarm_ask_for_numbers_that_there_are(client, admin_user):
    """And each has its line in the papers, with what to do."""
    Job.objects.create(name="effects", on=clock.today(), state="running", started_at=clock.now())
    client.get("/admin/login/")
    known = {name for name, *_of in numbers(client)} | {"up"}
    rules = ALARMS.read_text(encoding="utf-8")
    asked = set(re.findall(r"\b(csoc_[a-z_]+|up)\b(?=[{\[( ]|$)", " ".join(re.findall(r"expr: (.*)", rules))))
    assert asked - known == set()
    names = re.findall(r"alert: (\w+)", rules)
    assert len(names) > 8
    listed = re.findall(r"^\| `(Csoc\w+)` \|", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.M)
    assert sorted(listed) == sorted(names)
