"""台帳の書出し: everything on record as one book, as of one moment."""

from collections.abc import Sequence
from pathlib import Path

from contracts.facts.recorded import Recorded
from contracts.facts.snapshot import one_moment
from contracts.intake.book.write import write_book


def export_book(path: Path, *, english: bool = False, recorded: Sequence[Recorded]) -> int:
    """Write the book with its record, the tables ``recorded``; how many rows its ordinary sheets have.

    The same state is the same file, to the byte. Raises what ``write_book`` raises.
    """
    with one_moment():
        return write_book(path, english=english, recorded=recorded)
