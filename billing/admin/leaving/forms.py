"""What is asked of a unit's prospect: of which targets, by a letter that arrives on which day, naming which."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.leaving.offers import Group, needs_count
from contracts.admin.kit.amounts import CountField, YenField
from contracts.admin.kit.fields import day_field
from contracts.intake.book.cells import MOST_LICENCES, MOST_YEN
from contracts.intake.form import Verb


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


class ChangingForm(forms.Form):
    """What would be changed, from which day, at which prices; asked by an address alone."""

    what = forms.ChoiceField(label=_("変えるもの"))
    count = CountField(
        label=_("ライセンス数・年数"),
        required=False,
        min_value=1,
        max_value=MOST_LICENCES,
        help_text=_("数を変えるとき"),
    )
    on = day_field(_("変更日・開始日"))
    monthly_yen = YenField(
        label=_("月額費用（円、税抜）"),
        required=False,
        min_value=0,
        max_value=MOST_YEN,
        help_text=_("変更で空欄なら今の料金のまま（I-41）"),
    )
    once_yen = YenField(
        label=_("初期費用・一時費用（円、税抜）"),
        required=False,
        min_value=0,
        max_value=MOST_YEN,
        help_text=_("見積りの額"),
    )

    def __init__(self, asked: Mapping[str, Any] | None, groups: Sequence[Group], *, on: date) -> None:
        super().__init__(asked, initial={"on": on})
        what: Any = self.fields["what"]
        what.choices = [("", "—"), *groups]

    def clean(self) -> dict[str, Any]:
        """A number is asked for where one is changed, and a price where nothing but it is."""
        given = super().clean() or {}
        if (
            given.get("what")
            and needs_count(given["what"])
            and given.get("count") is None
            and "count" not in self.errors
        ):
            self.add_error("count", gettext("数を入力してください。"))
        if str(given.get("what", "")).startswith(f"{Verb.PRICE.value}|") and given.get("monthly_yen") is None:
            self.add_error("monthly_yen", gettext("金額を入力してください。"))
        return given
