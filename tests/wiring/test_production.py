"""The settings and the units of production: complete, clean, and of one piece with the code."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.wiring.production import DEPLOY, ROOT, commands, environment, said_by_settings

UNITS = sorted(path.stem for path in (DEPLOY / "systemd").glob("*.service"))
READERS = ["csoc_admin/settings.py", "deploy/gunicorn.conf.py"]


def manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    (check,) = commands("csoc-migrate", "ExecStartPre")
    return subprocess.run(
        [*check[:2], *words], cwd=ROOT, env=environment(**env), capture_output=True, text=True, timeout=60, check=False
    )


def test_production_is_clean():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (2 silenced)" in done.stdout


@pytest.fixture(scope="module")
def unclean() -> subprocess.CompletedProcess[str]:
    """One start with all that is not clean: each is a warning of its own, whatever the others are."""
    return manage("check", "--deploy", "--fail-level", "WARNING", HTTPS="0", DEBUG="1", SECRET_KEY="short")


@pytest.mark.parametrize(
    "found",
    [
        pytest.param("security.W008", id="not behind HTTPS"),
        pytest.param("security.W018", id="with tracebacks for everybody"),
        pytest.param("security.W009", id="a key that can be guessed"),
    ],
)
def test_what_is_not_clean_is_found(unclean: subprocess.CompletedProcess[str], found: str):
    assert unclean.returncode != 0
    assert found in unclean.stderr


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.jp:25", ("mail.example.jp", 25, "", False, False)),
        ("smtp+tls://who:word@mail.example.jp:587", ("mail.example.jp", 587, "who", True, False)),
        ("smtp+ssl://mail.example.jp:465", ("mail.example.jp", 465, "", False, True)),
        ("consolemail://", ("localhost", 25, "", False, False)),
    ],
)
def test_where_mails_go(url: str, expected: tuple[str, int, str, bool, bool]):
    names = "s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_USE_TLS, s.EMAIL_USE_SSL"
    assert said_by_settings(names, environment(EMAIL_URL=url)) == repr(expected)


@pytest.mark.parametrize("example", [".env.example", "deploy/csoc.env.example"])
def test_every_setting_of_an_example_is_read(example: str):
    """A name that is wrong in an example would be set by everybody and read by nobody."""
    named = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / example).read_text(encoding="utf-8"), re.M))
    read = {name for path in READERS for name in re.findall(r'"([A-Z_]+)"', (ROOT / path).read_text(encoding="utf-8"))}
    assert len(named) > 10
    assert named - read == set()


def test_every_setting_is_in_an_example():
    examples = "".join(
        (ROOT / path).read_text(encoding="utf-8") for path in (".env.example", "deploy/csoc.env.example")
    )
    read = {
        name
        for path in READERS
        for name in re.findall(r'env(?:iron\.get|\.\w+)?\("([A-Z_]+)"', (ROOT / path).read_text(encoding="utf-8"))
    }
    assert len(read) > 20
    assert {name for name in read if f"{name}=" not in examples} == set()


@pytest.mark.parametrize("unit", UNITS)
def test_what_a_unit_starts_is_there(unit: str):
    started = [*commands(unit), *commands(unit, "ExecStartPre")]
    assert started
    for command in started:
        assert shutil.which(command[0]), command
        ours = [Path(word) for word in command[1:] if word.startswith(("manage.py", "deploy/"))]
        assert all((ROOT / path).exists() for path in ours), command


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd")
@pytest.mark.parametrize("unit", [*(f"{unit}.service" for unit in UNITS), "csoc-backup.timer"])
def test_systemd_understands_a_unit(unit: str, tmp_path: Path):
    """Complaints about commands aside: they are installed elsewhere."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", DEPLOY / "systemd" / unit],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if line.strip() and "is not executable" not in line]
    assert said == []
