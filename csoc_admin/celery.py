"""The Celery application. Without a broker its tasks run in place (see settings)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

app = Celery("csoc_admin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect  # type: ignore[untyped-decorator]
def _ready(**_signal: Any) -> None:
    import_string("csoc_admin.seen_settings.at_start")("worker")
