"""What the sheets of the record are called: known without the tables, so that a book can be read where there is no database."""

from contracts.intake.book.people import plain

FORMAT, FORMAT_LABEL = "format", "版"
NAME, LABEL = "recorded_", "記録_"
"""How the names of the tables' sheets begin, in English and in Japanese."""


def is_of_record(name: str) -> bool:
    """Whether a sheet of that name belongs to the record, and is nothing that people fill in."""
    folded = plain(name)
    return folded in (FORMAT, FORMAT_LABEL) or folded.startswith((NAME, LABEL))
