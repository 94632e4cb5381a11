"""台帳の書出し: a book written whole before any of it leaves, and the entry of it in the history."""

import os
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from contracts import clock
from contracts.facts import history
from contracts.intake.book.narrowed import EVERYTHING, Narrowed
from contracts.intake.book.write import write_book
from contracts.models import ManagementUnit
from contracts.operations.refusal import Refused

Write = Callable[..., int]
XLSX, CSV = "xlsx", "csv"
KEPT_IN_MEMORY = 8 << 20
"""Bytes of a file beyond which it goes to disk."""
SOME_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time that files of an archive have, so that the same facts make the same bytes."""


@dataclass(frozen=True, slots=True)
class ExportedBook:
    """The file, from its beginning, its name, and how many rows it has."""

    file: BinaryIO
    name: str
    rows: int


def export_book(
    narrowed: Narrowed = EVERYTHING,
    *,
    form: str = XLSX,
    english: bool = False,
    by: AbstractBaseUser | str,
    write: Write = write_book,
) -> ExportedBook:
    """Write the book of everything, of a customer or of a unit: a workbook, or an archive of CSV files. ``write`` writes it.

    Raises Refused where there is no such customer or unit; then nothing is recorded.
    """
    code = narrowed.customer or narrowed.unit
    if not narrowed.is_there():
        raise Refused(_("「%(code)s」は登録されていません。") % {"code": code})
    ending = "xlsx" if form == XLSX else "zip"
    file: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115 (whoever takes the file closes it)
    with TemporaryDirectory(prefix="book-") as folder:
        path = Path(folder) / ("book.xlsx" if form == XLSX else "book")
        # On PostgreSQL in a transaction, so that all sheets are of one moment; SQLite would keep every writer out.
        with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
            rows = write(path, english=english, narrowed=narrowed)
        if form == XLSX:
            with path.open("rb") as written:
                copyfileobj(written, file)
        else:
            _pack(path, file)
    unit = ManagementUnit.objects.filter(code=narrowed.unit).first() if narrowed.unit else None
    after = {"format": form, "row_count": rows, "sha256": _digest(file)}
    history.record("export", "book_export", code or "*", by=by, unit_id=unit.pk if unit else None, after=after)
    file.seek(0)
    named = f"_{code}" if code else ""
    return ExportedBook(file, f"契約台帳{named.replace('/', '_')}_{clock.today()}.{ending}", rows)


def _pack(folder: Path, file: Any) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(os.listdir(folder)):
            part = zipfile.ZipInfo(name, SOME_MOMENT)
            part.compress_type = zipfile.ZIP_DEFLATED
            with (folder / name).open("rb") as written, archive.open(part, "w") as packed:
                copyfileobj(written, packed)


def _digest(file: Any) -> str:
    digest = sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
