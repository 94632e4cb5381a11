"""A book that was brought, tried and taken in, in the background: read by a process of its own, judged and written as the command does."""

from collections.abc import Callable
from logging import getLogger
from pathlib import Path
from typing import BinaryIO

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from billing.operations.before_ledger import warns_of_books
from billing.operations.book_result import CHECKED, Result, counted, marks_of, of_refused, of_taken
from billing.operations.book_uploads import file_of
from contracts.clock import now, today
from contracts.facts import history
from contracts.intake.book.apart import mark_apart, read_apart
from contracts.intake.book.listed import Asked
from contracts.intake.book.read import Book
from contracts.intake.faults import BookError
from contracts.models import BookImport, BookUpload, FactsRevision
from contracts.operations.import_book import import_book
from contracts.operations.listed_before import remembered
from contracts.operations.refusal import Refused

log = getLogger(__name__)

UNFINISHED = ("waiting", "running", "taking")


class _OtherwiseError(Exception):
    """What would be taken in is not what was shown."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class _OvertakenError(Exception):
    """Another process has taken the book in meanwhile."""


def try_book(pk: int) -> str:
    """Try the book whole, and take it back; the state it comes to. Called again it changes nothing, killed it begins anew."""
    rows = BookUpload.objects.filter(pk=pk)
    if not rows.filter(state__in=("waiting", "running")).update(state="running", phase="", done=0, error=""):
        return rows.values_list("state", flat=True).get()
    upload = rows.select_related("brought_by").get()
    revision = FactsRevision.current()
    try:
        with file_of(upload) as path:
            result = _run(upload, path, str(upload.brought_by), _read(upload, path), dry_run=True)
    except Exception as error:
        _failed(pk, "running", error)
        return "failed"
    told = {"result": result, "facts_revision": revision, "tried_at": now(), "phase": ""}
    rows.filter(state="running").update(state="tried", **told)
    return rows.values_list("state", flat=True).get()


def take_book(pk: int) -> str:
    """Take in the book that was decided on, should it come to what was shown; the state it comes to. Called again it changes nothing.

    Where facts have changed it so, it comes to otherwise, nothing is written: it waits for the decision again, or, with faults,
    for whoever brought it.
    """
    rows = BookUpload.objects.filter(pk=pk)
    upload = rows.select_related("decided_by").get()
    if upload.state != "taking":
        return upload.state
    revision = FactsRevision.current()
    try:
        with file_of(upload) as path:
            _take(upload, path, _read(upload, path))
    except _OtherwiseError as otherwise:
        state = "sent" if otherwise.result["status"] == CHECKED else "tried"
        told = {"result": otherwise.result | {"differs": True}, "facts_revision": revision, "tried_at": now()}
        rows.filter(state="taking").update(state=state, decided_by=None, decided_at=None, phase="", **told)
    except _OvertakenError:
        log.info("the book %s was taken in by another process", pk)
    except Exception as error:
        _failed(pk, "taking", error)
    return rows.values_list("state", flat=True).get()


@transaction.atomic
def _take(upload: BookUpload, path: Path, book: Book) -> None:
    """All of it in one transaction, or nothing."""
    result = _run(upload, path, str(upload.decided_by), book, dry_run=False)
    if result["mark"] != upload.result.get("mark") or result["status"] != CHECKED:
        raise _OtherwiseError(result)
    imported = BookImport.objects.filter(sha256=upload.sha256).order_by("-pk").first()
    taken = {"state": "taken", "book_import": imported, "phase": ""}
    if not BookUpload.objects.filter(pk=upload.pk, state="taking").update(**taken):
        raise _OvertakenError
    after = {"name": upload.name, "sha256": upload.sha256}
    history.record("take_book", "book", str(upload.pk), by=str(upload.decided_by), after=after)


def marked_file(upload: BookUpload, out: BinaryIO) -> None:
    """Write the book with its faulty cells marked, as a workbook, into ``out``. Raises Refused where the file is kept no more."""
    with file_of(upload) as path:
        mark_apart(path, marks_of(upload.result), out)


def _run(upload: BookUpload, path: Path, by: str, book: Book, *, dry_run: bool) -> Result:
    rows = counted(book)
    try:
        taken = import_book(
            path,
            by=by,
            on=today(),
            dry_run=dry_run,
            progress=_teller(upload.pk),
            warns=warns_of_books(),
            read=lambda _path, _asked: book,
        )
    except BookError as refused:
        return of_refused(refused, book, rows)
    return of_taken(taken, book, rows)


def _read(upload: BookUpload, path: Path) -> Book:
    """The book, read by a process of its own; how far it is stands on the upload."""
    tell = _teller(upload.pk)
    tell(_("読み込み中"))
    asked = Asked(said=upload.said, columns=upload.columns, remembered=remembered())
    return read_apart(path, asked, counted=lambda done: BookUpload.objects.filter(pk=upload.pk).update(done=done))


def _teller(pk: int) -> Callable[[str], None]:
    """Tells how far it is, so that it is seen at once.

    Within a transaction by a connection of its own, so that it is not rolled back with the trial; SQLite, where one writes at a
    time, goes without.
    """

    def tell(phase: str) -> None:
        if not connection.in_atomic_block:
            BookUpload.objects.filter(pk=pk).update(phase=phase[:100])
            return
        if connection.vendor != "postgresql":
            return
        beside = connection.copy()
        try:
            with beside.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")
                cursor.execute("UPDATE contracts_bookupload SET phase = %s WHERE id = %s", [phase[:100], pk])
        except DatabaseError:
            log.info("how far the book %s is could not be told", pk)
        finally:
            beside.close()

    return tell


def _failed(pk: int, state: str, error: Exception) -> None:
    """Keep why it came to no end: what a refusal says, and of everything else its name for whoever looks after the server."""
    log.exception("the book %s failed", pk)
    said = str(error) if isinstance(error, Refused) else f"{type(error).__name__}: {error}"
    kept = {"decided_by": None, "decided_at": None} if state == "taking" else {}
    BookUpload.objects.filter(pk=pk, state=state).update(state="failed", error=said[:500], phase="", **kept)
