"""The process that reads or marks one book and ends: ``python -m contracts.intake.book.child WHAT PATH MEMORY SECONDS WRITTEN OUT``.

Started by contracts.intake.book.apart. What is asked comes on standard input, as JSON; rows read so far go to standard output.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from contracts.intake.book.apart import read_into
from contracts.intake.book.listed import Asked, Remembered
from contracts.intake.book.marking import Marks, write_marked


def main(what: str, path: Path, out: int, asked: dict[str, Any]) -> None:
    """Do what is asked with the book, within the bounds that are set already."""
    with os.fdopen(out, "wb") as file:
        if what == "mark":
            write_marked(path, Marks.of_json(asked), file)
            return
        remembered = {key: Remembered(**known) for key, known in asked.pop("remembered").items()}
        read_into(path, Asked(**asked, remembered=remembered), file, counted=_tell)


def _tell(rows: int) -> None:
    print(rows, flush=True)


def bound(memory: int, seconds: int, written: int) -> None:
    """From here on this process has no more memory, no more time of a processor, and writes no more than that."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    _what, _path, *_bounds, _out = sys.argv[1:]
    bound(*map(int, _bounds))
    main(_what, Path(_path), int(_out), json.load(sys.stdin))
