"""The guards of billing.0002 on the tables as they are now; and a decision on what is held is only ever added, to a closed month's."""

from importlib import import_module

from django.db import migrations

GUARDS = import_module("billing.migrations.0002_guards")

POSTGRESQL = """
CREATE FUNCTION billing_refuse_decision_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM billing_helddecision) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'decisions are only added: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'held_decision_only_added';
END $$;
CREATE FUNCTION billing_refuse_early_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_heldsettlement h JOIN billing_month m ON m.id = h.month_id
                   WHERE h.id = NEW.held_id AND m.closed_at IS NOT NULL AND h.amount_yen <> 0) THEN
        RAISE EXCEPTION 'only what a closed month holds is decided on'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'held_decision_of_closed_month';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_helddecision_kept BEFORE UPDATE OR DELETE ON billing_helddecision
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_decision_change();
CREATE TRIGGER billing_helddecision_kept_whole BEFORE TRUNCATE ON billing_helddecision
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_decision_change();
CREATE TRIGGER billing_helddecision_closed BEFORE INSERT ON billing_helddecision
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_early_decision();
"""
SQLITE = [
    *(
        f"CREATE TRIGGER billing_helddecision_kept_{event.lower()} BEFORE {event} ON billing_helddecision "
        "BEGIN SELECT RAISE(ABORT, 'held_decision_only_added'); END"
        for event in ("UPDATE", "DELETE")
    ),
    "CREATE TRIGGER billing_helddecision_closed BEFORE INSERT ON billing_helddecision WHEN NOT EXISTS "
    "(SELECT 1 FROM billing_heldsettlement h JOIN billing_month m ON m.id = h.month_id "
    "WHERE h.id = NEW.held_id AND m.closed_at IS NOT NULL AND h.amount_yen <> 0) "
    "BEGIN SELECT RAISE(ABORT, 'held_decision_of_closed_month'); END",
]


def forwards(apps, schema_editor):
    statements = [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else [*GUARDS.sqlite(), *SQLITE]
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_corrections")]
    operations = [migrations.RunPython(forwards)]
