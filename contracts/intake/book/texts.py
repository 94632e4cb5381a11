"""Texts by number, as the cells of a workbook share them: the first in memory, the others in a scratch file."""

import tempfile
from array import array
from typing import BinaryIO

IN_MEMORY = 50_000
"""Texts that are held. What stands in many cells, such as a category, is among the first of a workbook."""


class Texts:
    """Texts in the order in which they were added; in memory are eight bytes of each that is in the file."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._file: BinaryIO | None = None
        self._ends = array("Q", [0])

    def append(self, text: str) -> None:
        """Add a text."""
        if len(self._held) < IN_MEMORY:
            self._held.append(text)
            return
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 (it goes with the texts)
        self._file.seek(self._ends[-1])
        # A text of an escape such as _xD800_ is none that UTF-8 knows.
        self._ends.append(self._ends[-1] + self._file.write(text.encode(errors="surrogatepass")))

    def __len__(self) -> int:
        return len(self._held) + len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        """The text of a number, from 0. Raises ValueError where there is none: the file is broken."""
        if not 0 <= number < len(self):
            raise ValueError(f"text {number}")
        if number < len(self._held):
            return self._held[number]
        assert self._file is not None
        at = number - len(self._held)
        self._file.seek(self._ends[at])
        return self._file.read(self._ends[at + 1] - self._ends[at]).decode(errors="surrogatepass")
