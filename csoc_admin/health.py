"""Whether this process lives, and whether it can work: /healthz/live, /healthz/ready, and /healthz for the latter.

For a load balancer and for whoever is called at night: no log-in, no session, no cookie, and nothing in the answer
but which part failed. Why it failed is in the log.
"""

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from kombu.connection import Connection

logger = logging.getLogger(__name__)

OK, FAILED, UNAPPLIED, UNKNOWN, NONE = "ok", "failed", "unapplied", "unknown", "none"
BROKER_SECONDS = 2
"""How long the broker may take to answer."""


class UnappliedError(Exception):
    """The code knows migrations that the database has not had."""


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
        return FAILED
    return OK


@cache
def _all_applied() -> None:
    """UnappliedError while migrations wait. Once none does it is not asked again: an error is never cached."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise UnappliedError(", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in waiting))


def migrations() -> str:
    try:
        _all_applied()
    except UnappliedError as error:
        logger.warning("Migrations are not applied: %s", error)
        return UNAPPLIED
    except DatabaseError as error:
        logger.warning("The database does not say which migrations it has had: %s", error)
        return UNKNOWN
    return OK


def broker() -> str:
    """NONE without a broker: tasks then run in place."""
    if not settings.CELERY_BROKER_URL:
        return NONE
    patience = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=patience) as connected:
            connected.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception as error:  # Each kind of broker has errors of its own, a wrong address others.
        logger.warning("The broker does not answer: %s", error)
        return FAILED
    return OK


def live() -> JsonResponse:
    """200 as soon as the process answers at all."""
    return JsonResponse({"status": "live"})


def ready() -> JsonResponse:
    """200 when the database answers, has had every migration, and the broker answers; else 503."""
    answers = database()
    parts = {"database": answers, "migrations": migrations() if answers == OK else UNKNOWN, "broker": broker()}
    is_ready = set(parts.values()) <= {OK, NONE}
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", **parts},
        status=200 if is_ready else 503,
    )


ADDRESSES: dict[str, Callable[[], JsonResponse]] = {
    "/healthz": ready,
    "/healthz/ready": ready,
    "/healthz/live": live,
}


def is_health(request: HttpRequest) -> bool:
    return request.path_info in ADDRESSES


class Health:
    """Middleware that answers the probes before all other: these call the process by its address, without HTTPS.

    So ALLOWED_HOSTS and the redirect to HTTPS are not asked; nothing of the request comes into the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_health(request):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        response = ADDRESSES[request.path_info]()
        response["Cache-Control"] = "no-store"
        return response
