"""A sentence that is Japanese wherever it is read as text, and can be said in the language of a screen."""

from typing import Any

from django.utils.translation import gettext


class Sentence(str):
    """The finished Japanese sentence, made of ``text`` with ``{names}`` and what fills them; ``said`` says it anew.

    What fills it may be a sentence itself, or a label of ours; names of the catalogue stay as the terms have them.
    """

    text: str
    values: dict[str, Any]

    def __new__(cls, text: str, **values: Any) -> "Sentence":
        sentence = super().__new__(cls, text.format(**values))
        sentence.text, sentence.values = text, values
        return sentence

    def said(self) -> str:
        """The sentence in the active language."""
        return gettext(self.text).format(**{name: _said(value) for name, value in self.values.items()})


def _said(value: Any) -> Any:
    if isinstance(value, Sentence):
        return value.said()
    # The empty msgid is the catalogue's own head.
    return gettext(value) if isinstance(value, str) and value else value
