"""check_ledger finds whatever was tampered with, past the guards of the database."""

from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month, MonthChunk, ParkedTarget
from billing.models.month_tables import LINE_OF_ITS_MONTH
from billing.operations.check_ledger import lines_are_as_closed
from billing.operations.decide_held import bill_held
from billing.operations.seal import sealed
from contracts.models import Customer, ManagementUnit, Price
from tests.admin.test_tampered import unconstrained
from tests.billing.ledger import close
from tests.contracts.book.build import book, edr, licence, module, notice, premium, price, priced, take
from tests.contracts.history.past_the_guards import past_the_guards
from tests.contracts.history.past_the_guards import unguarded as sent_past_the_guards
from tests.worlds import world

pytestmark = pytest.mark.django_db


def said(*arguments):
    """What the command says, and whether it found the ledger sound."""
    out = StringIO()
    try:
        call_command("check_ledger", *arguments, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}", False
    return out.getvalue(), True


def _three_months():
    """Three months: lines, a settlement held and then billed, a target left out, a correction."""
    rows = book(
        premium(),
        module(),
        edr(),
        licence(),
        notice("O-EDR", "2025-04-01", "2025-04-20", "gp28_2"),
        *(fact for number in ("T-1", "O-EDR", "O-LIC") for fact in priced(number, 1000)),
    )
    with TemporaryDirectory() as folder:
        assert not take(rows, Path(folder) / "first").refused
    close("2025-04", leave_out=["M-1"])
    chief = User.objects.create_superuser("chief")
    held = HeldSettlement.objects.get(target__number="O-EDR")
    bill_held(held, reason="合意による", by=chief, on=date(2025, 5, 10))
    close("2025-05", leave_out=["M-1"])
    with TemporaryDirectory() as folder:
        assert not take({"prices": [price("T-1", "monthly", 900, "2025-04-16")[1]]}, Path(folder) / "second").refused
    close("2025-06", leave_out=["M-1"])
    assert ChargeLine.objects.filter(fee="correction").count() == 2
    # An open month without a row of its own: where a tampered row can be moved to.
    Month.objects.create(month=date(2025, 7, 1), facts_revision=0)


ledger = world("a ledger of three months", _three_months)


def test_a_ledger_as_it_was_closed_is_sound(ledger):
    told, sound = said()
    assert sound, told
    assert "3か月" in told


def test_billed_and_corrections_are_what_is_owed(ledger):
    told, sound = said("--recompute")
    assert sound, told
    assert "計算し直し、一致しました：3か月、延べ9対象" in told
    assert "計算し直せなかったもの（確かめていません）：延べ3対象" in told


TABLES = [ChargeLine, HeldSettlement, MonthChunk, ParkedTarget, Month, HeldDecision]
GUARDED = [*TABLES, Price]
NAMED = "line_correction_names_what_it_corrects"


def unguarded(statement, *values):
    """Any SQL past the guards, as somebody with the database's password would."""
    with past_the_guards(GUARDED), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE billing_chargeline DROP CONSTRAINT IF EXISTS {NAMED}")
            for month in Month.objects.values_list("pk", flat=True):
                cursor.execute(f"ALTER TABLE billing_chargeline_{month} DROP CONSTRAINT IF EXISTS {LINE_OF_ITS_MONTH}")
        cursor.execute(statement, values)


def columns(model):
    """Every column but the id, by which rows are only told apart."""
    return [field.column for field in model._meta.concrete_fields if not field.primary_key]


TAMPERED = {
    "month_id": "(SELECT MAX(id) FROM billing_month)",
    "corrects_month": "'2025-03-01'",
    "corrects_fee": "'one_time'",
    "fee": "'sla'",
    "tax_category": "'other'",
    "decision": "'waived'",
    "left_out": "'[]'",
    "month": "'2024-01-01'",
    "closed_at": "'2025-12-01 00:00:00+00:00'",
    "from_on": "'2025-04-02'",
    "to_on": "'2029-04-29'",
    "decided_on": "'2025-05-11'",
}
NUMBERS = ("_id", "_yen", "_count", "_unit", "_seen", "_revision", "quantity")


def other_value(model, column):
    """SQL for another value of a column."""
    if column in TAMPERED:
        return TAMPERED[column]
    if model is ParkedTarget and column == "target_id":
        return "(SELECT MIN(id) FROM contracts_target)"
    return f"{column} + 1000" if column.endswith(NUMBERS) else f"SUBSTR({column}, 2) || 'x'"


@pytest.fixture
def by_the_ledger_alone(monkeypatch):
    """What tells whether the facts were changed is left out: of the ledger's own rows the ledger has to tell."""
    for check in ("rows_are_what_they_were", "stored_is_what_was_told", "keys_are_of_the_names"):
        monkeypatch.setattr(f"billing.operations.check_ledger.{check}", lambda **_asked: ())


CASES = [(model, column, "") for model in TABLES[:-1] for column in columns(model)]
CASES += [(ChargeLine, column, "fee = 'correction' AND ") for column in columns(ChargeLine)]
CASES += [(HeldDecision, column, "") for column in columns(HeldDecision)]
ROWS_THAT_MUST_HAVE_IT = {"corrects_month", "corrects_fee"}


@pytest.mark.parametrize(
    ("model", "column", "of"),
    [
        pytest.param(model, column, of, id=f"{model.__name__}.{column}{' of a correction' if of else ''}")
        for model, column, of in CASES
        if of or model is not ChargeLine or column not in ROWS_THAT_MUST_HAVE_IT
    ],
)
def test_any_column_of_any_row_that_was_changed_is_found(model, column, of, ledger, by_the_ledger_alone):
    table = model._meta.db_table
    if column == "held_id":
        unguarded(f"UPDATE {table} SET held_id = (SELECT MAX(id) FROM billing_heldsettlement WHERE id <> held_id)")
    else:
        first = f"SELECT MIN(id) FROM {table} WHERE {of}1 = 1"
        unguarded(f"UPDATE {table} SET {column} = {other_value(model, column)} WHERE id = ({first})")
    told, sound = said()
    assert not sound
    assert told


@pytest.mark.parametrize("model", [ChargeLine, HeldSettlement, MonthChunk, ParkedTarget, HeldDecision])
def test_a_row_that_is_gone_is_found(model, ledger, by_the_ledger_alone):
    table = model._meta.db_table
    unguarded(f"DELETE FROM {table} WHERE id = (SELECT MAX(id) FROM {table})")
    assert not said()[1]


def test_a_row_too_many_is_found_and_named(ledger):
    names = ", ".join(name for name in columns(ChargeLine) if name != "cause")
    unguarded(
        f"INSERT INTO billing_chargeline ({names}, cause) SELECT {names}, 'again' FROM billing_chargeline "
        "WHERE fee = 'monthly' ORDER BY id LIMIT 1"
    )
    told, _sound = said()
    assert "2025-04：管理単位" in told
    assert "二度請求しています" in told


def test_lines_tampered_with_together_with_their_hashes_are_found_by_computing_anew(ledger, monkeypatch):
    """Whoever can write every hash still cannot make the facts agree."""
    for checks in ("CHECKS", "OF_THE_LINES"):
        monkeypatch.setattr(f"billing.operations.check_ledger.{checks}", ())
    unguarded(
        "UPDATE billing_chargeline SET amount_yen = amount_yen + 1 WHERE id = (SELECT MIN(id) FROM billing_chargeline)"
    )
    told, sound = said("--recompute")
    assert not sound
    assert "の訂正：正" in told


DERIVED = {
    "contracts_target": [
        "billing_starts_on = '2025-04-02'",
        "ends_on = '2029-04-29'",
        "unit_id = (SELECT MAX(id) FROM contracts_managementunit)",
    ],
    "contracts_managementunit": ["customer_id = (SELECT MAX(id) FROM contracts_customer)"],
}


@pytest.mark.parametrize(("table", "change"), [(table, change) for table in DERIVED for change in DERIVED[table]])
def test_what_is_derived_of_the_facts_is_found_by_computing_anew(table, change, ledger):
    billed = (
        "SELECT MIN(target_id) FROM billing_chargeline"
        if "target" in table
        else "SELECT MIN(unit_id) FROM billing_chargeline"
    )
    with transaction.atomic():
        other = Customer.objects.create(code="C-9", name="x")
        ManagementUnit.objects.create(code="U-9", name="x", customer=other)
        unconstrained(table)
        sent_past_the_guards([table], f"UPDATE {table} SET {change} WHERE id = ({billed})")
        told, sound = said("--recompute")
        transaction.set_rollback(True)
    assert not sound, told


def test_a_month_sealed_anew_is_found_by_the_history(ledger):
    month = Month.objects.get(month=date(2025, 6, 1))
    month.closed_by = "x"
    unguarded("UPDATE billing_month SET closed_by = 'x', sha256 = %s WHERE id = %s", sealed(month), month.pk)
    told, sound = said()
    assert not sound
    assert "2025-06：締めのSHA-256が、締めた時に履歴に残した値と異なります。" in told


def test_facts_that_came_since_the_last_close_are_no_fault(ledger, tmp_path):
    assert not take({"prices": [price("T-1", "monthly", 800, "2025-04-20")[1]]}, tmp_path / "third").refused
    assert said("--recompute")[1]


def test_a_month_that_is_missing_is_named(ledger):
    month = Month.objects.get(month=date(2025, 5, 1)).pk
    for table in ("billing_monthchunk", "billing_parkedtarget"):
        unguarded(f"DELETE FROM {table} WHERE month_id = %s", month)
    unguarded("DELETE FROM billing_month WHERE id = %s", month)
    assert "2025-04の次の月が2025-06です" in said()[0]


def test_chunks_are_taken_in_the_order_of_units_whichever_was_written_first(ledger):
    """Several processes compute a month side by side: here a chunk before the first, without a line, was written last."""
    month = Month.objects.get(month=date(2025, 6, 1))
    unguarded(
        "INSERT INTO billing_monthchunk (month_id, after_unit, last_unit, line_count, total_yen, sha256) "
        "VALUES (%s, -10, 0, 0, 0, %s)",
        month.pk,
        sha256().hexdigest(),
    )
    assert list(lines_are_as_closed()) == []
