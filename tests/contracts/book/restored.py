"""A book out and back: what is on record before and after, row by row, and the files to the byte."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import transaction

from billing.facts.recorded import OF_THE_BOOK
from contracts.facts.recorded import PEOPLE, rows_on_record


def export(path, *arguments):
    """The book as ``export_book`` writes it."""
    call_command("export_book", str(path), *arguments, stdout=StringIO())
    return path


def restore(path, *arguments):
    """What ``import_book --restore`` says."""
    out = StringIO()
    call_command("import_book", str(path), "--restore", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def on_record():
    """Every row of every table of the book, by table."""
    return {table.name: list(rows_on_record(table, OF_THE_BOOK)) for table in OF_THE_BOOK}


def numbers():
    """The number of every row, by table: whatever names a row by number goes on meaning it."""
    return {
        table.name: sorted(table.rows().values_list("pk", flat=True)) for table in OF_THE_BOOK if table is not PEOPLE
    }


def undone(make: Callable[[], None], look: Callable[[], object]):
    """What there is to see where that was done; then the database is empty again."""
    with transaction.atomic():
        make()
        seen = look()
        transaction.set_rollback(True)
    return seen


def bytes_of(path: Path) -> dict[str, bytes]:
    """A file, or the files of a folder, to the byte."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {file.name if path.is_dir() else "": file.read_bytes() for file in files}


def goes_round(make: Callable[[], None], folder: Path, kind: str = "book.xlsx") -> None:
    """What was made, exported and restored, is on record as it was; exported again it is the same file."""

    def seen():
        export(folder / "a" / kind)
        return on_record(), numbers()

    before = undone(make, seen)
    restore(folder / "a" / kind)
    assert (on_record(), numbers()) == before
    export(folder / "b" / kind)
    assert bytes_of(folder / "b" / kind) == bytes_of(folder / "a" / kind)
