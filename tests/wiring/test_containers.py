"""The containers are the units in another wrapping: the same commands, the same grace, the same settings; no engine is asked."""

import re
import shlex

import pytest

from tests.wiring.production import DEPLOY, INSTALLED, ROOT

COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
IMAGE = (ROOT / "Containerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
OURS = ("migrate", "web", "worker", "beat")


def service(name: str) -> str:
    """The lines of a service."""
    services = COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)*)", services, re.M)
    assert found, name
    return found[1]


def value(name: str, key: str) -> str:
    found = re.search(rf"^    {key}: (.*)$", service(name), re.M)
    return found[1] if found else ""


def unit(name: str, key: str) -> list[str]:
    lines = (DEPLOY / "systemd" / f"csoc-{name}.service").read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(f"{key}=") for line in lines if line.startswith(f"{key}=")]


def test_they_are_all_there_and_no_other() -> None:
    names = re.findall(r"^  (\w+):$", COMPOSE.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0], re.M)
    assert sorted(names) == sorted([*OURS, "database", "queue"])
    units = {path.stem.removeprefix("csoc-") for path in (DEPLOY / "systemd").glob("*.service")}
    assert units - {*OURS} == {"backup", "read-back"}, "what docs/operations.md says of containers and backups"


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_a_container_runs_what_its_unit_runs(name: str) -> None:
    (expected,) = unit(name, "ExecStart")
    assert value(name, "command") == expected.replace("/var/lib/csoc/beat/schedule", "/var/lib/csoc/schedule")


def test_the_migration_does_what_its_unit_does() -> None:
    steps = [line.strip().removesuffix(" &&") for line in service("migrate").splitlines() if "manage.py" in line]
    assert steps == [*unit("migrate", "ExecStartPre"), *unit("migrate", "ExecStart")]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_it_has_as_long_to_end(name: str) -> None:
    (seconds,) = unit(name, "TimeoutStopSec")
    assert value(name, "stop_grace_period") == f"{seconds}s"


@pytest.mark.parametrize("name", OURS)
def test_it_may_touch_no_more(name: str) -> None:
    assert value(name, "user") == "csoc"
    assert value(name, "read_only") == "true"
    assert value(name, "env_file") == "csoc.env"
    assert value(name, "volumes") == '["state:/var/lib/csoc"]'
    assert "privileged" not in COMPOSE


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_it_waits_for_the_migration(name: str) -> None:
    assert "migrate: {condition: service_completed_successfully}" in service(name)
    assert value(name, "restart") == "always"


def test_the_clock_is_one() -> None:
    assert "replicas" not in COMPOSE
    assert "scale" not in COMPOSE


def test_only_this_machine_reaches_it() -> None:
    assert re.findall(r"ports: (.*)", COMPOSE) == ['["127.0.0.1:8000:8000"]']


def test_the_image_is_the_machine_of_the_papers() -> None:
    assert "python:3.11-slim-bookworm" in IMAGE
    assert "--require-hashes --requirement requirements.txt" in IMAGE
    assert f"WORKDIR {INSTALLED.rstrip('/')}" in IMAGE
    (command,) = re.findall(r"^CMD \[(.*)\]$", IMAGE, re.M)
    assert shlex.split(command.replace(",", "")) == shlex.split(unit("web", "ExecStart")[0])
    assert IMAGE.index("USER csoc") < IMAGE.index("CMD"), "never as root"
    assert IMAGE.index("COPY . .") < IMAGE.index("USER csoc"), "its user cannot change the code"


def test_no_secret_comes_into_the_image() -> None:
    assert {".env", ".git", "var", "db.sqlite3*"} <= {*IGNORED}
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() == IGNORED
    assert not re.search(r"^(ARG|ENV).*(SECRET|PASSWORD|TOKEN)", IMAGE, re.M)
    assert not re.search(r"(SECRET_KEY|PASSWORD|TOKEN): (?!/run/secrets)", COMPOSE)


@pytest.mark.parametrize("text", [IMAGE, COMPOSE], ids=["Containerfile", "compose.yaml"])
def test_every_setting_is_one_of_ours(text: str) -> None:
    named = set(re.findall(r"\b(LOG_FORMAT|STATIC_ROOT|WEB_[A-Z]+|[A-Z]+_SECONDS)\b(?==|:)", text))
    known = (DEPLOY / "csoc.env.example").read_text(encoding="utf-8")
    assert all(f"{name}=" in known for name in named)


def test_the_servers_are_those_of_the_papers() -> None:
    (postgres,) = re.findall(r"image: docker\.io/library/postgres:(\d+)", COMPOSE)
    assert int(postgres) >= 15
    assert f"PostgreSQL {postgres}" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
