"""The database away, busy, full or only to be read: one page in Japanese, everywhere, and nothing half done."""

import errno
import socket
import sqlite3
import time
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
from celery import current_app
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import InternalError
from django.urls import reverse

from billing.tasks import share
from contracts import tasks
from contracts.models import Customer, FactsRevision
from contracts.operations import queue
from tests.admin.conftest import signed_in
from tests.admin.walk import admin_names

AWAY = "データベースが応答しないか、混み合っています。"
FULL = "記録する場所に書き込めません"
NOTHING = "何も記録していません。"


@pytest.fixture
def browser(db, django_user_model):
    client = signed_in(django_user_model.objects.create_superuser("chief"))
    client.raise_request_exception = False
    return client


def away(*_args, **_named):
    raise OperationalError('connection to server at "10.0.0.5" failed')


@pytest.fixture
def gone(monkeypatch):
    """From now on nobody reaches the database, whatever they ask."""

    with monkeypatch.context() as patched:
        for way in ("cursor", "connect", "savepoint"):
            patched.setattr(BaseDatabaseWrapper, way, away)
        yield


def addresses():
    """Every address of the admin, with an id where it takes one: whether there is such a row nobody can look."""
    for name in admin_names():
        for arguments in ([], ["1"], ["auth", "user"], ["1", "1"]):
            try:
                yield reverse(f"admin:{name}", args=arguments)
            except Exception:
                continue
            break


PUBLIC = ("/admin/login/", "/admin/jsi18n/")
"""What nobody has to sign in for asks nobody."""


def test_every_page_says_so(browser, gone):
    found = sorted({*addresses()} - {*PUBLIC})
    assert len(found) > 150
    for address in found:
        answer = browser.get(address)
        assert (address, answer.status_code) == (address, 503)
        assert AWAY in answer.text
        assert NOTHING in answer.text
        assert "10.0.0.5" not in answer.text
        assert int(answer["Retry-After"]) > 0
        assert answer["X-Request-ID"] in answer.text


def test_what_is_sent_meanwhile_is_not_recorded(browser, gone):
    address = reverse("admin:contracts_customer_register")
    answer = browser.post(address, {"code": "C-1", "name": "見本商事"})
    assert answer.status_code == 503
    assert AWAY in answer.text


def caused(kind, cause):
    """As Django hands on what a driver raised."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def of_sqlite(name):
    error = sqlite3.OperationalError(name)
    error.sqlite_errorname = name
    return error


CANNOT_WRITE = {
    "disk full (PostgreSQL)": caused(OperationalError, psycopg.errors.DiskFull("could not extend file")),
    "only to be read (PostgreSQL)": caused(InternalError, psycopg.errors.ReadOnlySqlTransaction("cannot execute")),
    "disk full (SQLite)": caused(OperationalError, of_sqlite("SQLITE_FULL")),
    "only to be read (SQLite)": caused(OperationalError, of_sqlite("SQLITE_READONLY_DBMOVED")),
    "no room for a file": OSError(errno.ENOSPC, "No space left on device"),
    "a file system only to be read": OSError(errno.EROFS, "Read-only file system"),
}


@pytest.mark.parametrize("error", CANNOT_WRITE.values(), ids=CANNOT_WRITE)
def test_where_nothing_can_be_written_it_says_so_and_nothing_is_half_done(browser, monkeypatch, error):
    def full(*_args, **_named):
        raise error

    monkeypatch.setattr("contracts.operations.register.history.record", full)
    answer = browser.post(reverse("admin:contracts_customer_register"), {"code": "C-1", "name": "見本商事"})
    assert answer.status_code == 503
    assert FULL in answer.text
    assert not Customer.objects.filter(code="C-1").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "no such file"), InternalError("other")])
def test_other_faults_are_not_taken_for_it(browser, monkeypatch, error):
    def fails(*_args, **_named):
        raise error

    monkeypatch.setattr("contracts.operations.register.history.record", fails)
    answer = browser.post(reverse("admin:contracts_customer_register"), {"code": "C-1", "name": "見本商事"})
    assert answer.status_code == 500


@pytest.mark.django_db(transaction=True)
def test_a_database_that_may_really_only_be_read(django_user_model):
    """By the database itself, on both."""
    client = signed_in(django_user_model.objects.create_superuser("chief"))
    client.raise_request_exception = False
    address = reverse("admin:contracts_customer_register")
    on, off = ("SET default_transaction_read_only = on", "RESET default_transaction_read_only")
    if connection.vendor == "sqlite":
        on, off = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        answer = client.post(address, {"code": "C-1", "name": "見本商事"})
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)
    assert answer.status_code == 503
    assert FULL in answer.text
    assert client.post(address, {"code": "C-1", "name": "見本商事"}).status_code == 302


@contextmanager
def others_write():
    """Somebody else is at a long write, and whoever waits here does so for a moment only, as the web server has it."""
    FactsRevision.objects.get_or_create(pk=1)
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        other = sqlite3.connect(name, uri=name.startswith("file:"), isolation_level=None)
        before, shorter, after = "BEGIN IMMEDIATE", "PRAGMA busy_timeout = 100", "PRAGMA busy_timeout = 20000"
    else:
        known = connection.get_connection_params() | {"dbname": connection.settings_dict["NAME"]}
        names = ("host", "port", "user", "password", "dbname")
        other = psycopg.connect(**{name: value for name, value in known.items() if name in names})
        before = "SELECT 1 FROM contracts_factsrevision FOR UPDATE"
        shorter, after = "SET lock_timeout = '300ms'", "RESET lock_timeout"
    with connection.cursor() as cursor:
        cursor.execute(shorter)
    try:
        other.execute(before)
        yield
    finally:
        other.rollback()
        other.close()
        with connection.cursor() as cursor:
            cursor.execute(after)


@pytest.mark.django_db(transaction=True)
def test_who_waits_too_long_for_what_others_write_is_told_so(django_user_model):
    client = signed_in(django_user_model.objects.create_superuser("chief"))
    client.raise_request_exception = False
    address = reverse("admin:contracts_customer_register")
    with others_write():
        answer, seconds = seconds_of(lambda: client.post(address, {"code": "C-1", "name": "見本商事"}))
    assert answer.status_code == 503
    assert AWAY in answer.text
    assert seconds < 5
    assert not Customer.objects.exists()
    assert client.post(address, {"code": "C-1", "name": "見本商事"}).status_code == 302


@pytest.fixture
def silent(monkeypatch, settings):
    """A broker that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        for name, value in (("broker_url", address), ("broker_write_url", address), ("task_always_eager", False)):
            monkeypatch.setitem(current_app.conf, name, value)
        settings.CELERY_TASK_ALWAYS_EAGER = False
        yield


def seconds_of(do):
    begun = time.monotonic()
    found = do()
    return found, time.monotonic() - begun


def test_a_silent_broker_costs_two_seconds_at_most(silent, caplog):
    taken, seconds = seconds_of(lambda: queue.hand_over(tasks.run_job, "digest", "2026-01-01"))
    assert not taken
    assert seconds < 2
    assert "could not be handed over" in caplog.text


@pytest.mark.django_db
def test_a_month_whose_ranges_nobody_takes_is_computed_here(silent):
    """One range is offered, not every one of them: the broker is asked once."""

    class Row:
        pk = 1

    ranges = [type("Range", (), {"after": n, "last": n + 1}) for n in range(20)]
    shared, seconds = seconds_of(lambda: share(Row, ranges))
    assert not shared
    assert seconds < 2


def test_a_dead_broker_is_given_up_at_once(monkeypatch):
    for name, value in (("broker_url", "redis://127.0.0.1:1/0"), ("task_always_eager", False)):
        monkeypatch.setitem(current_app.conf, name, value)
    monkeypatch.setitem(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    taken, seconds = seconds_of(lambda: tasks.ask("digest", date(2026, 1, 1)))
    assert taken is None
    assert seconds < 1.5
