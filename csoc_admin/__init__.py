"""The project's wiring: settings, addresses, the task queue. No business word lives here."""

from csoc_admin.celery import app as celery_app

__all__ = ["celery_app"]
