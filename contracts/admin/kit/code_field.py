"""A record that is named by its code in a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model


class CodeField(forms.CharField):
    """The record of a model with the code that was typed; ``code_called`` is what the code is called, ``missing`` says that there is none."""

    def __init__(self, model: type[Model], *, code_called: Any, missing: Any, **said: Any) -> None:
        super().__init__(max_length=64, help_text=code_called, **said)
        self.model, self.missing = model, missing

    def clean(self, value: Any) -> Any:
        """The record; None where nothing was typed and nothing has to be. Raises ValidationError for a code that nothing has."""
        code = super().clean(value)
        found = self.model._default_manager.filter(code=code.strip()).first() if code else None
        if code and found is None:
            raise ValidationError(self.missing % {"code": code})
        return found
