"""A file for what is too much to be held: rows and names that are put away, found and put in order."""

import sqlite3


def scratch_file(*statements: str) -> sqlite3.Connection:
    """A new scratch file in which the statements were carried out. It has no name that anybody could open, and goes with this process."""
    file = sqlite3.connect("", isolation_level=None)
    # Nothing of it is ever taken back.
    file.execute("PRAGMA journal_mode = OFF")
    file.execute("BEGIN")
    for statement in statements:
        file.execute(statement)
    return file
