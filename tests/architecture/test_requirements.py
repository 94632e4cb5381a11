"""What running, testing and developing need is kept apart, each list pinned whole and held by hashes."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
SETTINGS = tomllib.loads(PYPROJECT)
NAMED = {
    "requirements.txt": SETTINGS["project"]["dependencies"],
    "requirements-test.txt": SETTINGS["dependency-groups"]["test"],
    "requirements-dev.txt": SETTINGS["dependency-groups"]["dev"],
}
PINNED = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; .+?)?((?: --hash=sha256:[0-9a-f]{64})+)")


def lines_of(name: str) -> list[str]:
    """The entries of a list: comments left out, each joined with its hashes."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.M)
    return [" ".join(line.split()) for line in text.replace("\\\n", " ").splitlines()]


def pinned(name: str) -> dict[str, str]:
    """The versions by package. Fails on a line that is more, or less, than one version and its hashes: an index, a URL, a range."""
    found = [PINNED.fullmatch(line) or line for line in lines_of(name)]
    assert [line for line in found if isinstance(line, str)] == [], name
    return {match["name"]: match["version"] for match in found if not isinstance(match, str)}


def test_each_list_pins_what_pyproject_names():
    for name, named in NAMED.items():
        versions = pinned(name)
        for requirement in map(Requirement, named):
            version = versions.get(canonicalize_name(requirement.name), "0")
            assert requirement.specifier.contains(version), f"{requirement} in {name}: run make lock"


def test_the_lists_agree_on_what_they_share():
    running = pinned("requirements.txt")
    testing = pinned("requirements-test.txt")
    for name in ("requirements-test.txt", "requirements-dev.txt"):
        known = running if name == "requirements-test.txt" else testing | running
        assert {
            package: version for package, version in pinned(name).items() if known.get(package, version) != version
        } == {}


def test_a_server_installs_no_tool_of_tests_or_of_developers():
    tools = {
        canonicalize_name(Requirement(line).name)
        for name in ("requirements-test.txt", "requirements-dev.txt")
        for line in NAMED[name]
    }
    assert tools & set(pinned("requirements.txt")) == set()


def test_each_package_is_named_with_a_reason():
    for line in (line for named in NAMED.values() for line in named):
        assert re.search(rf'^    "{re.escape(line)}",\s+# \w', PYPROJECT, re.M), line
