"""How much a book may take: no file, however broken or hostile, holds its reader up or fills its memory."""

import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from contracts.intake.book.table import UnreadableError
from contracts.intake.sentence import Sentence

MOST_FAULTS = 1_000
"""Faults told of one book; how many more there are is counted."""
MOST_FILES = 1_000
"""Files in a folder or an archive. A book has ten sheets."""
MOST_BYTES, FREE_BYTES, MOST_TIMES = 2 << 30, 24 << 20, 40
"""A book unpacks to 2 GiB at the most; what is larger than 24 MiB is not 40 times as large as its file: a workbook is about ten."""
SECONDS, SECONDS_A_MEGABYTE = 20.0, 2.5
"""Time of a processor for reading a file: for any, and for each MiB of it. A workbook takes a second or so a MiB."""
ROWS, ROWS_A_MEGABYTE = 150_000, 60_000
"""Rows of a file: of any, and for each MiB of it. A workbook of prices has some 25,000 a MiB."""
ENDLESS = 10 * MOST_FAULTS
"""With so many faults the reading stops."""
LONGEST_TEXT = 1 << 16
"""Characters of a cell: a spreadsheet holds half as many."""


@dataclass(slots=True)
class Bounds:
    """What reading one book may take, by the size of its files in bytes. Who writes while reading is not ``timed``: an operator's
    restore, which the bounds on bytes and rows bring to an end."""

    size: int
    timed: bool = True
    began: float = field(default_factory=time.thread_time)
    read: int = 0
    rows: int = 0

    def row(self) -> None:
        """Count a row. Raises UnreadableError for more than a file of that size has, and what ``check`` raises."""
        self.rows += 1
        if self.rows % 1000:
            return
        if self.rows > ROWS + ROWS_A_MEGABYTE * self.size / (1 << 20):
            raise UnreadableError(Sentence("行が多すぎます（{count:,}行）", count=self.rows))
        self.check()

    def check(self, read: int = 0) -> None:
        """Count bytes that were read and look at the time. Raises UnreadableError beyond the bounds."""
        self.read += read
        if self.read > 4 * max(FREE_BYTES, MOST_TIMES * self.size):
            raise too_large(self.read)
        if self.timed and time.thread_time() - self.began > SECONDS + SECONDS_A_MEGABYTE * self.size / (1 << 20):
            raise UnreadableError(Sentence("台帳を読むのに時間がかかりすぎます。分けて渡してください"))


def of_archive(path: Path, parts: zipfile.ZipFile, *, timed: bool = True) -> Bounds:
    """The bounds of a workbook or an archive; what it says that it unpacks to is looked at before anything is read."""
    listed = parts.infolist()
    if len(listed) > MOST_FILES:
        raise UnreadableError(Sentence("ファイルが多すぎます（{count:,}）", count=len(listed)))
    size, unpacked = path.stat().st_size, sum(part.file_size for part in listed)
    if unpacked > MOST_BYTES or unpacked > max(FREE_BYTES, MOST_TIMES * size):
        raise too_large(unpacked)
    return Bounds(size, timed)


def too_large(unpacked: int) -> UnreadableError:
    """The refusal of a book that unpacks to so many bytes."""
    return UnreadableError(Sentence("台帳が大きすぎます（展開すると{unpacked:,}バイト）", unpacked=unpacked))
