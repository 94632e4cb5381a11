"""PostgreSQL: the lines of each month move into a table of their own (billing.models.month_tables). SQLite keeps one table."""

from typing import Any

from django.db import migrations

from billing.models.month_tables import put_month_tables_on

PARENT = """
ALTER TABLE billing_chargeline RENAME TO billing_chargeline_before;
ALTER TABLE billing_chargeline_before ALTER id DROP IDENTITY;
CREATE SEQUENCE billing_chargeline_id_seq AS bigint CACHE 1000;
CREATE TABLE billing_chargeline (LIKE billing_chargeline_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY LIST (month_id);
ALTER TABLE billing_chargeline ALTER id SET DEFAULT nextval('billing_chargeline_id_seq');
ALTER SEQUENCE billing_chargeline_id_seq OWNED BY billing_chargeline.id;
"""
"""Without keys: each month has its own. A sequence, since a table that lines are loaded into directly has no identity; its numbers
are taken a thousand at a time, without a gap of meaning: a tenth of a load's time went into them one by one."""


def by_month(apps: Any, editor: Any) -> None:
    """Every month's lines into their own table, with its keys; the old table goes."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(PARENT)
        put_month_tables_on(cursor)
        cursor.execute("SELECT billing_lines_table_of(id, month) FROM billing_month ORDER BY id")
        cursor.execute("INSERT INTO billing_chargeline SELECT * FROM billing_chargeline_before ORDER BY id")
        cursor.execute("SELECT billing_lines_keyed(id) FROM billing_month")
        cursor.execute(
            "SELECT setval('billing_chargeline_id_seq', coalesce(max(id), 0) + 1, false) FROM billing_chargeline"
        )
        cursor.execute("DROP TABLE billing_chargeline_before")


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [migrations.RunPython(by_month, migrations.RunPython.noop, elidable=False)]
