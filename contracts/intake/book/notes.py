"""What a book was read as where it is written otherwise: gathered while it is read, told once a kind."""

from typing import Any

from contracts.intake.faults import Note
from contracts.intake.sentence import Sentence

MOST_KINDS = 200
"""Kinds that are told apart: a hostile book could write every cell in a way of its own."""


class Notes:
    """Gathers readings by sheet, column and manner, in the order in which they were first met."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str, str], list[Any]] = {}
        self._told: dict[Note, None] = {}

    def read(self, sheet: str, column: str, manner: str, raw: Any, count: int = 1) -> None:
        """A cell was read although it is written in that manner."""
        key = sheet, column, manner
        if key in self._counted:
            self._counted[key][0] += count
        elif len(self._counted) < MOST_KINDS:
            self._counted[key] = [count, shown(raw)]

    def tell(self, sheet: str, column: str, message: Sentence) -> None:
        """Something that holds for a sheet, a column or the book; said once."""
        if len(self._told) < MOST_KINDS:
            self._told[Note(sheet, column, message)] = None

    def all(self) -> list[Note]:
        """What holds for sheets first, then the cells by kind."""
        counted = [
            Note(sheet, column, self._sentence(manner, count, raw))
            for (sheet, column, manner), (count, raw) in self._counted.items()
        ]
        return [*self._told, *counted]

    @staticmethod
    def _sentence(manner: str, count: int, raw: str) -> Sentence:
        if manner == NOTHING:
            return Sentence("{count:,}件の「{raw}」を空と読みました", count=count, raw=raw)
        if manner == MERGED:
            return Sentence("結合されたセルの値「{raw}」などを{count:,}行の値と読みました", count=count, raw=raw)
        return Sentence("{count:,}件を「{raw}」のような書き方から読みました", count=count, raw=raw)


NOTHING, MERGED = "nothing", "merged"


def shown(raw: Any) -> str:
    """A cell as it is quoted: not at length."""
    text = str(raw).strip()
    return text if len(text) <= 40 else f"{text[:40]}…"
