"""What it is made of, looked at without a network: every pin with its hash, installed as pinned, under a licence that was agreed to."""

import re
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKED = ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)(?P<marker>[^\\\n]*)", re.M)
AGREED = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|LGPL|Lesser General Public|MPL|Mozilla|ISC|OFL|Open Font|Unlicense|Zope"
    r"|0BSD|CNRI|Public Domain|HPND|SIL"
)
"""Licences under which it may be used and handed on with this product, unchanged."""


def pins(name: str) -> dict[str, tuple[str, str]]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {found["name"]: (found["version"], found["marker"]) for found in PIN.finditer(text)}


@pytest.mark.parametrize("name", LOCKED)
def test_every_pin_has_its_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
    unhashed = [block.split("\n")[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
    assert pins(name)
    assert unhashed == []
    assert not re.search(r"^(-e|git\+|https?:)", text, re.M), "from the registry alone"


def test_what_is_named_twice_is_pinned_alike() -> None:
    everywhere = [pins(name) for name in LOCKED]
    for one in everywhere:
        for other in everywhere:
            assert {name: one[name][0] for name in one.keys() & other.keys()} == {
                name: other[name][0] for name in one.keys() & other.keys()
            }


def test_what_runs_is_what_is_pinned() -> None:
    differs = {}
    for name, (pinned, marker) in pins("requirements.txt").items():
        try:
            if version(name) != pinned:
                differs[name] = (version(name), pinned)
        except PackageNotFoundError:
            if not marker.strip():
                differs[name] = ("not installed", pinned)
    assert differs == {}


def licence(name: str) -> str:
    about = metadata(name)
    said = [about.get("License-Expression", ""), *(about.get_all("Classifier") or [])]
    told = " ".join(line for line in said if line and ("License ::" in line or line is said[0]))
    return told.strip() or str(about.get("License", ""))[:200]


def test_each_licence_was_agreed_to() -> None:
    found = {}
    for name in pins("requirements.txt"):
        try:
            found[name] = licence(name)
        except PackageNotFoundError:
            continue
    assert len(found) > 20
    assert {name: said for name, said in found.items() if not AGREED.search(said)} == {}
