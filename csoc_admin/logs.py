"""What is logged and how it looks: lines for people (plain), or one JSON object a line for programs (json)."""

import logging
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import LazyObject
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

JAPAN = ZoneInfo("Asia/Tokyo")
NAMES = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"}
# What Django and Celery hang on their records: a request would show its query, a task its arguments, SQL its values.
NOT_SHOWN = ["request", "server_time", "data", "sql", "params"]

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
"""The request that is being answered, for every line that is logged meanwhile (csoc_admin.access)."""

current_command: ContextVar[str] = ContextVar("current_command", default="")
"""The command of manage.py that is at work, '' for none (csoc_admin.witness)."""


def signed_in(request: HttpRequest) -> str:
    """The name of whoever is signed in, '' for nobody or where nobody asked yet: to log costs no query."""
    user = getattr(request, "user", None)
    for known in (getattr(request, "_cached_user", None), None if isinstance(user, LazyObject) else user):
        if known is not None and known.is_authenticated:
            return str(known.get_username())
    return ""


def with_request(record: logging.LogRecord) -> bool:
    """A filter that drops nothing: it says of which request, and of whose, a line is.

    Of an answer above 400 Django writes when the request is over, and hangs the request on the line.
    """
    request = getattr(record, "request", None) or current_request.get()
    if isinstance(request, HttpRequest):
        record.request_id = getattr(request, "request_id", "")
        if user := signed_in(request):
            record.user = user
    return True


def without_refusals(record: logging.LogRecord) -> bool:
    """A filter that drops nothing: who may not do something is told in a line, and where in the code it was refused is no news."""
    if record.exc_info and isinstance(record.exc_info[1], PermissionDenied):
        record.exc_info = None
    return True


class JsonLines(JsonFormatter):
    """One object a line: ASCII with escapes, so that no character in a message can end the line."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields=NAMES,
            reserved_attrs=[*RESERVED_ATTRS, *NOT_SHOWN],
            json_ensure_ascii=True,
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The moment in Japan, as ISO 8601 with its offset."""
        return datetime.fromtimestamp(record.created, JAPAN).isoformat(timespec="milliseconds")


def logging_settings(*, form: str, level: str) -> dict[str, Any]:
    """LOGGING for Django, Celery and gunicorn alike: everything to standard error, tracebacks too.

    form is "plain" or "json"; anything else is a KeyError at the start, not a surprise later.
    """
    formatters = {
        "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        "json": {"()": JsonLines},
    }
    here = {"handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "with_request": {"()": lambda: with_request},
            "without_refusals": {"()": lambda: without_refusals},
        },
        "formatters": {"chosen": formatters[form]},
        "handlers": {
            "stderr": {
                **{"class": "logging.StreamHandler", "formatter": "chosen"},
                "filters": ["with_request", "without_refusals"],
            },
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Without DEBUG Django's own default shows no traceback.
            "django": here | {"level": "INFO"},
            # Celery and gunicorn would give these handlers of their own, in their own words.
            "celery.task": here,
            "multiprocessing": here,
            "gunicorn.error": here | {"level": level},
            # csoc_admin.access writes the line of a request, with who and which.
            "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
        },
    }
