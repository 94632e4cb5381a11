"""PostgreSQL: the lines of each month stand in a table of their own (billing.models.month_tables). SQLite keeps one table."""

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
DROP TABLE billing_chargeline_before;
"""
"""Without keys: each month has its own. A sequence, since a table that lines are loaded into directly has no identity; its numbers
are taken a thousand at a time, without a gap of meaning: a tenth of a load's time went into them one by one."""


def by_month(apps: Any, editor: Any) -> None:
    """The table of all lines, which holds none yet, becomes the one that the tables of months hang on."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(PARENT)
        put_month_tables_on(cursor)


class Migration(migrations.Migration):
    replaces = [("billing", "0013_proposals_beside_last_month")]
    dependencies = [("billing", "0012_initial")]

    operations = [migrations.RunPython(by_month, migrations.RunPython.noop)]
