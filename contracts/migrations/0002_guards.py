"""What constraints of a table alone cannot say: no two tier contracts of a unit on one day (第6条第1項, 第7条第1項).

PostgreSQL holds it by an exclusion constraint, SQLite by triggers that refuse the same rows.
"""

from django.db import migrations

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """
    ALTER TABLE contracts_target ADD CONSTRAINT target_one_tier_a_day EXCLUDE USING gist (
        unit_id WITH =, daterange(billing_starts_on, ends_on, '[]') WITH &&
    ) WHERE (kind = 'tier' AND billing_starts_on IS NOT NULL AND (ends_on IS NULL OR ends_on >= billing_starts_on))
    """,
]
POSTGRESQL_BACK = ["ALTER TABLE contracts_target DROP CONSTRAINT target_one_tier_a_day"]

_OVERLAP = """
    WHEN NEW.kind = 'tier' AND NEW.billing_starts_on IS NOT NULL
        AND (NEW.ends_on IS NULL OR NEW.ends_on >= NEW.billing_starts_on)
        AND EXISTS (
            SELECT 1 FROM contracts_target AS other
            WHERE other.unit_id = NEW.unit_id AND other.kind = 'tier' AND other.id <> NEW.id
                AND other.billing_starts_on IS NOT NULL
                AND (other.ends_on IS NULL OR other.ends_on >= other.billing_starts_on)
                AND (other.ends_on IS NULL OR other.ends_on >= NEW.billing_starts_on)
                AND (NEW.ends_on IS NULL OR NEW.ends_on >= other.billing_starts_on)
        )
    BEGIN SELECT RAISE(ABORT, 'target_one_tier_a_day'); END
"""
SQLITE = [
    f"CREATE TRIGGER target_one_tier_a_day_insert AFTER INSERT ON contracts_target {_OVERLAP}",
    f"CREATE TRIGGER target_one_tier_a_day_update AFTER UPDATE ON contracts_target {_OVERLAP}",
]
SQLITE_BACK = ["DROP TRIGGER target_one_tier_a_day_insert", "DROP TRIGGER target_one_tier_a_day_update"]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
