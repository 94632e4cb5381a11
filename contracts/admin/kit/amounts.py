"""Amounts, counts and percentages as they are typed into a form: with commas, ¥, 円 or full-width digits, as the contract book reads them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from contracts.intake.book import written


class _WholeField(forms.IntegerField):
    """A whole number in a text: a browser's own input of a number lets no comma through."""

    widget = forms.TextInput
    money = False

    def to_python(self, value: Any) -> int | None:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        found = written.whole(value, money=self.money)
        if found is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found[0]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class YenField(_WholeField):
    """Whole yen."""

    money = True


class CountField(_WholeField):
    """Years or licences."""


class PercentField(forms.DecimalField):
    """A percentage, with its sign or full-width digits too."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        return super().to_python(written.folded(value).removesuffix("%") if isinstance(value, str) else value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}
