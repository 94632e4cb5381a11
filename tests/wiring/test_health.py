"""The probes: what they answer, to whom, and what they never say."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from csoc_admin import health

PATHS = ["/healthz", "/healthz/ready", "/healthz/live"]


@pytest.fixture(autouse=True)
def not_asked_yet() -> Iterator[None]:
    """As a process that has just started, with no broker, whatever the suite runs with."""
    health._all_applied.cache_clear()
    yield
    health._all_applied.cache_clear()


@pytest.fixture(autouse=True)
def no_broker(settings: Settings) -> None:
    settings.CELERY_BROKER_URL = ""


class Dead:
    """A database that cannot be reached, and says so with more than anybody outside should read."""

    def cursor(self) -> Any:
        raise OperationalError('connection to server at "10.0.0.5" failed for user "csoc", secret "hunter2"')


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_all_is_well(client: Client, path: str):
    response = client.get(path)
    assert response.status_code == 200
    assert response.json()["status"] == ("live" if path == "/healthz/live" else "ready")
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.django_db
def test_each_part_is_named(client: Client):
    assert client.get("/healthz").json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "none",
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_probe_calls_by_address_and_without_https(client: Client, settings: Settings, path: str):
    settings.ALLOWED_HOSTS = ["csoc-admin.example.jp"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path, headers={"host": "10.0.0.7:8000"}).status_code == 200
    # Everything else still asks for its name.
    assert client.get("/admin/login/", headers={"host": "10.0.0.7:8000"}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/healthz/", id="no address of ours, and not redirected to one"),
        pytest.param("/healthz/live/x", id="nothing below"),
    ],
)
def test_nothing_else_answers(client: Client, path: str):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_probe_changes_nothing(client: Client, path: str):
    assert client.post(path).status_code == 405


def test_alive_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "connection", Dead())
    assert client.get("/healthz/live").status_code == 200


def test_a_dead_database(client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(health, "connection", Dead())
    response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "database": "failed",
        "migrations": "unknown",
        "broker": "none",
    }
    assert "hunter2" not in response.content.decode()
    assert "The database does not answer" in caplog.text


@pytest.mark.django_db
def test_a_database_that_came_back(client: Client, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(health, "connection", Dead())
        assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_an_unapplied_migration(client: Client, caplog: pytest.LogCaptureFixture):
    last = MigrationRecorder.Migration.objects.filter(app="billing").order_by("-name")[0]
    name = last.name
    last.delete()
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["migrations"] == "unapplied"
    assert f"billing.{name}" in caplog.text
    # Applied at last, without a restart of the process.
    MigrationRecorder(connection).record_applied("billing", name)
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_database_with_nothing_in_it(client: Client):
    MigrationRecorder.Migration.objects.all().delete()
    assert client.get("/healthz").json()["migrations"] == "unapplied"


@pytest.mark.django_db
def test_once_clean_it_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries):
    client.get("/healthz")
    with django_assert_num_queries(1):
        client.get("/healthz")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        pytest.param("redis://:hunter2@127.0.0.1:1/0", id="nobody listens"),
        pytest.param("nonsense://127.0.0.1", id="no such kind of broker"),
    ],
)
def test_a_dead_broker(client: Client, settings: Settings, caplog: pytest.LogCaptureFixture, url: str):
    settings.CELERY_BROKER_URL = url
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["broker"] == "failed"
    assert response.json()["database"] == "ok"
    assert "hunter2" not in response.content.decode() + caplog.text


@pytest.mark.django_db
def test_a_broker_that_never_answers(client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    """The probe does not wait with it."""
    monkeypatch.setattr(health, "BROKER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        assert client.get("/healthz").json()["broker"] == "failed"


@pytest.mark.django_db
def test_a_broker_that_answers(client: Client, settings: Settings):
    """The one the suite runs with, if it does with one."""
    settings.CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "memory://"
    assert client.get("/healthz").json()["broker"] == "ok"
