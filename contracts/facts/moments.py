"""Moments and days: a day as the moments of it are stored."""

from datetime import date, datetime, time

from django.utils import timezone


def start_of(day: date) -> datetime:
    """The moment at which a day begins in Japan."""
    return timezone.make_aware(datetime.combine(day, time.min))
