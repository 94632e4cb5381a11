"""History is only ever added to; what was received is not rewritten, and what was decided stays decided, by any SQL."""

from django.db import migrations

# What of an application may not differ any more, by the state it is in.
ALWAYS = ["number", "unit_id"]
RECEIVED = ["lines", "entered_by_id", "four_eyes", "received_on"]
DECIDED = ["state", "accepted_on", "closed_on", "decided_by_id", "reason"]

PG_FUNCTIONS = """
CREATE FUNCTION contracts_refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM contracts_entry) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'history is only added to: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_only_added';
END $$;
CREATE FUNCTION contracts_refuse_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the application was received or decided: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'application_decided';
END $$;
"""


def _differs(columns, distinct):
    return " OR ".join(f"OLD.{column} {distinct} NEW.{column}" for column in columns)


# Acceptance writes the numbers given out into the lines, in the statement that decides.
LINES_AT_ACCEPTANCE = " AND NOT (OLD.state = 'received' AND NEW.state = 'accepted')"


def _when(distinct):
    received = _differs([column for column in RECEIVED if column != "lines"], distinct)
    return (
        f"{_differs(ALWAYS, distinct)}"
        f" OR (OLD.state <> 'draft' AND ({received} OR NEW.state = 'draft'))"
        f" OR (OLD.state <> 'draft' AND OLD.lines {distinct} NEW.lines{LINES_AT_ACCEPTANCE})"
        f" OR (OLD.state IN ('accepted', 'rejected', 'withdrawn') AND ({_differs(DECIDED, distinct)}))"
    )


POSTGRESQL = [
    PG_FUNCTIONS,
    "CREATE TRIGGER contracts_entry_kept BEFORE UPDATE OR DELETE ON contracts_entry "
    "FOR EACH ROW EXECUTE FUNCTION contracts_refuse_entry_change()",
    "CREATE TRIGGER contracts_entry_kept_whole BEFORE TRUNCATE ON contracts_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION contracts_refuse_entry_change()",
    "CREATE TRIGGER contracts_application_decided BEFORE UPDATE ON contracts_application FOR EACH ROW "
    f"WHEN ({_when('IS DISTINCT FROM')}) EXECUTE FUNCTION contracts_refuse_decided()",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER contracts_application_decided ON contracts_application",
    "DROP TRIGGER contracts_entry_kept_whole ON contracts_entry",
    "DROP TRIGGER contracts_entry_kept ON contracts_entry",
    "DROP FUNCTION contracts_refuse_decided()",
    "DROP FUNCTION contracts_refuse_entry_change()",
]
SQLITE = [
    "CREATE TRIGGER contracts_entry_kept_update BEFORE UPDATE ON contracts_entry "
    "BEGIN SELECT RAISE(ABORT, 'entry_only_added'); END",
    "CREATE TRIGGER contracts_entry_kept_delete BEFORE DELETE ON contracts_entry "
    "BEGIN SELECT RAISE(ABORT, 'entry_only_added'); END",
    f"CREATE TRIGGER contracts_application_decided BEFORE UPDATE ON contracts_application WHEN {_when('IS NOT')} "
    "BEGIN SELECT RAISE(ABORT, 'application_decided'); END",
]
SQLITE_BACK = [
    "DROP TRIGGER contracts_application_decided",
    "DROP TRIGGER contracts_entry_kept_delete",
    "DROP TRIGGER contracts_entry_kept_update",
]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_applications")]
    operations = [migrations.RunPython(forwards, backwards)]
