"""What is wrong with a book, said so that the row can be found and mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from contracts.intake.book.sheets import BY_NAME
from contracts.intake.sentence import Sentence
from contracts.terms.clause import spoken


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it is (sheet, row as the sheet numbers it, column) and which clause is broken, '' where none is."""

    sheet: str
    row: int | None
    column: str
    message: str
    clause: str = ""

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {
            **{name: getattr(self, name) for name in ("sheet", "row", "column", "clause")},
            "message": str(self.message),
        }

    def said(self) -> str:
        """What is wrong, in the language of the screen."""
        return self.message.said() if isinstance(self.message, Sentence) else gettext(self.message)

    def __str__(self) -> str:
        sheet, column = labels(self.sheet, self.column)
        place = " ".join(part for part in (sheet, f"{self.row}行" if self.row else "", column) if part)
        where = f"{place}：" if place else ""
        return f"{where}{self.message}" + (f"（{spoken(self.clause)}）" if self.clause else "")


@dataclass(frozen=True, slots=True)
class Note:
    """What was read otherwise than written, or passed over: told once a kind, beside the warnings."""

    sheet: str
    column: str
    message: Sentence

    def as_dict(self) -> dict[str, object]:
        """For machines."""
        return {"sheet": self.sheet, "column": self.column, "message": str(self.message)}

    def said(self) -> str:
        """The note in the language of the screen."""
        return self.message.said()

    def __str__(self) -> str:
        sheet, column = labels(self.sheet, self.column)
        place = " ".join(part for part in (f"{sheet}シート" if sheet else "", column) if part)
        return f"{place}：{self.message}" if place else str(self.message)


def labels(sheet: str, column: str) -> tuple[str, str]:
    """What people call a sheet and its column; as written in the book where neither is one of ours."""
    known = BY_NAME.get(sheet)
    if known is None:
        return sheet, column
    return known.label, next((c.label for c in known.columns if c.name == column), column)


class BookError(Exception):
    """A book that is not taken, with every fault found, and how many more there are than can be told."""

    def __init__(self, faults: list[Fault], notes: Sequence[Note] = (), *, untold: int = 0) -> None:
        super().__init__(f"{len(faults) + untold} faults")
        self.faults = faults
        self.notes = list(notes)
        self.untold = untold
