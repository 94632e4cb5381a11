"""A closed month and its lines never change, and nothing a line rests on is deleted, whatever SQL is sent.

Lines are written by the million: PostgreSQL checks inserts once a statement (transition table), changes row by row.
"""

from django.db import migrations

LINES = ["billing_chargeline", "billing_heldsettlement", "billing_monthchunk"]
FACTS = ["contracts_price", "contracts_change", "contracts_notice"]
INCIDENTS = ["contracts_outage", "contracts_breach"]

PG_FUNCTIONS = """
CREATE FUNCTION billing_refuse_closed_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL
               AND (m.id = OLD.month_id OR (TG_OP = 'UPDATE' AND m.id = NEW.month_id))) THEN
        RAISE EXCEPTION 'the month is closed: % on % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'month_closed';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION billing_refuse_closed_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL
               AND m.id IN (SELECT DISTINCT month_id FROM added)) THEN
        RAISE EXCEPTION 'the month is closed: INSERT on % refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'month_closed';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION billing_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'months are closed: TRUNCATE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'month_closed';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION billing_refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'the month is closed: % on % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'month_closed';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION billing_refuse_delete_of_billed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE billed bigint;
BEGIN
    billed := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
    IF EXISTS (SELECT 1 FROM billing_chargeline l WHERE l.target_id = billed)
       OR EXISTS (SELECT 1 FROM billing_heldsettlement h WHERE h.target_id = billed) THEN
        RAISE EXCEPTION 'a line rests on it: DELETE on % refused', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'line_rests_on_it';
    END IF;
    RETURN OLD;
END $$;
"""

# Which column of a fact names the target that lines would rest on.
RESTS_BY = {"contracts_target": "id", **dict.fromkeys(FACTS, "target_id"), **dict.fromkeys(INCIDENTS, "contract_id")}
RESTS_BY |= dict.fromkeys(["contracts_contract", "contracts_option"], "target_id")


def postgresql():
    yield PG_FUNCTIONS
    for table in LINES:
        yield (
            f"CREATE TRIGGER {table}_closed BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION billing_refuse_closed_row()"
        )
        yield (
            f"CREATE TRIGGER {table}_closed_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_closed_insert()"
        )
        yield (
            f"CREATE TRIGGER {table}_closed_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_truncate()"
        )
    yield (
        "CREATE TRIGGER billing_month_closed BEFORE UPDATE OR DELETE ON billing_month "
        "FOR EACH ROW EXECUTE FUNCTION billing_refuse_closed_month()"
    )
    for table, column in RESTS_BY.items():
        yield (
            f"CREATE TRIGGER {table}_billed BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION billing_refuse_delete_of_billed('{column}')"
        )
        yield (
            f"CREATE TRIGGER {table}_billed_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_truncate()"
        )


def sqlite():
    closed = "EXISTS (SELECT 1 FROM billing_month m WHERE m.closed_at IS NOT NULL AND m.id = {row}.month_id)"
    refuse = "BEGIN SELECT RAISE(ABORT, '{name}'); END"
    for table in LINES:
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            yield (
                f"CREATE TRIGGER {table}_closed_{event.lower()} BEFORE {event} ON {table} "
                f"WHEN {closed.format(row=row)} {refuse.format(name='month_closed')}"
            )
        yield (
            f"CREATE TRIGGER {table}_closed_moved BEFORE UPDATE OF month_id ON {table} "
            f"WHEN {closed.format(row='NEW')} {refuse.format(name='month_closed')}"
        )
    for event in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER billing_month_closed_{event.lower()} BEFORE {event} ON billing_month "
            f"WHEN OLD.closed_at IS NOT NULL {refuse.format(name='month_closed')}"
        )
    for table, column in RESTS_BY.items():
        yield (
            f"CREATE TRIGGER {table}_billed BEFORE DELETE ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM billing_chargeline l WHERE l.target_id = OLD.{column}) "
            f"OR EXISTS (SELECT 1 FROM billing_heldsettlement h WHERE h.target_id = OLD.{column}) "
            f"{refuse.format(name='line_rests_on_it')}"
        )


def forwards(apps, schema_editor):
    for statement in postgresql() if schema_editor.connection.vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("contracts", "0002_guards")]
    operations = [migrations.RunPython(forwards)]
