"""The one place that asks what day it is; everything else is handed the day."""

from datetime import date, datetime

from django.utils import timezone


def today() -> date:
    """Today in Japan."""
    return timezone.localdate()


def now() -> datetime:
    """This moment, for what is stamped with it."""
    return timezone.now()
