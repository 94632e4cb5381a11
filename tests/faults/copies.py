"""Processes of Celery, each a real one, to be killed, without the seconds that loading the product takes: copies of one that has loaded it."""

import json
import os
import select
import subprocess
import sys

from tests.conftest import ROOT


class Copies:
    """The program that has loaded the product (``tests.faults.ready``), and makes a process of each line it is sent."""

    def __init__(self, env):
        command = [sys.executable, "-m", "tests.faults.ready"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._ready = subprocess.Popen(command, cwd=ROOT, env=env, text=True, bufsize=1, **pipes)

    def process(self, log, **said):
        """One more process: ``celery`` with those ``arguments``, on that ``database`` and ``queue``, in that ``env``; its ``mails`` go to files."""
        log.touch()  # it is read before the process has written anything
        self._ready.stdin.write(json.dumps({"log": str(log), **said}) + "\n")
        answer = self._ready.stdout.readline()
        assert answer, "the server of processes has ended"
        return Copy(int(answer), log)

    def end(self):
        self._ready.stdin.close()
        self._ready.wait(60)


class Copy:
    """A process that is the child of another: whether it lives, and when it ends."""

    def __init__(self, pid, log):
        self.pid, self.log = pid, log
        try:
            self._known = os.pidfd_open(pid)
        except ProcessLookupError:
            self._known = None

    def poll(self):
        """None while it lives."""
        return None if self._known is not None and not self._ended(0) else True

    def wait(self, patience):
        """Until it has ended, at most so many seconds."""
        assert self._known is None or self._ended(patience), f"{self.pid} is still at work after {patience} seconds"

    def _ended(self, patience):
        return bool(select.select([self._known], [], [], patience)[0])
