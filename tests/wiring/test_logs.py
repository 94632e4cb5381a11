"""Lines as JSON: one a record, whatever is in it; and the line of a request."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from csoc_admin.access import AccessLog
from csoc_admin.logs import JsonLines, logging_settings, with_request, without_refusals

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What has been logged so far, each line parsed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(with_request)
    loggers = [logging.getLogger(name) for name in ("csoc_admin", "django", "trial")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel("DEBUG")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def accesses(lines: Lines) -> list[dict[str, Any]]:
    return [line for line in lines() if line["logger"] == "csoc_admin.access"]


def test_a_line(lines: Lines):
    logging.getLogger("trial").info("%s円", 1000, extra={"month": "2025-01"})
    (line,) = lines()
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() == timedelta(hours=9)
    assert line == {"level": "INFO", "logger": "trial", "message": "1000円", "month": "2025-01"}


def test_who_may_not_is_told_in_a_line_without_where():
    """A refusal is no fault of the code; any other error shows where it was."""
    said = logging_settings(form="plain", level="INFO")
    assert said["handlers"]["stderr"]["filters"] == ["with_request", "without_refusals"]
    for fault, shown in ((PermissionDenied(), False), (ValueError(), True)):
        try:
            raise fault
        except Exception:
            record = logging.makeLogRecord({"msg": "x", "exc_info": sys.exc_info()})
        assert without_refusals(record) is True
        assert bool(record.exc_info) is shown


def test_a_traceback_is_in_its_line(lines: Lines):
    try:
        raise ValueError("二行の\n理由")
    except ValueError:
        logging.getLogger("trial").exception("失敗")
    (line,) = lines()
    assert line["message"] == "失敗"
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: 二行の\n理由")


@pytest.mark.parametrize(
    "character",
    [
        pytest.param("\n", id="a new line"),
        pytest.param("\r\n", id="a carriage return"),
        pytest.param("\x85", id="the next line of EBCDIC"),
        pytest.param("\u2028", id="a line separator"),
        pytest.param("\x00", id="a zero"),
        pytest.param("\udc80", id="a byte that was no text"),
        pytest.param("𠮷", id="beyond the first plane"),
    ],
)
def test_no_character_ends_a_line(character: str):
    """Formatted here, not logged: what is no text cannot stand in a report of the tests."""
    (line,) = JsonLines().format(logging.makeLogRecord({"msg": f"a{character}b"})).splitlines()
    assert json.loads(line)["message"] == f"a{character}b"


def test_what_others_hang_on_a_record_stays_out(lines: Lines, rf: RequestFactory):
    logging.getLogger("trial").info("x", extra={"request": rf.get("/admin/?q=secret"), "data": {"args": "secret"}})
    assert "secret" not in json.dumps(lines())


@pytest.mark.django_db
def test_the_line_of_a_request(lines: Lines, client: Client):
    client.force_login(User.objects.create_superuser("keiri"))
    response = client.get("/admin/?q=秘密", headers={"x-request-id": "abc-123"})
    (line,) = accesses(lines)
    assert response["X-Request-ID"] == "abc-123"
    assert line.pop("milliseconds") >= 0
    assert line.pop("message").startswith("GET /admin/ 200 ")
    line.pop("time")
    assert line == {
        "level": "INFO",
        "logger": "csoc_admin.access",
        "method": "GET",
        "path": "/admin/",
        "status": 200,
        "user": "keiri",
        "request_id": "abc-123",
    }


@pytest.mark.django_db
def test_who_signs_in_and_who_signs_out_is_named(lines: Lines, client: Client):
    User.objects.create_superuser("kanri", password="pass")
    client.post("/admin/login/", {"username": "kanri", "password": "pass"})
    client.post("/admin/logout/")
    assert [line.get("user") for line in accesses(lines)] == ["kanri", "kanri"]


def test_nobody_is_asked_for_who_did_not_sign_in(lines: Lines, client: Client):
    """Without the database: a line must not cost a query."""
    client.cookies["sessionid"] = "whatever"
    assert client.get("/").status_code == 302
    (line,) = accesses(lines)
    assert "user" not in line


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        pytest.param('/nowhere%0A{"level":"INFO"}', id="a new line"),
        pytest.param("/nowhere%0D%0Aevil", id="a carriage return"),
        pytest.param("/nowhere%E2%80%A8evil", id="a line separator"),
        pytest.param("/nowhere%1B[31mevil", id="a colour of the terminal"),
    ],
)
def test_a_path_cannot_forge_a_line(lines: Lines, client: Client, path: str):
    client.get(path)
    (line,) = accesses(lines)
    assert line["status"] == 404
    assert line["path"].isascii()
    assert line["path"].isprintable()
    assert line["message"].startswith("GET /nowhere%")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("0af7651916cd43dd8448eb211c80319c", True),
        pytest.param("", False, id="the proxy gives none"),
        pytest.param("a b", False, id="a blank"),
        pytest.param("x" * 65, False, id="too long"),
        pytest.param("abc\n", False, id="a new line at the end"),
        pytest.param("１２", False, id="not ASCII"),
    ],
)
def test_a_request_id(rf: RequestFactory, given: str, taken: bool):
    request = rf.get("/", headers={"x-request-id": given})
    response = AccessLog(lambda _request: HttpResponse())(request)
    assert (response["X-Request-ID"] == given) is taken
    assert response["X-Request-ID"].isalnum()


def test_every_line_of_a_request_has_its_id(lines: Lines, rf: RequestFactory):
    def view(_request: HttpRequest) -> HttpResponse:
        logging.getLogger("trial").info("inside")
        return HttpResponse()

    AccessLog(view)(rf.get("/", headers={"x-request-id": "one"}))
    logging.getLogger("trial").info("outside")
    assert [(line["logger"], line.get("request_id")) for line in lines()] == [
        ("trial", "one"),
        ("csoc_admin.access", "one"),
        ("trial", None),
    ]


def test_a_fault_is_logged_with_its_request(lines: Lines, client: Client, monkeypatch: pytest.MonkeyPatch):
    def fail(*_args: Any, **_options: Any) -> HttpResponse:
        raise RuntimeError("broken")

    monkeypatch.setattr("django.views.generic.RedirectView.dispatch", fail)
    client.raise_request_exception = False
    assert client.get("/", headers={"x-request-id": "two"}).status_code == 500
    fault, access = (line for line in lines() if line["logger"] in ("django.request", "csoc_admin.access"))
    assert "RuntimeError: broken" in fault["exception"]
    assert (fault["request_id"], access["request_id"], access["status"]) == ("two", "two", 500)


@pytest.mark.django_db
def test_what_django_says_afterwards_has_the_id_too(lines: Lines, client: Client):
    client.get("/nowhere", headers={"x-request-id": "three"})
    (warning,) = (line for line in lines() if line["logger"] == "django.request")
    assert (warning["message"], warning["request_id"]) == ("Not Found: /nowhere", "three")


def test_probes_are_for_debug(lines: Lines, client: Client):
    client.get("/healthz/live")
    assert [line["level"] for line in accesses(lines)] == ["DEBUG"]


def test_an_unknown_form_is_refused_at_the_start():
    with pytest.raises(KeyError, match="xml"):
        logging_settings(form="xml", level="INFO")
