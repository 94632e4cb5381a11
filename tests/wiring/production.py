"""csoc_admin as its units start it: with their commands, and with the example of the environment file."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
INSTALLED = "/opt/csoc/"


def environment(**other: str) -> dict[str, str]:
    """What systemd would give a process: the example filled in, and nothing of the one who runs the tests."""
    lines = (DEPLOY / "csoc.env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    here = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"}
    return here | example | {"SECRET_KEY": secrets.token_urlsafe(50)} | other


def said_by_settings(names: str, env: dict[str, str]) -> str:
    """What a process with that environment would print of its settings ``s``: they are read, and nothing else is loaded."""
    asked = f"from django.conf import settings as s; print(({names}))"
    command = [sys.executable, "-c", asked]
    named = {**env, "DJANGO_SETTINGS_MODULE": "csoc_admin.settings"}
    done = subprocess.run(command, cwd=ROOT, env=named, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def commands(unit: str, name: str = "ExecStart") -> list[list[str]]:
    """The commands of a unit, in their order, for this tree and this Python."""
    lines = (DEPLOY / "systemd" / f"{unit}.service").read_text(encoding="utf-8").splitlines()
    found = [line.removeprefix(f"{name}=") for line in lines if line.startswith(f"{name}=")]
    return [[here(word) for word in line.split()] for line in found]


def here(word: str) -> str:
    """/opt/csoc is this tree, and its environment the one that runs the tests."""
    binaries = f"{INSTALLED}.venv/bin/"
    if word.startswith(binaries):
        return str(Path(sys.executable).parent / word.removeprefix(binaries))
    return str(ROOT / word.removeprefix(INSTALLED)) if word.startswith(INSTALLED) else word
