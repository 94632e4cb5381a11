"""Days and moments as they are typed into a form: only those that the contract book can say too."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.intake.book.cells import YEARS


def must_be_meant(value: date) -> None:
    """Raises ValidationError for a day or a moment beyond all that can be meant: no book with it could be taken in again."""
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    if day.year not in YEARS:
        raise ValidationError(_("日付は2000年から2199年までです。"), code="not_meant")


class DayField(forms.DateField):
    """A day in Japan."""

    def __init__(self, **said: Any) -> None:
        super().__init__(validators=[must_be_meant], **said)


class MomentField(forms.DateTimeField):
    """A moment in Japan, to the minute."""

    def __init__(self, **said: Any) -> None:
        super().__init__(validators=[must_be_meant], **said)
