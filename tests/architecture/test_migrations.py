"""Two versions side by side: while an upgrade is under way the code before still reads and writes the tables of the code after.

So what a release stops using is taken away by the release after it, in a migration that names the release which stopped:
``stopped_by = "0.2.0"``. A column that is added has a default in the database, since the code before does not write it.
"""

import importlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import migrations, models
from django.db.models import NOT_PROVIDED

ROOT = Path(__file__).resolve().parents[2]
RELEASED: dict[str, str] = {}
"""The last migration of each application in the last release; none while none was released."""


def takes_away(operation: Any) -> str:
    """What an operation takes from the code before, '' for nothing."""
    if isinstance(operation, (migrations.RemoveField, migrations.RenameField)):
        return f"{operation.model_name}: a column goes"
    if isinstance(operation, (migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelTable)):
        return "a table goes"
    field = getattr(operation, "field", None)
    demands = field is not None and not field.many_to_many and not field.null and field.db_default is NOT_PROVIDED
    if isinstance(operation, migrations.AddField) and demands:
        return f"{operation.model_name}.{operation.name}: the code before does not write it"
    if isinstance(operation, migrations.AlterField) and demands:
        return f"{operation.model_name}.{operation.name}: what the code before writes may be refused"
    if isinstance(operation, (migrations.RunSQL, migrations.RunPython)):
        return "somebody has to say what it does to the code before"
    return ""


def harms(migration: Any) -> list[str]:
    """What of a migration the code before would not stand; none of one that says which release stopped using it."""
    if getattr(migration, "stopped_by", ""):
        return []
    return [harm for operation in migration.operations if (harm := takes_away(operation))]


def since_the_release() -> list[Any]:
    found = []
    for app, last in RELEASED.items():
        for path in sorted((ROOT / app / "migrations").glob("0*.py")):
            if path.stem > last:
                found.append(importlib.import_module(f"{app}.migrations.{path.stem}").Migration)
    return found


def test_a_release_takes_nothing_away_from_the_one_before() -> None:
    assert [harm for migration in since_the_release() for harm in harms(migration)] == []


def test_the_last_release_is_known() -> None:
    """Whoever dates a version in the changelog names its migrations here."""
    versions = re.findall(r"^## \[([\d.]+)\] – (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    released = [version for version, day in versions if day != "unreleased"]
    assert versions
    assert bool(released) == bool(RELEASED)
    for app, last in RELEASED.items():
        assert (ROOT / app / "migrations" / f"{last}.py").exists()


text = models.CharField(max_length=9)


@pytest.mark.parametrize(
    ("operation", "is_harm"),
    [
        (migrations.RemoveField("job", "error"), True),
        (migrations.RenameField("job", "error", "fault"), True),
        (migrations.DeleteModel("Job"), True),
        (migrations.RenameModel("Job", "Work"), True),
        (migrations.AlterModelTable("Job", "works"), True),
        (migrations.RunSQL("DROP TABLE x"), True),
        (migrations.AddField("job", "x", text), True),
        (migrations.AddField("job", "x", models.CharField(max_length=9, default="")), True),
        (migrations.AddField("job", "x", models.CharField(max_length=9, db_default="")), False),
        (migrations.AddField("job", "x", models.IntegerField(null=True)), False),
        (migrations.AlterField("job", "x", text), True),
        (migrations.AlterField("job", "x", models.TextField(null=True)), False),
        (migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), False),
        (migrations.AddIndex("job", models.Index(fields=["on"], name="i")), False),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, bool) else str(value),
)
def test_what_is_taken_away_is_seen(operation: Any, is_harm: bool) -> None:
    migration = SimpleNamespace(operations=[operation])
    assert bool(harms(migration)) is is_harm
    assert harms(SimpleNamespace(operations=[operation], stopped_by="0.2.0")) == []
