"""A machine of its own: a PostgreSQL and a Redis that nobody else uses, as bare as after their installation."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
PATIENCE = 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Machine:
    """Servers in a folder, thrown away with it. PostgreSQL refuses to run as root: then it runs as its own user."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="csoc-machine-", dir="/tmp"))
        self.user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        shutil.chown(self.folder, self.user)
        self.archive = self.folder / "archive"
        self.port, self.redis_port = free_port(), free_port()
        self.redis: subprocess.Popen[bytes] | None = None

    def run(self, *command: str | Path, **env: str) -> str:
        """Run as the user of PostgreSQL; what it says."""
        as_user = ["runuser", "-u", self.user, "--"] if os.getuid() == 0 else []
        given = {**os.environ, "PGHOST": str(self.folder), "PGPORT": str(self.port), "PGUSER": self.user, **env}
        words = [*as_user, *map(str, command)]
        done = subprocess.run(
            words, cwd=self.folder, env=given, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout.strip()

    def start(self) -> None:
        """Both servers, with the log of changes kept apart as docs/operations.md says."""
        self.run("mkdir", self.archive)
        self.run(
            PROGRAMS / "initdb",
            "--no-sync",
            "--auth-host=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            self.folder / "data",
        )
        keep = f"test ! -f {self.archive}/%f && cp %p {self.archive}/%f"
        self.configure("data", f"archive_mode = on\narchive_command = '{keep}'\nfsync = off\njit = off\n")
        self.begin("data")
        self.queue()

    def queue(self) -> None:
        """Redis, as soon as it answers."""
        self.redis = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(self.redis_port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                str(self.folder),
            ],
            stdout=subprocess.DEVNULL,
        )
        until = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", self.redis_port)):
            assert time.monotonic() < until
            time.sleep(0.05)

    def configure(self, name: str, lines: str) -> None:
        own = f"\nport = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{self.folder}'\n"
        self.run("sh", "-c", 'cat >>"$1" <<END\n' + own + lines + "END", "sh", self.folder / name / "postgresql.conf")

    def begin(self, name: str) -> None:
        self.run(
            PROGRAMS / "pg_ctl", "--wait", "--pgdata", self.folder / name, "--log", self.folder / f"{name}.log", "start"
        )

    def end(self, name: str) -> None:
        self.run(PROGRAMS / "pg_ctl", "--wait", "--mode=fast", "--pgdata", self.folder / name, "stop")

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self.run("psql", "--no-align", "--tuples-only", "--quiet", "--dbname", database, "--command", statement)

    def stop(self) -> None:
        if self.redis is not None:
            self.redis.kill()
            self.redis.wait()
        for data in self.folder.glob("*/postmaster.pid"):
            subprocess.run(
                [
                    "runuser",
                    "-u",
                    self.user,
                    "--",
                    PROGRAMS / "pg_ctl",
                    "--mode=immediate",
                    "--pgdata",
                    data.parent,
                    "stop",
                ]
                if os.getuid() == 0
                else [PROGRAMS / "pg_ctl", "--mode=immediate", "--pgdata", data.parent, "stop"],
                stdout=subprocess.DEVNULL,
                check=False,
            )
        shutil.rmtree(self.folder, ignore_errors=True)
