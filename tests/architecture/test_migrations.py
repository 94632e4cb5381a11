"""Two versions side by side: while an upgrade is under way the code before still reads and writes the tables of the code after.

So what a release stops using is taken away by the release after it, in a migration that names the release which stopped:
``stopped_by = "0.2.0"``. A column that is added has a default in the database, since the code before does not write it.
What the statements of the code before come to on the tables after is tried by ``tests/admin/test_two_versions.py``.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED

ROOT = Path(__file__).resolve().parents[2]
RELEASES: dict[str, dict[str, str]] = {}
"""The last migration of each application in each version that the changelog dates; none while none was released."""
BEFORE_THE_FIRST = {"contracts": "0014_initial", "billing": "0013_lines_by_month"}
"""What an installation is upgraded from while there is no version: docs/operations.md names it."""

LOOKED_AT = {
    ("contracts", "0015_people_and_their_hands"): "writes into a table that is new with it",
    (
        "contracts",
        "0020_what_moves_in_a_month",
    ): "fills a column that is new with it, which the code before neither reads nor writes; "
    "what that concludes meanwhile the check of the ledger names",
}
"""Migrations with a step of their own in Python or SQL, and what it does to the code before."""


def released() -> dict[str, str]:
    """The last migration of each application in the last release."""
    return RELEASES[max(RELEASES, key=_in_order)] if RELEASES else BEFORE_THE_FIRST


def _in_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@cache
def loader() -> MigrationLoader:
    """The migrations as they are written, whatever database there is."""
    return MigrationLoader(None)


def state_before() -> ProjectState:
    """The tables as the last release has them."""
    return loader().project_state([*released().items()])


def since_the_release() -> list[tuple[tuple[str, str], Any]]:
    """The migrations of ours after it, in the order in which they are applied."""
    graph = loader().graph
    before = {node for last in released().items() for node in graph.forwards_plan(last)}
    found = dict.fromkeys(
        node for app in released() for leaf in graph.leaf_nodes(app) for node in graph.forwards_plan(leaf)
    )
    return [(node, loader().disk_migrations[node]) for node in found if node not in before and node[0] in released()]


def takes_away(operation: Any, table: ModelState | None) -> str:
    """What an operation takes from the code before, '' for nothing; ``table`` as that code has it, None where it has none."""
    if isinstance(operation, (migrations.RunSQL, migrations.RunPython, migrations.SeparateDatabaseAndState)):
        return "somebody has to say what it does to the code before"
    name = getattr(operation, "model_name", getattr(operation, "old_name", getattr(operation, "name", ""))).lower()
    if table is None:
        return ""
    if isinstance(operation, (migrations.RemoveField, migrations.RenameField)):
        return f"{name}: a column goes"
    if isinstance(operation, (migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelTable)):
        return f"{name}: a table goes"
    if isinstance(operation, migrations.AddField):
        return _added(name, operation)
    if isinstance(operation, migrations.AlterField):
        return _altered(name, operation, table)
    if isinstance(operation, migrations.AddConstraint):
        return _constrained(name, operation.constraint, table)
    unique = isinstance(operation, migrations.AlterUniqueTogether)
    return f"{name}: rows that the code before writes may be there twice" if unique else ""


def _added(name: str, operation: Any) -> str:
    field = operation.field
    if field.many_to_many or (not field.unique and (field.null or field.db_default is not NOT_PROVIDED)):
        return ""
    return f"{name}.{operation.name}: the code before does not write it"


def _altered(name: str, operation: Any, table: ModelState) -> str:
    before, after = table.fields.get(operation.name), operation.field
    if before is None:  # a column that came since
        return ""
    narrower = (before.null and not after.null) or (after.unique and not before.unique)
    narrower |= (before.max_length or 0) > (after.max_length or before.max_length or 0)
    other = before.get_internal_type() != after.get_internal_type() and not isinstance(after, models.TextField)
    goes = before.has_db_default() and not after.has_db_default()
    return f"{name}.{operation.name}: what the code before writes may be refused" if narrower or other or goes else ""


def _constrained(name: str, added: Any, table: ModelState) -> str:
    """A rule of values that takes the place of one of the same name takes more: a new value of a list, say. A new rule may refuse."""
    known = {constraint.name for constraint in table.options.get("constraints", [])}
    if isinstance(added, models.CheckConstraint) and added.name in known:
        return ""
    return f"{name}: {added.name} may refuse what the code before writes"


def harms(node: tuple[str, str], migration: Any, before: ProjectState) -> list[str]:
    """What of a migration the code before would not stand; none of one that says which release stopped using it."""
    if getattr(migration, "stopped_by", "") or node in LOOKED_AT:
        return []
    return [
        harm
        for operation in migration.operations
        if (harm := takes_away(operation, _table(node[0], operation, before)))
    ]


def _table(app: str, operation: Any, before: ProjectState) -> ModelState | None:
    named = (getattr(operation, name, None) for name in ("model_name", "old_name", "name"))
    return before.models.get((app, str(next(filter(None, named), "")).lower()))


def test_a_release_takes_nothing_away_from_the_one_before() -> None:
    before = state_before()
    assert [(node, harm) for node, migration in since_the_release() for harm in harms(node, migration, before)] == []


def test_what_was_looked_at_is_there() -> None:
    assert {*LOOKED_AT} <= {node for node, _migration in since_the_release()}


def versions() -> Iterator[tuple[str, str]]:
    """The versions of the changelog, and the day of each."""
    yield from re.findall(r"^## \[([\d.]+)\] – (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)


def test_the_last_release_is_known() -> None:
    """Whoever dates a version in the changelog names its migrations here; what is upgraded from before the first, the guide names."""
    assert [*versions()]
    assert {version for version, day in versions() if day != "unreleased"} == {*RELEASES}
    assert {*released().items()} <= {*loader().disk_migrations}
    if not RELEASES:
        guide = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        assert all(f"{app} {name[:4]}" in guide for app, name in BEFORE_THE_FIRST.items())


text = models.CharField(max_length=9)
known = models.CheckConstraint(condition=models.Q(error="x"), name="known")
TABLE = {
    "error": models.CharField(max_length=9),
    "note": models.CharField(max_length=9, null=True),
    "by": models.CharField(max_length=9, db_default=""),
}


@pytest.mark.parametrize(
    ("operation", "is_harm"),
    [
        (migrations.RemoveField("job", "error"), True),
        (migrations.RenameField("job", "error", "fault"), True),
        (migrations.DeleteModel("Job"), True),
        (migrations.RenameModel("Job", "Work"), True),
        (migrations.AlterModelTable("Job", "works"), True),
        (migrations.RunSQL("DROP TABLE x"), True),
        (migrations.RunPython(print), True),
        (migrations.SeparateDatabaseAndState(), True),
        (migrations.AddField("job", "x", text), True),
        (migrations.AddField("job", "x", models.CharField(max_length=9, default="")), True),
        (migrations.AddField("job", "x", models.CharField(max_length=9, db_default="")), False),
        (migrations.AddField("job", "x", models.CharField(max_length=9, db_default="", unique=True)), True),
        (migrations.AddField("job", "x", models.IntegerField(null=True)), False),
        (migrations.AddField("new", "x", text), False),
        (migrations.AlterField("job", "error", text), False),
        (migrations.AlterField("job", "error", models.CharField(max_length=9, choices=[("a", "b")])), False),
        (migrations.AlterField("job", "error", models.CharField(max_length=8)), True),
        (migrations.AlterField("job", "error", models.CharField(max_length=99)), False),
        (migrations.AlterField("job", "error", models.CharField(max_length=9, unique=True)), True),
        (migrations.AlterField("job", "error", models.IntegerField()), True),
        (migrations.AlterField("job", "error", models.TextField()), False),
        (migrations.AlterField("job", "note", text), True),
        (migrations.AlterField("job", "by", text), True),
        (migrations.AlterField("job", "since", text), False),
        (migrations.AlterUniqueTogether("job", {("error", "note")}), True),
        (migrations.AddConstraint("job", models.UniqueConstraint(fields=["error"], name="once")), True),
        (migrations.AddConstraint("job", models.CheckConstraint(condition=models.Q(error=""), name="new")), True),
        (migrations.AddConstraint("job", known), False),
        (migrations.AddConstraint("new", models.UniqueConstraint(fields=["error"], name="once")), False),
        (migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), False),
        (migrations.AddIndex("job", models.Index(fields=["on"], name="i")), False),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, bool) else str(value),
)
def test_what_is_taken_away_is_seen(operation: Any, is_harm: bool) -> None:
    class Step(migrations.Migration):
        operations = [operation]

    before = ProjectState()
    before.add_model(ModelState("contracts", "Job", [*TABLE.items()], {"constraints": [known], "indexes": []}))
    node = ("contracts", "0099_x")
    assert bool(harms(node, Step("0099_x", "contracts"), before)) is is_harm
    Step.stopped_by = "0.2.0"  # type: ignore[attr-defined]
    assert harms(node, Step("0099_x", "contracts"), before) == []
