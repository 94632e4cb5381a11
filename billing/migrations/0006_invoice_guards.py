"""An invoice says for ever what it said when it was issued; a unit is grouped with units of its own customer alone."""

from django.db import migrations

ISSUED = ["billing_invoice", "billing_invoicerate", "billing_invoiceunit"]

PG_FUNCTIONS = """
CREATE FUNCTION billing_refuse_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM billing_invoice) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'the invoice is issued: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'invoice_issued';
END $$;
CREATE FUNCTION billing_refuse_strange_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM billing_billinggroup g JOIN contracts_managementunit u ON u.customer_id = g.customer_id
                   WHERE g.id = NEW.group_id AND u.id = NEW.unit_id) THEN
        RAISE EXCEPTION 'the unit is another customer''s'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'billing_group_of_customer';
    END IF;
    RETURN NEW;
END $$;
"""


def postgresql():
    yield PG_FUNCTIONS
    for table in ISSUED:
        yield (
            f"CREATE TRIGGER {table}_issued BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION billing_refuse_issued()"
        )
        yield (
            f"CREATE TRIGGER {table}_issued_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_issued()"
        )
    yield (
        "CREATE TRIGGER billing_group_of_customer BEFORE INSERT OR UPDATE ON billing_billinggroupunit "
        "FOR EACH ROW EXECUTE FUNCTION billing_refuse_strange_unit()"
    )


def sqlite():
    for table in ISSUED:
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table}_issued_{event.lower()} BEFORE {event} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'invoice_issued'); END"
            )
    for event in ("INSERT", "UPDATE"):
        yield (
            f"CREATE TRIGGER billing_group_of_customer_{event.lower()} BEFORE {event} ON billing_billinggroupunit "
            "WHEN NOT EXISTS (SELECT 1 FROM billing_billinggroup g JOIN contracts_managementunit u "
            "ON u.customer_id = g.customer_id WHERE g.id = NEW.group_id AND u.id = NEW.unit_id) "
            "BEGIN SELECT RAISE(ABORT, 'billing_group_of_customer'); END"
        )


def forwards(apps, schema_editor):
    for statement in postgresql() if schema_editor.connection.vendor == "postgresql" else sqlite():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("billing", "0005_invoices")]
    operations = [migrations.RunPython(forwards)]
