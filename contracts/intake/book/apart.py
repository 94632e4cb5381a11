"""A book read, or marked, by a process of its own: what is broken or hostile in it costs neither the server nor a worker.

The process knows no secret and no database; its memory, its time and what it may write are bounded from its first moment on.
"""

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from contracts.intake.book.bounds import SECONDS, SECONDS_A_MEGABYTE
from contracts.intake.book.kept import Kept
from contracts.intake.book.listed import Asked
from contracts.intake.book.marking import Marks
from contracts.intake.book.read import Book, Counted, Row, read_book
from contracts.intake.book.row import plain_of, row_of
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

ROOT = Path(__file__).resolve().parents[3]
MEMORY, MEMORY_A_BYTE = 512 << 20, 48
"""Bytes of memory: for any book, and for each byte of it. A workbook of 70,000 rows takes 130 MiB."""
WRITTEN, WRITTEN_A_BYTE = 64 << 20, 40
"""Bytes that may be written of what was read."""
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONHASHSEED")
_OURS = ("contracts.intake.",)
_PLAIN = {
    *(("datetime", name) for name in ("date", "datetime", "time")),
    *(("builtins", name) for name in ("set", "frozenset", "dict", "list", "tuple")),
    ("collections", "defaultdict"),
}


class StoppedError(Exception):
    """The process did not come to its end: beyond its bounds, or the file broke it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take: bytes of memory, seconds of a processor, bytes written; and seconds by the clock."""

    memory: int
    seconds: int
    written: int
    patience: float

    @classmethod
    def of(cls, path: Path) -> "Limits":
        """By the size of the file."""
        size = path.stat().st_size
        seconds = int(SECONDS + SECONDS_A_MEGABYTE * size / (1 << 20)) + 8
        return cls(MEMORY + MEMORY_A_BYTE * size, seconds, WRITTEN + WRITTEN_A_BYTE * size, 4.0 * seconds)


def read_apart(path: Path, asked: Asked, *, counted: Counted | None = None) -> Book:
    """Read a book in a process of its own, as ``read_book`` does; ``counted`` is told how many rows were read.

    A process that does not come to its end is a fault of the book.
    """
    with tempfile.TemporaryFile() as out:
        try:
            _run("read", path, asdict(asked), out, counted)
            out.seek(0)
            return _loaded(out)
        except StoppedError:
            book = Book(comparable=False)
            message = Sentence("台帳が大きすぎるか壊れているため、読むのを止めました。分けるか、保存し直してください")
            book.refuse(Fault("", None, "", message))
            return book


def mark_apart(path: Path, marks: Marks, out: BinaryIO) -> None:
    """Write the book with its faulty cells marked, as a workbook, into ``out``. Raises StoppedError."""
    _run("mark", path, marks.as_json(), out, None)
    out.seek(0)


def _run(what: str, path: Path, asked: Mapping[str, Any], out: BinaryIO, counted: Counted | None) -> None:
    """Run the process to its end; what it writes goes to ``out``. Raises StoppedError."""
    limits = Limits.of(path)
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    arguments = [sys.executable, "-m", "contracts.intake.book.child", what, str(path)]
    arguments += [str(limits.memory), str(limits.seconds), str(limits.written)]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as said:
        given.write(json.dumps(asked, ensure_ascii=False).encode())
        given.seek(0)
        # The descriptor of the file is handed down: no name of it is guessed, and nothing else is open there.
        process = subprocess.Popen(
            [*arguments, str(out.fileno())],
            cwd=ROOT,
            env=environment,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=said,
            pass_fds=(out.fileno(),),
            start_new_session=True,
        )
        timer = threading.Timer(limits.patience, _end, [process.pid])
        timer.start()
        try:
            assert process.stdout is not None
            for number in _numbers(process.stdout):
                if counted is not None:
                    counted(number)
            code = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                _end(process.pid)
                process.wait()
        if code != 0:
            said.seek(0)
            raise StoppedError(f"{what}: {code}: {said.read()[-500:].decode(errors='replace')}")


def _end(pid: int) -> None:
    """End the process that was started here, whatever it is doing."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _numbers(said: Any) -> Iterator[int]:
    for line in said:
        if line.strip().isdigit():
            yield int(line)


class _Careful(pickle.Unpickler):
    """Makes what a book is made of, and nothing else: who reads a hostile file is not believed."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or module.startswith(_OURS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


class _Written(Kept):
    """Rows that are written as they are read, in pieces of one sheet: none is held for long."""

    def __init__(self, out: BinaryIO, at_once: int) -> None:
        super().__init__()
        self._out, self._at_once = out, at_once
        self._piece: list[Row] = []

    def add(self, row: Row) -> None:
        """Write the row with others of its sheet."""
        if self._piece and (len(self._piece) == self._at_once or self._piece[0].sheet != row.sheet):
            self.end()
        self._piece.append(row)

    def end(self) -> None:
        """Write what is held."""
        if self._piece:
            piece = [(row.number, *plain_of(row)) for row in self._piece]
            pickle.dump((self._piece[0].sheet, piece), self._out, protocol=5)
            self._piece = []


def read_into(
    path: Path, asked: Asked, out: BinaryIO, *, counted: Counted = lambda rows: None, at_once: int = 2_000
) -> None:
    """Read a book and write it as it is read: its rows in pieces, so that no piece is large, then all else of it."""
    rows = _Written(out, at_once)
    book = read_book(path, asked, counted=counted, rows=rows)
    rows.end()
    book.rows = Kept()
    book.counted = None  # type: ignore[assignment]
    pickle.dump(("", book), out, protocol=5)
    out.flush()


def _loaded(out: BinaryIO) -> Book:
    read = Kept()
    file: Any = io.BufferedReader(out) if isinstance(out, io.RawIOBase) else out
    try:
        while True:
            sheet, found = _Careful(file).load()
            if not sheet:
                found.rows = read
                return found  # type: ignore[no-any-return]
            for number, *values in found:
                read.add(row_of(sheet, number, values))
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError, TypeError, KeyError) as error:
        raise StoppedError(str(error)) from error
