"""Days, months and moments as they are typed into a form or an address: shown as 2025-04-01 whatever the browser's language, read as the contract
book reads them, and only those that it can say too. A script puts a calendar beside them (contracts/days.js)."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.widgets import DateTimeBaseInput
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.intake.book import written
from contracts.intake.book.cells import YEARS
from contracts.intake.book.written import NoSuchDayError, folded


def must_be_meant(value: date) -> None:
    """Raises ValidationError for a day or a moment beyond all that can be meant: no book with it could be taken in again."""
    day = timezone.localtime(value) if isinstance(value, datetime) else value
    if day.year not in YEARS:
        raise ValidationError(_("日付は2000年から2199年までです。"), code="not_meant")


class _Text(DateTimeBaseInput):
    """A text: a browser's own input would show the day in the order of the browser's language."""

    input_type = "text"
    kind, example, form = "", "", ""

    def __init__(self, **attrs: Any) -> None:
        said = {"data-calendar": self.kind, "placeholder": self.example, "autocomplete": "off", "spellcheck": "false"}
        super().__init__(attrs={**said, **attrs}, format=self.form)


class DayInput(_Text):
    """A day as 2025-04-01."""

    format_key = "DATE_INPUT_FORMATS"
    kind, example, form = "date", "YYYY-MM-DD", "%Y-%m-%d"


class MonthInput(_Text):
    """A month as 2025-04."""

    format_key = "DATE_INPUT_FORMATS"
    kind, example, form = "month", "YYYY-MM", "%Y-%m"


class MomentInput(_Text):
    """A moment as 2025-04-01 09:30."""

    format_key = "DATETIME_INPUT_FORMATS"
    kind, example, form = "datetime-local", "YYYY-MM-DD HH:MM", "%Y-%m-%d %H:%M"


class DayField(forms.DateField):
    """A day in Japan, written in any of the ways that a book takes."""

    widget: type[forms.Widget] = DayInput

    def __init__(self, **said: Any) -> None:
        super().__init__(validators=[must_be_meant], **said)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and value.strip():
            try:
                found = written.day(value)
            except NoSuchDayError:
                found = None
            # Five digits are a day of Excel's count in a cell, and a slip in a form.
            if (found and not folded(value).isdecimal()) or (found and len(folded(value)) == len("20250401")):
                return found[0]
        return super().to_python(value)


class MonthField(DayField):
    """A month, written as 2025-04 or 2025年4月; its first day."""

    widget = MonthInput

    def __init__(self, **said: Any) -> None:
        super().__init__(input_formats=["%Y-%m"], **said)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and (found := written.month(value)):
            return found
        return forms.DateField.to_python(self, value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class MomentField(forms.DateTimeField):
    """A moment in Japan, to the minute, written in any of the ways that a book takes."""

    widget = MomentInput

    def __init__(self, **said: Any) -> None:
        super().__init__(validators=[must_be_meant], **said)

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str) and value.strip():
            try:
                found = written.moment(value)
            except NoSuchDayError:
                found = None
            if found and not folded(value).isdecimal():
                return timezone.make_aware(found[0])
        return super().to_python(value)


def day_typed(text: str, *, any_year: bool = False) -> date | None:
    """A day as it was typed into a search, an address or a line of a form; None where it is none, or (save ``any_year``) beyond all that
    can be meant.
    """
    field = DayField(required=False)
    try:
        day: date | None = field.to_python(text) if any_year else field.clean(text)
    except ValidationError:
        return None
    return day
