"""Whoever locks a row keeps others from changing it, never from naming it: a foreign key is looked at when a transaction ends, and two that
wait for each other there are a deadlock.
"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = re.compile(r"select_for_update\((?P<how>[^)]*)")


def named_by_nobody(text: str) -> list[str]:
    """The locks of a text that keep others from naming the row."""
    return [found["how"] for found in LOCK.finditer(text) if "no_key=True" not in found["how"]]


@pytest.mark.parametrize("package", ["contracts", "billing", "csoc_admin"])
def test_a_locked_row_can_be_named_meanwhile(package: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}": wrong
        for path in sorted((ROOT / package).rglob("*.py"))
        if (wrong := named_by_nobody(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_one_that_keeps_others_from_it_is_found() -> None:
    text = "a.select_for_update()\nb.select_for_update(of=('self',))\nc.select_for_update(no_key=True, of=('self',))"
    assert named_by_nobody(text) == ["", "of=('self',"]
