"""The processes of production, started as their units start them: every line that they write is an object."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.wiring.production import ROOT, commands, environment

PATIENCE = 40


def parsed(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def running(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            yield process
            process.terminate()
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()


def until_logged(log: Path, text: str) -> None:
    until = time.monotonic() + PATIENCE
    while text not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < until, log.read_text(encoding="utf-8")
        time.sleep(0.1)


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Production without PostgreSQL and Redis: a database of its own, that has had no migration."""
    return environment(
        DATABASE_URL=f"sqlite:///{tmp_path / 'db.sqlite3'}",
        CELERY_BROKER_URL="memory://",
        STATIC_ROOT=str(tmp_path / "static"),
        STATICFILES_BACKEND="django.contrib.staticfiles.storage.StaticFilesStorage",
        WEB_WORKERS="1",
    )


def test_gunicorn(env: dict[str, str], tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log, address = tmp_path / "web.log", f"http://127.0.0.1:{port}"
    (command,) = commands("csoc-web")
    with running(command, env | {"WEB_BIND": f"127.0.0.1:{port}"}, log) as process:
        until_logged(log, "Booting worker")
        assert status(f"{address}/healthz/live") == 200
        # Without migrations it lives, and says that it cannot work.
        assert status(f"{address}/healthz/ready") == 503
        assert status(f"{address}/admin/%0Aforged?q=secret") == 400
        child = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()[0]
        os.kill(int(child), signal.SIGKILL)
        until_logged(log, "SIGKILL")
        assert status(f"{address}/healthz/live") == 200
    assert process.returncode == 0
    lines = parsed(log)
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    assert any(line["path"] == "/admin/%0Aforged" for line in lines if line["logger"] == "csoc_admin.access")
    assert "Migrations are not applied" in log.read_text(encoding="utf-8")
    assert "secret" not in log.read_text(encoding="utf-8")


def test_a_worker(env: dict[str, str], tmp_path: Path):
    log = tmp_path / "worker.log"
    (command,) = commands("csoc-worker")
    with running(command, env, log) as process:
        until_logged(log, "ready.")
    assert process.returncode == 0
    assert [line["logger"] for line in parsed(log) if "ready." in line["message"]] == ["celery.apps.worker"]


def test_the_clock(env: dict[str, str], tmp_path: Path):
    """Stopped once it waits: in its first moment it can lose the signal (csoc-beat.service)."""
    log = tmp_path / "beat.log"
    (command,) = commands("csoc-beat")
    command[command.index("--schedule") + 1] = str(tmp_path / "schedule")
    command[command.index("--loglevel") + 1] = "DEBUG"
    with running(command, env, log) as process:
        until_logged(log, "Waking up")
    assert process.returncode == 0
    assert "beat: Starting..." in [line["message"] for line in parsed(log)]
