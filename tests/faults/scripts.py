"""Scripts of the product, each in a process of its own, without the seconds that loading the product takes: copies of one that has loaded it.

Started as ``python -m tests.faults.scripts`` by ``Scripts``. Each line that the program reads is a script; its answer is how that ended.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

from tests.faults.ending import end_after
from tests.garbage import keep_what_is_loaded

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
"""After so long a script is taken to hang: it is ended, with all that it began."""


@dataclass(frozen=True)
class Ended:
    """How a script ended, and what it and the processes that it began wrote, once all of them had ended."""

    code: int
    out: str
    errors: str


class Scripts:
    """The program that has loaded the product on a database, and makes a process of each script."""

    def __init__(self, env: dict[str, str]) -> None:
        given = {**env, "DJANGO_SETTINGS_MODULE": "csoc_admin.settings"}
        self._ready = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.scripts"],
            cwd=ROOT,
            env=given,
            text=True,
            bufsize=1,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, script: str) -> Ended:
        """Run it to its end; the code is negative where a signal ended it."""
        assert self._ready.stdin is not None
        assert self._ready.stdout is not None
        hangs = Timer(PATIENCE_SECONDS, os.killpg, (self._ready.pid, signal.SIGKILL))
        hangs.start()
        try:
            self._ready.stdin.write(json.dumps(script) + "\n")
            answer = self._ready.stdout.readline()
        finally:
            hangs.cancel()
        assert answer, "what the processes are copies of has ended"
        return Ended(**json.loads(answer))

    def end(self) -> None:
        """It ends with the last of what it is given to read."""
        self._ready.communicate(timeout=PATIENCE_SECONDS)


def done(script: str) -> Ended:
    """Run a script in a copy of this process."""
    reads, writes = os.pipe()
    with tempfile.TemporaryFile() as errors:
        number = os.fork()
        if not number:
            os.dup2(writes, 1)
            os.dup2(errors.fileno(), 2)
            os.close(reads)
            os.close(writes)
            end_after(lambda: exec(compile(script, "<script>", "exec"), {"__name__": "__main__"}))
        os.close(writes)
        # It ends when the last of the processes that have it has ended.
        with os.fdopen(reads, encoding="utf-8") as out:
            said = out.read()
        code = os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])
        errors.seek(0)
        return Ended(code, said, errors.read().decode())


if __name__ == "__main__":
    from importlib import import_module

    import django
    from django.conf import settings

    django.setup()

    from django.db import connections

    from billing.operations import close_month, propose
    from contracts.operations import import_book

    # What every command of manage.py looks through before it begins.
    import_module(settings.ROOT_URLCONF)
    LOADED = (close_month, propose, import_book)
    assert connections["default"].connection is None, "a connection would be everybody's"
    keep_what_is_loaded()
    for line in sys.stdin:
        print(json.dumps(vars(done(json.loads(line)))), flush=True)
