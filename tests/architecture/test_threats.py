"""The page of threats: each row says who, what, what stands against it, and a test that there is."""

import ast
from pathlib import Path

import pytest

from tests.architecture.test_papers import rows

ROOT = Path(__file__).resolve().parents[2]
ROWS = rows((ROOT / "docs" / "threats.md").read_text(encoding="utf-8"))


def test_each_row_is_whole() -> None:
    assert len(ROWS) > 15
    assert [row for row in ROWS if len(row) != 4 or not all(row)] == []


@pytest.mark.parametrize("named", [row[-1].strip("`") for row in ROWS])
def test_the_test_that_is_named_exists(named: str) -> None:
    path, _, name = named.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name.startswith("test_")
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
