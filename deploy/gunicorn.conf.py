"""gunicorn in production: gunicorn --config deploy/gunicorn.conf.py csoc_admin.wsgi

WEB_BIND, WEB_WORKERS and WEB_TIMEOUT come from the environment; gunicorn's own command line goes before all of them.
"""

import os
import shutil
import tempfile

# A book of tens of thousands of rows is judged while its sender waits.
timeout = int(os.environ.get("WEB_TIMEOUT", "120"))
# Before the answer would be given up the database gives up, and whoever waits is told so. Settings take them as they are read.
patience = max(1, timeout - 20)
# What each worker counts for /metrics is added up from files; they last as long as this process.
counted_before = "PROMETHEUS_MULTIPROC_DIR" in os.environ
given = {"STATEMENT_SECONDS": str(patience), "LOCK_SECONDS": str(min(30, patience))}
if not counted_before:
    given["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="csoc-metrics-")
for name, value in given.items():
    os.environ.setdefault(name, value)

from prometheus_client import multiprocess  # noqa: E402

from csoc_admin.settings import LOGGING  # noqa: E402

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
# Told to stop, it answers what it has begun to answer; longer than systemd waits (TimeoutStopSec) would be in vain.
graceful_timeout = 30
# Each worker is replaced now and then, not all at once.
max_requests = 2000
max_requests_jitter = 200

# gunicorn's lines look like all others; csoc_admin.access writes the line of a request.
logconfig_dict = LOGGING
control_socket_disable = True


def child_exit(server, worker):
    """What a worker that is gone had counted stays; what it had under way does not."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """The files of the counts go with the process that made them."""
    if not counted_before:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
