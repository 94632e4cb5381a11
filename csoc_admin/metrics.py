"""Numbers for a machine that watches: /metrics, in the words of Prometheus. Requests as they are answered, and the work as it stands.

Several processes count into files that are added up when somebody asks (PROMETHEUS_MULTIPROC_DIR, set by deploy/gunicorn.conf.py).
"""

import hmac
import logging
import os
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import ResolverMatch
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from billing.facts.watched import watched
from contracts import clock

logger = logging.getLogger(__name__)

ADDRESS = "/metrics"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
HERE = frozenset({"127.0.0.1", "::1"})
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded")
"""What a proxy in front says: who comes by it is somewhere else, though the proxy is on this machine."""
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)

REQUESTS = Counter("csoc_requests", "Requests that were answered.", ["view", "method", "status"])
TOOK = Histogram("csoc_request_seconds", "Seconds until the answer began.", ["view"], buckets=SECONDS)


def count(request: HttpRequest, status: int, seconds: float) -> None:
    """Count an answer by its view, never by its address: there are as many of those as records, and a stranger could make more."""
    match: ResolverMatch | None = request.resolver_match
    view = (match.view_name if match else "") or "-"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(view, method, str(status)).inc()
    TOOK.labels(view).observe(seconds)


class Work(Collector):
    """The work as it stands at the moment of asking; without a database that answers, that it does not."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        up, begun = 1, time.perf_counter()
        try:
            for one in watched(now=clock.now(), today=clock.today()):
                family = families.setdefault(
                    one.name, GaugeMetricFamily(one.name, one.help, labels=[name for name, _value in one.of])
                )
                family.add_metric([value for _name, value in one.of], one.value)
        except Error as error:
            logger.warning("The database does not say what is to be watched: %s", error)
            up, families = 0, {}
        yield GaugeMetricFamily("csoc_database_up", "Whether the database answered.", up)
        yield GaugeMetricFamily(
            "csoc_watched_seconds", "How long it took to look at the work.", time.perf_counter() - begun
        )
        yield from families.values()


def may_ask(request: HttpRequest) -> bool:
    """Whether whoever asks is answered: with the token where there is one, else from this machine itself and not by the proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode())
    return request.META.get("REMOTE_ADDR") in HERE and not any(name in request.headers for name in FORWARDED)


def told() -> bytes:
    """All numbers, of every process of the web server."""
    registry = CollectorRegistry()
    registry.register(Work())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY) + generate_latest(registry)


class Metrics:
    """Middleware that answers before all other, as the probes do; who may not ask learns nothing, not even that there is something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info != ADDRESS or not may_ask(request):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return HttpResponse(told(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
