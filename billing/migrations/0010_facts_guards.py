"""What a line rests on is not deleted: said once more, since SQLite remakes a table that changes, and its triggers go with the old one."""

from importlib import import_module

from django.db import migrations

guards = import_module("billing.migrations.0002_guards")


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        return
    for table in guards.RESTS_BY:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_billed", params=None)
    for statement in guards.sqlite():
        if "_billed BEFORE DELETE" in statement:
            schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    """Nothing to take back: the triggers are those of 0002."""


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_exports"), ("contracts", "0007_claims")]
    operations = [migrations.RunPython(forwards, backwards)]
