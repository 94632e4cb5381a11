"""One line for each request that was answered: which, how, by whom, how long."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from csoc_admin.health import is_health
from csoc_admin.logs import current_request, signed_in
from csoc_admin.metrics import ADDRESS, count

logger = logging.getLogger(__name__)
SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id(given: str) -> str:
    """The id that the proxy gave the request where it is a plain word, else a new one."""
    return given if SANE_ID.fullmatch(given) else uuid.uuid4().hex


class AccessLog:
    """Middleware, outermost of all: gives each request an id, and logs it once it is answered.

    The path is written without its query, which may hold names, and with its strange characters escaped.
    A probe's line is for DEBUG only: there is one every few seconds. The time is that until the answer begins;
    a report that streams goes on after it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        request.request_id = request_id(request.headers.get("X-Request-ID", ""))  # type: ignore[attr-defined]
        token = current_request.set(request)
        try:
            response = self.get_response(request)
            seconds = time.perf_counter() - begun
            self._log(request, response.status_code, round(seconds * 1000))
            if not _is_asked_by_machines(request):
                count(request, response.status_code, seconds)
        finally:
            current_request.reset(token)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response

    def _log(self, request: HttpRequest, status: int, milliseconds: int) -> None:
        method, path = quote(request.method or ""), quote(request.path)
        logger.log(
            logging.DEBUG if _is_asked_by_machines(request) else logging.INFO,
            "%s %s %s %s ms %s",
            *(method, path, status, milliseconds, signed_in(request) or "-"),
            extra={"method": method, "path": path, "status": status, "milliseconds": milliseconds},
        )


def _is_asked_by_machines(request: HttpRequest) -> bool:
    """Whether it is a probe or a look at the numbers: one every few seconds."""
    return is_health(request) or request.path_info == ADDRESS
