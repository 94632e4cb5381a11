"""The page of an application's form: its lines as inputs, a pattern for new ones, and the data of its script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contracts import clock
from contracts.admin.application.choices import catalogue, kinds_of_lines, offered, services, targets
from contracts.admin.application.lines import HELP, LABELS, SHOWN_WHEN, kind_of
from contracts.admin.application.typed import Typed
from contracts.admin.kit.judgement import marks
from contracts.intake.form import FIELDS, Verb
from contracts.intake.refilled import STARTS
from contracts.judge.application import Judgement
from contracts.models import Application, ManagementUnit

BLANK = "__n__"
"""Stands for the position of a line in the pattern from which the script makes new ones."""


@dataclass(slots=True)
class Page:
    """All that the form's page draws."""

    unit: ManagementUnit
    application: Application | None
    given: Typed
    judgement: Judgement
    panel: dict[str, Any]

    def context(self) -> dict[str, Any]:
        """What the template draws: the lines as inputs, a pattern for new ones, and the data of the script."""
        today = clock.today()
        held = targets(self.judgement.before, today)
        lines = self.given.lines
        choices = offered(held, lines, today)
        said = marks(self.panel)
        following = max((int(line["key"][1:]) for line in lines if line["key"][1:].isdecimal()), default=0) + 1
        blank = {"key": f"#{following}", "verb": ""}
        found = services(self.unit, self.judgement.before, today)
        correcting = self.application is not None and self.application.state == "received"
        title = _("受け付けた申込の訂正") if correcting else _("申込の編集") if self.application else _("新しい申込")
        return {
            "title": title,
            "unit": self.unit,
            "application": self.application,
            "given": self.given,
            "correcting": correcting,
            "panel": self.panel,
            "lines": [_drawn(line, choices, said) for line in [*lines, blank]],
            "pattern": _drawn({"key": f"#{BLANK}", "verb": ""}, choices, {}),
            "services": found,
            "kinds_of_lines": kinds_of_lines(),
            "data": {
                "verbs": {verb.value: names for verb, names in FIELDS.items()},
                "shownWhen": SHOWN_WHEN,
                "catalogue": catalogue(),
                "targets": {row["number"]: row for row in held},
                "services": found,
                "blank": BLANK,
                "starts": {verb.value: name for verb, name in STARTS.items()},
                "words": {
                    "failed": _(
                        "判定できませんでした。入力はこのブラウザに残っています。もう一度「判定」を押すか、画面を読み込み直してください。"
                    )
                },
            },
        }


def _drawn(
    line: Mapping[str, str], choices: Mapping[str, list[tuple[str, Any]]], said: Mapping[tuple[str, str], list[str]]
) -> dict[str, Any]:
    """A line as its template draws it. A value that is not offered any more stays there to be seen."""
    verb, key = line.get("verb", ""), line["key"]
    shown = FIELDS[Verb(verb)] if verb else tuple(LABELS)
    return {
        "key": key,
        "position": key.removeprefix("#"),
        "verb": verb,
        "verbs": choices["verb"],
        "inputs": [
            {
                "name": name,
                "label": LABELS[name],
                "help": HELP.get(name, ""),
                "kind": kind_of(name),
                "value": line.get(name, ""),
                "choices": _with(choices.get(name, []), line.get(name, "")),
                "shown": name in shown,
                "said": said.get((key, name), []),
            }
            for name in LABELS
        ],
    }


def _with(choices: list[tuple[str, Any]], value: str) -> list[tuple[str, Any]]:
    return choices if not value or any(code == value for code, _name in choices) else [*choices, (value, value)]
