"""Processes of the product: each a real one, to be killed, without the second that loading the product takes.

A server loads it once (``tests.faults.loaded``) and is copied for each process, which works on the SQLite file it is given.
"""

import multiprocessing
import os
import sys
import traceback
from pathlib import Path

from django.db import connections

PATIENCE = 120
_COPYING = multiprocessing.get_context("forkserver")
_COPYING.set_forkserver_preload(["tests.faults.loaded"])


class Apart:
    """A script at work in a process of its own; what it wrote, and how it ended."""

    def __init__(self, script: str, database: Path) -> None:
        name = os.urandom(8).hex()
        self._out, self._errors = (database.parent / f"{name}.{kind}" for kind in ("out", "err"))
        self._process = _COPYING.Process(target=_run, args=(script, database, self._out, self._errors))
        self._process.start()

    def ended(self, patience: float = PATIENCE) -> int:
        """Wait for its end; the exit code, negative where a signal ended it. AssertionError where it does not end in so many seconds."""
        self._process.join(patience)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
        assert code is not None, f"still at work after {patience} seconds"
        return code

    @property
    def out(self) -> str:
        return self._out.read_text(encoding="utf-8")

    @property
    def errors(self) -> str:
        return self._errors.read_text(encoding="utf-8")


def _run(script: str, database: Path, out: Path, errors: Path) -> None:
    """What the copy does: the script as ``python -c`` would run it; what ends by itself closes its file."""
    sys.stdout, sys.stderr = out.open("w", encoding="utf-8"), errors.open("w", encoding="utf-8")
    connections["default"].settings_dict["NAME"] = str(database)
    try:
        exec(compile(script, "<apart>", "exec"), {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
        sys.exit(1)
    finally:
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
