"""What the forms of verbs ask for over and over: a day, a line of text, a reason."""

from typing import Any

from django import forms

from contracts.admin.kit.days import DayField


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> DayField:
    """A day in Japan, as 2025-04-01."""
    return DayField(label=label, required=required, help_text=help_text)


def text_field(label: Any, *, required: bool = True, help_text: Any = "", most: int = 255) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=most)


def reason_field(label: Any, *, required: bool = True) -> forms.CharField:
    """A reason, in a few lines."""
    return forms.CharField(label=label, required=required, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
