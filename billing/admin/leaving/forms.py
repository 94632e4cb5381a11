"""What is asked of a unit's prospect: of which targets, by a letter that arrives on which day, naming which."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.verbs import day_field


class LeavingForm(forms.Form):
    """Asked by an address alone, so that it can be kept, sent and printed: nothing is written by it."""

    arrived_on = day_field(_("通知の到達日"), help_text=_("来週届く通知なら、その日"))
    on = day_field(_("終了を希望する日"), required=False, help_text=_("空欄なら、終えられる最も早い日"))
    target = forms.MultipleChoiceField(label=_("対象"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, asked: Mapping[str, Any], choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(asked)
        target: Any = self.fields["target"]
        target.choices = choices

    @property
    def counted(self) -> tuple[int, int]:
        """How many targets are chosen, of how many."""
        choices = self.fields["target"].choices  # type: ignore[attr-defined]
        chosen = set(self["target"].value() or ())
        return sum(1 for number, _name in choices if number in chosen), len(choices)
