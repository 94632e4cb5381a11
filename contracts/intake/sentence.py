"""A sentence that is Japanese wherever it is read as text, and can be said in the language of a screen."""

from datetime import date, time
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext

# What fills these is a word of ours: a label, a fee, or a number or name for which the terms may say なし.
_OURS = frozenset({"label", "fee", "years", "quantity", "own", "linked"})


class Sentence(str):
    """The finished Japanese sentence, made of ``text`` with ``{names}`` and what fills them; ``said`` says it anew.

    What fills it may be a sentence itself, or a word of ours. All else stays as it is: what somebody wrote is quoted,
    and names of the catalogue are the terms' own.
    """

    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, /, **values: Any) -> "Sentence":
        sentence = super().__new__(cls, text.format(**values))
        sentence.text, sentence.values = text, values
        return sentence

    def __reduce__(self) -> tuple[Any, ...]:
        """What it is made of anew in another process: the finished text may hold braces of its own."""
        return _made, (self.text, {name: _handed_on(value) for name, value in self.values.items()})

    def said(self) -> str:
        """The sentence in the active language."""
        return gettext(self.text).format(**{name: _said(name, value) for name, value in self.values.items()})


def _made(text: str, values: dict[str, Any]) -> Sentence:
    return Sentence(text, **values)


def _handed_on(value: Any) -> Any:
    """A value as another process may have it: of a file its name, of an error its words."""
    if isinstance(value, PurePath):
        return value.name
    return value if isinstance(value, str | int | float | date | time | None) else str(value)


def _said(name: str, value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.said()
    return gettext(value) if name in _OURS and isinstance(value, str) else value
