"""The Celery application. Without a broker its tasks run in place (see settings)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csoc_admin.settings")

app = Celery("csoc_admin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
