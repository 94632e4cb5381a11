"""What the database itself refuses, whatever SQL is sent to it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.models import ChargeLine, HeldSettlement, Month, MonthChunk
from contracts.models import Breach, Change, Contract, Notice, Option, Outage, Price, Target
from tests.billing.ledger import close, close_refused, fingerprint
from tests.contracts.book.build import (
    book,
    breach,
    change,
    edr,
    licence,
    module,
    must_take,
    notice,
    option,
    outage,
    premium,
    priced,
    sound,
    tier,
)
from tests.worlds import world

pytestmark = pytest.mark.django_db


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement, *values):
    with pytest.raises(DatabaseError):
        run(statement, *values)


def id_of(model, **found_by):
    return model.objects.filter(**found_by).values_list("pk", flat=True).first()


def taken(rows):
    with TemporaryDirectory() as folder:
        must_take(rows, Path(folder))


def _april():
    rows = book(
        premium(),
        module(ready_on="2025-03-01"),
        edr(),
        licence(),
        change("O-LIC", "quantity", 150, "2025-04-16"),
        notice("O-EDR", "2025-04-01", "2025-04-20", "gp28_2"),
        outage("T-1", "2025-04-02 00:00", "2025-04-04 00:00", "2025-04-10"),
        breach("T-1", "2025-04-02 00:00", "2025-04-10"),
        *(priced(number, 1000 + at) for at, number in enumerate(("T-1", "M-1", "O-EDR", "O-LIC"))),
    )
    taken(rows)
    close("2025-04")
    assert HeldSettlement.objects.count() == 2


april = world("April 2025 closed, with a held settlement, and facts of every kind that its lines rest on", _april)


@pytest.fixture
def closed(april):
    """The lines of a closed month, and the month itself, by their hash."""
    return fingerprint()


CLOSED_ROWS = ["billing_chargeline", "billing_heldsettlement", "billing_monthchunk"]
AMOUNT = {
    "billing_chargeline": "amount_yen",
    "billing_heldsettlement": "amount_yen",
    "billing_monthchunk": "total_yen",
    "billing_month": "total_yen",
}


@pytest.mark.parametrize("table", [*CLOSED_ROWS, "billing_month"])
def test_rows_of_a_closed_month_cannot_be_changed(table, closed):
    refused(f"UPDATE {table} SET {AMOUNT[table]} = {AMOUNT[table]} + 1")
    refused(f"UPDATE {table} SET {AMOUNT[table]} = {AMOUNT[table]}")
    assert fingerprint() == closed


@pytest.mark.parametrize("table", [*CLOSED_ROWS, "billing_month"])
def test_rows_of_a_closed_month_cannot_be_deleted(table, closed):
    refused(f"DELETE FROM {table}")
    assert fingerprint() == closed


@pytest.mark.parametrize("table", CLOSED_ROWS)
def test_nothing_is_added_to_a_closed_month(table, closed):
    columns = {
        "billing_chargeline": "cause",
        "billing_heldsettlement": "from_on",
        "billing_monthchunk": "after_unit",
    }
    other = {"cause": "'other'", "from_on": "'2024-01-01'", "after_unit": "999"}[columns[table]]
    with connection.cursor() as cursor:
        names = [c.name for c in connection.introspection.get_table_description(cursor, table) if c.name != "id"]
    values = ", ".join(other if name == columns[table] else name for name in names)
    refused(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} LIMIT 1")
    assert fingerprint() == closed


@pytest.mark.parametrize("table", CLOSED_ROWS)
def test_rows_cannot_be_moved_out_of_or_into_a_closed_month(table, closed):
    close_refused("2025-05", leave_out=["X-9"])
    opened = Month.objects.get(closed_at=None).pk
    shut = Month.objects.exclude(closed_at=None).get().pk
    refused(f"UPDATE {table} SET month_id = %s WHERE month_id = %s", opened, shut)
    if table != "billing_heldsettlement":
        refused(f"UPDATE {table} SET month_id = %s WHERE month_id = %s", shut, opened)


def test_a_closed_month_cannot_be_opened_again(closed):
    refused("UPDATE billing_month SET closed_at = NULL")
    assert Month.objects.get().closed_at is not None


@pytest.mark.postgres
@pytest.mark.parametrize(
    "table", [*CLOSED_ROWS, "billing_month CASCADE", "contracts_target CASCADE", "contracts_price"]
)
def test_nothing_closed_is_truncated(table, closed):
    refused(f"TRUNCATE {table}")
    assert fingerprint() == closed


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_nothing_closed_is_replaced(verb, closed):
    """SQLite's REPLACE deletes without a word; PostgreSQL does not know it. Both end with the rows as they were."""
    close_refused("2025-05", leave_out=["X-9"])
    before = list(ChargeLine.objects.filter(month__month="2025-04-01").order_by("pk").values_list())
    for statement in (
        f"{verb} INTO billing_month (id, month, facts_revision, closed_by, left_out, line_count, total_yen) "
        "SELECT id, month, facts_revision, '', '[]', 0, 0 FROM billing_month WHERE closed_at IS NOT NULL",
        f"{verb} INTO billing_month (month, facts_revision, closed_by, left_out, line_count, total_yen) "
        "SELECT month, facts_revision, '', '[]', 0, 0 FROM billing_month WHERE closed_at IS NOT NULL",
        f"{verb} INTO billing_chargeline (id, month_id, customer_id, unit_id, target_id, fee, from_on, to_on, quantity, "
        "unit_price_yen, amount_yen, tax_category, clause, basis, cause) "
        "SELECT id, (SELECT id FROM billing_month WHERE closed_at IS NULL), customer_id, unit_id, target_id, fee, "
        "from_on, to_on, quantity, unit_price_yen, 1, tax_category, clause, basis, cause "
        "FROM billing_chargeline WHERE from_on < '2025-05-01'",
        f"{verb} INTO contracts_price (id, target_id, fee, amount_yen, from_on, note) "
        "SELECT id, target_id, fee, 1, from_on, note FROM contracts_price",
    ):
        refused(statement)
    assert list(ChargeLine.objects.filter(month__month="2025-04-01").order_by("pk").values_list()) == before
    assert Month.objects.exclude(closed_at=None).count() == 1


@pytest.mark.parametrize(
    ("model", "table", "key", "found_by"),
    [
        (Target, "contracts_target", "id", {"number": "M-1"}),
        (Target, "contracts_target", "id", {"number": "O-LIC"}),
        (Contract, "contracts_contract", "target_id", {"target__number": "M-1"}),
        (Option, "contracts_option", "target_id", {"target__number": "O-LIC"}),
        (Price, "contracts_price", "id", {"target__number": "M-1", "fee": "monthly"}),
        (Price, "contracts_price", "id", {"target__number": "M-1", "fee": "initial"}),
        (Change, "contracts_change", "id", {}),
        (Notice, "contracts_notice", "id", {}),
        (Outage, "contracts_outage", "id", {}),
        (Breach, "contracts_breach", "id", {}),
    ],
)
def test_what_a_line_rests_on_cannot_be_deleted(model, table, key, found_by, closed):
    assert id_of(model, **found_by)
    refused(f"DELETE FROM {table} WHERE {key} = %s", id_of(model, **found_by))
    assert id_of(model, **found_by)


def test_what_no_line_rests_on_can_be_deleted(tmp_path):
    must_take(sound(*priced("M-1", 1)), tmp_path)
    run("DELETE FROM contracts_price WHERE fee = 'monthly'")
    assert Price.objects.count() == 1


def _opened():
    taken(sound(*priced("T-1", 1000)))
    close_refused("2025-04")


opened = world("April 2025 begun with one line, and open since a price is missing", _opened)


def test_lines_of_an_open_month_can_be_thrown_away(opened):
    run("UPDATE billing_chargeline SET basis = 'x'")
    run("DELETE FROM billing_chargeline")
    assert ChargeLine.objects.count() == 0


def test_one_line_a_target_fee_day_and_cause(opened):
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, "billing_chargeline")
    names = ", ".join(column.name for column in described if column.name != "id")
    refused(f"INSERT INTO billing_chargeline ({names}) SELECT {names} FROM billing_chargeline")
    assert ChargeLine.objects.count() == 1


@pytest.mark.parametrize("column", ["amount_yen", "unit_price_yen", "quantity"])
def test_amounts_of_lines_are_there(column, opened):
    refused(f"UPDATE billing_chargeline SET {column} = NULL")


@pytest.mark.parametrize(
    ("table", "column"),
    [("billing_chargeline", "amount_yen"), ("billing_chargeline", "unit_price_yen"), ("contracts_price", "amount_yen")],
)
def test_amounts_are_whole_numbers(table, column, opened):
    with connection.cursor() as cursor:
        kinds = {
            c.name: connection.introspection.get_field_type(c.type_code, c)
            for c in connection.introspection.get_table_description(cursor, table)
        }
    assert kinds[column] in ("BigIntegerField", "PositiveBigIntegerField")


def _of_every_kind():
    rows = book(
        premium(),
        module(),
        edr(),
        licence(),
        option("ログ保管オプション", "M-1", "O-KEEP", retention_years=3),
        change("O-KEEP", "retention_years", 5, "2025-06-01"),
        change("O-LIC", "quantity", 150, "2025-06-01"),
        notice("O-EDR", "2025-07-01", "2025-12-31", "gp28_2"),
        outage("T-1", "2025-04-02 00:00", "2025-04-04 00:00"),
        breach("T-1", "2025-04-02 00:00"),
        *priced("T-1", 1000),
    )
    taken(rows)
    close_refused("2025-04")


of_every_kind = world("April 2025 begun and open, and facts of every kind", _of_every_kind)


def overwritable(table):
    """Takes off the guard of a fact, so that what is refused is refused by the table's own constraints."""
    name = f"guard_contracts_{table.split('_', 1)[1]}_fact_overwritten_update"
    on_postgresql = connection.vendor == "postgresql"
    run(f"DROP TRIGGER IF EXISTS {name} ON {table}" if on_postgresql else f"DROP TRIGGER IF EXISTS {name}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_chargeline SET fee = 'gift'",
        "UPDATE billing_chargeline SET to_on = '2025-03-31'",
        "UPDATE billing_month SET month = '2025-04-02'",
        "UPDATE contracts_price SET amount_yen = -1",
        "UPDATE contracts_price SET amount_yen = NULL",
        "UPDATE contracts_price SET fee = 'yearly'",
        "UPDATE contracts_price SET from_on = NULL WHERE fee = 'monthly'",
        "UPDATE contracts_target SET unit_id = NULL",
        "UPDATE contracts_target SET number = ''",
        "UPDATE contracts_target SET number = 'X'",
        "UPDATE contracts_target SET kind = 'gift'",
        "UPDATE contracts_contract SET category = 'gold'",
        "UPDATE contracts_contract SET module_type = 'gift' WHERE module_type <> ''",
        "UPDATE contracts_contract SET module_type = ''",
        "UPDATE contracts_contract SET item = 'x' WHERE category <> 'module'",
        "UPDATE contracts_option SET retention_years = 0 WHERE option = 'log_retention'",
        "UPDATE contracts_option SET retention_years = 11 WHERE option = 'log_retention'",
        "UPDATE contracts_option SET retention_years = NULL WHERE option = 'log_retention'",
        "UPDATE contracts_option SET retention_years = 1 WHERE option = 'edr_operation'",
        "UPDATE contracts_option SET quantity = 99 WHERE option = 'edr_licence'",
        "UPDATE contracts_option SET quantity = NULL WHERE option = 'edr_licence'",
        "UPDATE contracts_option SET licence_type = 'term' WHERE option = 'edr_licence'",
        "UPDATE contracts_option SET quantity = 100 WHERE option = 'edr_operation'",
        "UPDATE contracts_option SET option = 'gift'",
        "UPDATE contracts_change SET to_number = 0",
        "UPDATE contracts_change SET to_number = NULL",
        "UPDATE contracts_change SET to_number = 11 WHERE what = 'retention_years'",
        "UPDATE contracts_change SET what = 'colour'",
        "UPDATE contracts_notice SET requested_for = NULL WHERE ground = 'gp28_2'",
        "UPDATE contracts_notice SET ground = 'whim'",
        "UPDATE contracts_outage SET restored_at = '2025-04-01 00:00+00:00'",
        "UPDATE contracts_breach SET guarantee = 'smile'",
        "UPDATE contracts_application SET accepted_on = NULL",
        "UPDATE contracts_customer SET code = ''",
    ],
)
def test_values_out_of_range_are_refused(statement, of_every_kind):
    overwritable(statement.split()[1])
    refused(statement)


def test_an_initial_price_is_quoted_once(tmp_path):
    must_take(sound(*priced("T-1", 1000)), tmp_path)
    for fee, day in (("initial", "'2025-05-01'"), ("monthly", "from_on")):
        columns = (
            "target_id, fee, note, reference, recorded_at, recorded_by, recorded_in, withdrawn_by, withdrawn_because"
        )
        refused(
            f"INSERT INTO contracts_price (amount_yen, from_on, {columns}) "
            f"SELECT amount_yen + 1, {day}, {columns} FROM contracts_price WHERE fee = '{fee}'"
        )
    assert Price.objects.count() == 2


def insert_tier(number, starts, ends):
    run(
        "INSERT INTO contracts_target (number, kind, unit_id, application_id, billing_starts_on, ends_on, recorded_in) "
        "SELECT %s, 'tier', unit_id, application_id, %s, %s, recorded_in FROM contracts_target WHERE number = 'T-1'",
        number,
        starts,
        ends,
    )


def _tier_ends():
    taken(sound(notice("T-1", "2025-09-01", "2025-12-31"), notice("M-1", "2025-09-01", "2025-12-31")))


tier_ends = world("T-1 is the unit's tier from 2025-04-01 to 2025-12-31", _tier_ends)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        ("2025-12-31", None),
        ("2025-12-31", "2026-03-31"),
        ("2025-01-01", "2025-04-01"),
        ("2025-01-01", None),
        ("2025-06-01", "2025-06-01"),
    ],
)
def test_two_tiers_on_one_day_are_refused(starts, ends, tier_ends):
    with pytest.raises(IntegrityError):
        insert_tier("T-2", starts, ends)


@pytest.mark.parametrize(
    ("starts", "ends"), [("2026-01-01", None), ("2025-01-01", "2025-03-31"), (None, None), ("2025-06-01", "2025-05-01")]
)
def test_tiers_that_adjoin_or_never_serve_are_taken(starts, ends, tier_ends):
    insert_tier("T-2", starts, ends)
    assert Target.objects.filter(kind="tier").count() == 2


def test_moving_an_end_into_the_next_tier_is_refused(tier_ends):
    insert_tier("T-2", "2026-01-01", None)
    refused("UPDATE contracts_target SET ends_on = '2026-01-01' WHERE number = 'T-1'")
    refused("UPDATE contracts_target SET ends_on = NULL WHERE number = 'T-1'")
    refused("UPDATE contracts_target SET billing_starts_on = '2025-12-31' WHERE number = 'T-2'")


def test_modules_may_lie_beside_each_other(tmp_path):
    must_take(book(tier(), module(), module("個別ログ収集モジュール", item="タイプ1", number="M-2")), tmp_path)
    assert Target.objects.filter(kind="module").count() == 2


def test_the_models_refuse_deletion_too(closed):
    for model in (Target, Option, Price, MonthChunk, Month):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
