"""What is wrong with a book, said so that the row can be found and mended."""

from dataclasses import asdict, dataclass

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
        return asdict(self)

    def __str__(self) -> str:
        place = " ".join(part for part in (self.sheet, f"{self.row}行" if self.row else "", self.column) if part)
        return f"{place}：{self.message}" + (f"（{spoken(self.clause)}）" if self.clause else "")


class BookError(Exception):
    """A book that is not taken, with every fault found."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
