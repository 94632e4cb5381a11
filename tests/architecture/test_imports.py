"""Imports run one way, nothing is imported in passing, and one file alone asks what day it is."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path.relative_to(ROOT)
    for package in ("billing", "contracts", "csoc_admin")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)

# What may be imported from where, beside the standard library; what is not named here is free.
TERMS = {
    ("contracts", "terms"): ("contracts.terms",),
    ("billing", "terms"): ("billing.terms", "contracts.terms"),
}
MODELS = {
    ("contracts", "models"): ("django", "contracts.models", "contracts.terms"),
    ("billing", "models"): ("django", "billing.models", "billing.terms", "contracts.models", "contracts.terms"),
}
VAGUE_NAMES = {"utils", "helpers", "services", "common", "manager"}
CLOCK = Path("contracts/clock.py")
CLOCK_CALLS = {"now", "utcnow", "today", "localdate", "localtime"}
CONVERSIONS = {"localdate", "localtime"}  # handed a moment they only convert it
CLOCK_OWNERS = {"date", "datetime", "timezone"}


@cache
def tree(path: Path) -> ast.Module:
    """A file, parsed: once for all that is asked of it."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def package_of(path: Path) -> tuple[str, ...]:
    return path.parts[:-1]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Each import of the file as (line, dotted name), relative ones made absolute.

    `from a import b` counts as a.b, so that neither a module nor a package gets past the check.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package_of(path)[: len(package_of(path)) - node.level + 1] if node.level else ()
            module = ".".join((*above, *filter(None, [node.module])))
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def is_standard(name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names


def strays(allowed: dict[tuple[str, str], tuple[str, ...]]) -> list[str]:
    """Imports of the named packages that reach outside what they may use."""
    return [
        f"{path}:{line} imports {name}"
        for path in SOURCES
        if (packages := allowed.get(path.parts[:2]))
        for line, name in imports(path)
        if not is_standard(name) and not within(name, packages)
    ]


def test_there_are_sources_to_look_at():
    assert {path.parts[0] for path in SOURCES} == {"billing", "contracts", "csoc_admin"}
    assert {path.parts[:2] for path in SOURCES} >= TERMS.keys() | MODELS.keys()


def test_terms_import_the_standard_library_and_terms_alone():
    assert strays(TERMS) == []


def test_models_import_terms_and_models_alone():
    assert strays(MODELS) == []


def test_contracts_never_import_billing():
    assert [
        f"{path}:{line} imports {name}"
        for path in SOURCES
        if path.parts[0] == "contracts"
        for line, name in imports(path)
        if within(name, ("billing",))
    ] == []


def test_no_module_has_a_name_that_says_nothing():
    names = {path: {*path.parts[:-1], path.stem} for path in SOURCES}
    assert [str(path) for path, parts in names.items() if parts & VAGUE_NAMES] == []


def inner_imports(path: Path) -> Iterator[str]:
    for function in ast.walk(tree(path)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        # Django gives an application one place to register its checks, once all models are there: ready().
        if path.name == "apps.py" and function.name == "ready":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{path}:{node.lineno} imports inside {function.name}()"


def test_nothing_is_imported_inside_a_function():
    assert [found for path in SOURCES for found in inner_imports(path)] == []


def reads_the_clock(node: ast.AST) -> bool:
    """Whether the node is datetime.now(), date.today(), timezone.now(), django.utils.timezone.localdate() and such."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    if node.func.attr in CONVERSIONS and node.args:
        return False
    return node.func.attr in CLOCK_CALLS and name in CLOCK_OWNERS


def test_only_the_clock_asks_what_day_it_is():
    assert [
        f"{path}:{node.lineno} has {ast.unparse(node)}"
        for path in SOURCES
        if path != CLOCK
        for node in ast.walk(tree(path))
        if reads_the_clock(node)
    ] == []


def test_nobody_takes_the_clock_apart():
    """`from django.utils.timezone import now` would hide a clock from the test above."""
    hidden = tuple(f"django.utils.timezone.{name}" for name in sorted(CLOCK_CALLS))
    assert [
        f"{path}:{line} imports {name}"
        for path in SOURCES
        if path != CLOCK
        for line, name in imports(path)
        if name in hidden
    ] == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("timezone.now()", True),
        ("django.utils.timezone.localdate()", True),
        ("datetime.datetime.now(tz)", True),
        ("date.today()", True),
        ("clock.today()", False),
        ("timezone.now", False),
        ("timezone.localtime()", True),
        ("timezone.localtime(moment)", False),
    ],
)
def test_the_clock_is_recognised(code: str, expected: bool):
    assert reads_the_clock(ast.parse(code, mode="eval").body) is expected
