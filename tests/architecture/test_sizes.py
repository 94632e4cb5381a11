"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
SOURCES = sorted(
    path
    for package in ("billing", "contracts", "csoc_admin")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def test_no_file_is_too_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {
        str(path.relative_to(ROOT)): length for path, length in lengths.items() if length > MOST_LINES_OF_A_FILE
    } == {}


def test_no_function_is_too_long():
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MOST_LINES_OF_A_FUNCTION
    ] == []
