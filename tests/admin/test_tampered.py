"""One row of any table that matters, changed or deleted behind the application's back, is found and named: by table and column."""

from collections.abc import Generator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import BinaryField, BooleanField, DateField, DateTimeField, JSONField, Model

from billing.facts.marked import OF_ALL
from billing.models import (
    BillingGroup,
    BillingGroupUnit,
    BillingParty,
    Invoice,
    InvoiceUnit,
    KeptSeal,
    LedgerCheck,
    Month,
    OrderNumber,
    Proposal,
)
from billing.operations.check_history import rows_are_what_they_were, told_is_what_stands
from billing.operations.check_ledger import check_ledger
from billing.operations.groups import put_in_group
from billing.operations.invoices import issue_invoices
from billing.operations.ledger_checks import ask_to_check, carry_out
from billing.operations.parties import set_order_number
from contracts import clock
from contracts.facts import marks
from contracts.facts.marks import FACTS, Marked
from contracts.models import Abolition, Customer, EntryLink, Name, RowMarks
from contracts.operations.passwords import set_by_another
from tests.admin.conftest import one_of_each
from tests.contracts.history.past_the_guards import past_the_guards, unguarded
from tests.worlds import world

pytestmark = pytest.mark.usefixtures("checked")


def checked_by(chief: User) -> LedgerCheck:
    """A check that somebody asked for, carried out."""
    check = ask_to_check(by=chief)
    assert carry_out(check.pk) == "done"
    check.refresh_from_db()
    return check


def _checked() -> None:
    """A row of every kind, invoices issued, and all of it looked at, the first check too."""
    chief = User.objects.get(username="chief")
    month = Month.objects.exclude(closed_at=None).order_by("-month").first()
    assert month is not None
    issue_invoices(month, on=clock.today(), by=chief)
    group = BillingGroup.objects.get()
    unit = group.customer.units.order_by("pk")[0]
    put_in_group(group, units=[unit], on=clock.today(), by=chief)
    set_order_number(unit, number="PO-1", from_on=date(2027, 1, 1), on=clock.today(), by=chief)
    KeptSeal.objects.create(sha256="0" * 64, media_type="image/png", content=b"x")
    set_by_another(User.objects.get(username="another"), "rain on the roof 7", by=chief)
    checked_by(chief)
    checked_by(chief)


checked = world("one of each, checked", _checked, within=one_of_each)

MODELS = sorted({one.model for one in OF_ALL}, key=lambda model: model._meta.label)
WITHDRAWN = "withdrawn_on = '2026-01-01', withdrawn_in = 10000000, withdrawn_by = 'xyz', withdrawn_because = 'xyz'"
SO_FAR: dict[tuple[str, str], str] = {
    **{(model._meta.label, "withdrawn"): WITHDRAWN for model in (*FACTS, BillingGroupUnit, BillingParty, OrderNumber)},
    (
        "billing.InvoiceMark",
        "taken_back",
    ): "taken_back_at = '2026-01-01 00:00:00+00:00', taken_back_by = 'xyz', taken_back_because = 'xyz'",
    (
        "contracts.Abolition",
        "withdrawn",
    ): "withdrawn_on = '2026-01-01', withdrawn_by = 'xyz', withdrawn_because = 'xyz'",
    (
        "contracts.Asked",
        "decided",
    ): "state = 'refused', decided_by_id = asked_by_id, decided_on = '2026-01-01', reason = 'xyz'",
    ("contracts.SettingChange", "told"): "told_at = '2026-01-01 00:00:00+00:00', told_how = 'xyz', told_by = 'xyz'",
    ("contracts.HandOver", ""): "state = 'done', closed_on = '2026-01-01', closed_by = 'xyz'",
    ("billing.MonthClosing", "done"): "state = 'done'",
    (
        "contracts.RightsChange",
        "",
    ): "state = 'refused', decided_by_id = asked_by_id, decided_at = '2026-01-01 00:00:00+00:00', reason = 'xyz'",
}
"""What makes a row of the world one of which the columns may not change any more, where it has none yet."""
NONE_HERE = {"billing.HeldDecision"}
"""A table of which this world has no row: each of its columns is looked at in tests/billing/test_check_ledger.py."""


def unconstrained(table: str) -> None:
    """Who owns the tables can drop what their constraints refuse too."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conparentid = 0 AND contype <> 'p' "
            "AND (conrelid = %s::regclass OR confrelid = %s::regclass) AND conrelid <> 0 ORDER BY contype <> 'f'",
            [table, table],
        )
        for other, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {other} DROP CONSTRAINT IF EXISTS "{name}"')


def other_value(model: type[Model], column: str) -> Any:
    """SQL for another value of a column."""
    field: Any = next(field for field in model._meta.concrete_fields if field.attname == column)
    named = f'"{field.column}"'
    if isinstance(field, DateTimeField):
        return "'2011-03-04 05:06:07+00:00'"
    if isinstance(field, DateField):
        return "'2011-03-04'"
    if isinstance(field, BooleanField):
        return f"NOT {named}" if connection.vendor == "postgresql" else f"1 - {named}"
    if isinstance(field, BinaryField):
        return "'y'"
    if isinstance(field, JSONField):
        return "'[\"x\"]'"
    kind = field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
    if "Decimal" in kind:
        return f"COALESCE({named}, 0) + 1"
    if any(word in kind for word in ("Integer", "AutoField", "OneToOne")):
        return f"COALESCE({named}, 0) + 7000"
    return f"SUBSTR(COALESCE({named}, ''), 2, 8) || 'x'"


def marked_row(of: Marked) -> int | None:
    """The number of a row that is marked; where none is so far, one is brought so far and marked."""
    rows = of.model._base_manager.order_by("pk").values("pk", *marks.columns_but(of.model))
    found = next((row["pk"] for row in rows if of.when(row)), None)
    newest = of.model._base_manager.order_by("-pk").first()
    if found is None and newest is not None and (of.model._meta.label, of.name) in SO_FAR:
        table, key = of.model._meta.db_table, of.model._meta.pk.column
        unconstrained(table)
        unguarded([table], f"UPDATE {table} SET {SO_FAR[of.model._meta.label, of.name]} WHERE {key} = {newest.pk}")
        assert list(marks.changed([of], keep=True)) == []
        return int(newest.pk)
    return found


def changed_of(model: type[Model]) -> set[tuple[int, bool]]:
    return {(one.number, one.gone) for one in marks.changed([of for of in OF_ALL if of.model is model], keep=False)}


def is_told(faults: Generator[str], said: str) -> bool:
    """Whether a fault is among those that are found; what is found after it is not looked for."""
    with closing(faults):
        return any(said in fault for fault in faults)


def test_what_nobody_touched_is_sound() -> None:
    assert list(check_ledger()) == []
    check = LedgerCheck.objects.order_by("-pk")[0]
    assert (check.state, check.fault_count) == ("done", 0)
    assert RowMarks.objects.exists()
    assert check.head == EntryLink.objects.get(position=check.position).sha256


@pytest.mark.parametrize("of", OF_ALL, ids=lambda of: of.what)
def test_any_column_that_was_changed_is_found(of: Marked) -> None:
    table, key = of.model._meta.db_table, of.model._meta.pk.column
    with transaction.atomic():
        number = marked_row(of)
        if number is None:
            assert of.model._meta.label in NONE_HERE
            return
        unconstrained(table)
        columns = {field.attname: field.column for field in of.model._meta.concrete_fields}
        unseen = []
        with past_the_guards([table]), connection.cursor() as cursor:
            # Put back from a copy: with triggers off, SQLite reads its schema anew for each savepoint that is rolled back.
            cursor.execute(f"CREATE TEMPORARY TABLE as_it_was AS SELECT * FROM {table} WHERE {key} = {number}")
            for column in of.columns:
                value, gone = other_value(of.model, column), columns[column] == key
                cursor.execute(f'UPDATE {table} SET "{columns[column]}" = {value} WHERE {key} = {number}')
                if (number, gone) not in changed_of(of.model):
                    unseen.append(column)
                known_by = f"(SELECT {value} FROM as_it_was)" if gone else number
                as_before = f'(SELECT "{columns[column]}" FROM as_it_was)'
                cursor.execute(f'UPDATE {table} SET "{columns[column]}" = {as_before} WHERE {key} = {known_by}')
            assert changed_of(of.model) == set()
        transaction.set_rollback(True)
    assert unseen == []


def test_a_row_that_is_gone_is_found_and_named() -> None:
    """Of every table one: each is held against its own marks, and no table against another."""
    gone = []
    with transaction.atomic():
        for model in MODELS:
            table, key = model._meta.db_table, model._meta.pk.column
            number = marked_row(next(of for of in OF_ALL if of.model is model))
            if number is None:
                assert model._meta.label in NONE_HERE
                continue
            gone.append(
                (table, key, number, f"{model._meta.verbose_name}（{table} 記録番号{number}）がなくなっています。")
            )
        for table, key, number, _said in gone:
            unconstrained(table)
            unguarded([table], f"DELETE FROM {table} WHERE {key} = {number}")
        faults = {*rows_are_what_they_were()}
        transaction.set_rollback(True)
    assert [said for _table, _key, _number, said in gone if said not in faults] == []
    assert len(gone) == len(MODELS) - len(NONE_HERE)


def test_every_table_that_matters_is_compared_or_sealed() -> None:
    """What is neither compared row by row nor sealed with its month is derived, at work, or told by the history alone: named here."""
    ours = {model for label in ("contracts", "billing") for model in apps.get_app_config(label).get_models()}
    assert {model._meta.label for model in ours - set(MODELS)} == SEALED | CHAINED | NOT_COMPARED
    assert Abolition in MODELS


SEALED = {
    *("billing.Month", "billing.MonthChunk", "billing.ChargeLine", "billing.HeldSettlement", "billing.ParkedTarget"),
    "billing.KeptSums",
}
CHAINED = {"contracts.Entry", "contracts.EntryLink", "contracts.ChainHead", "contracts.RowMarks"}
NOT_COMPARED = {
    # Derived, and made anew.
    *("contracts.WorkItem", "contracts.UnitLook", "contracts.NameKey", "contracts.Effect", "billing.MovedUnit"),
    # At work: what becomes of it is compared.
    *("contracts.BookUpload", "contracts.BookUploadPart", "billing.ProposalPart", "contracts.Job", "contracts.Digest"),
    # Counters, kept from going back by guards.
    *("contracts.FactsRevision", "contracts.NumberSeries"),
    # How people like their lists; one-time keys.
    *("contracts.ListChoice", "contracts.ListReading", "contracts.Submission"),
    # Rows of a proposal, made with it: what was decided by is the proposal's own result.
    *("billing.ProposalDifference", "billing.ProposalCustomer"),
    # A mail on its way: that it was sent is a mark of its invoice, and an entry of the history.
    "billing.DocumentMail",
    # Changed at will, each time with an entry of the history.
    "billing.Receipts",
    # Looks ahead: derived.
    *(
        "billing.Forecast",
        "billing.ForecastPart",
        "billing.ForecastRow",
        "billing.ForecastMovement",
        "billing.ForecastEvent",
    ),
}


REST_OF: dict[str, dict[str, str]] = {
    "contracts.Application": {
        "acknowledged_on": "that a rejection was noted; nothing rests on it",
        "version": "how often its form was saved; a form that is out of date is refused by it, and nothing is told by it",
    },
    "contracts.Contract": {
        "premium_consent_on": "may come later: stored_is_what_was_told holds it against the history",
        "ready_on": "may come later: stored_is_what_was_told holds it against the history",
    },
    "contracts.Target": {
        "billing_starts_on": "said by a row that is compared: stored_is_what_was_told finds it",
        "ends_on": "derived, each time told: stored_is_what_was_told holds it against the history",
        "term_licences": "the option's number, kept for reports: stored_is_what_was_told holds it against the option",
        "unit_id": "its application's, or one that its moves name: targets_are_where_they_came_to finds it",
    },
    "contracts.ManagementUnit": {
        "account_manager_id": "who looks after it: changed at will, told by the history",
        "contracts_moved": "a shortcut for reading; the moves themselves are compared",
        "customer_id": "derived of its transfers, each time told: stored_is_what_was_told holds it against the history",
        "id": "by it the row is known: it counts as gone",
        "name": "as of today: stored_is_what_was_told holds it against its names, which are compared, or the history",
    },
    "contracts.Customer": {
        "id": "by it the row is known: it counts as gone",
        "kana": "as of today: stored_is_what_was_told holds it against its names, which are compared, or the history",
        "name": "as of today: stored_is_what_was_told holds it against its names, which are compared, or the history",
    },
    "contracts.LinkedService": {"id": "by it the row is known: it counts as gone"},
    "billing.Invoice": {
        "paid_on": "what its marks say, which are compared: invoices_are_marked_as_told finds it",
        "sent_on": "what its marks say, which are compared: invoices_are_marked_as_told finds it",
    },
    "billing.Document": {"data": "its hash is compared, and documents_are_kept holds the bytes against it"},
    "billing.LedgerCheck": {"sent_at": "when its head was told elsewhere, which is where it counts"},
}
"""Of tables that are compared the columns that are not, each with its reason."""


def test_every_column_that_is_not_compared_has_its_reason() -> None:
    without = {
        model._meta.label: {*marks.columns_but(model)}
        - {name for of in OF_ALL if of.model is model for name in of.columns}
        for model in MODELS
    }
    assert {label: columns for label, columns in without.items() if columns} == {
        label: {*reasons} for label, reasons in REST_OF.items()
    }


BY_OTHER_CHECKS = [
    ("billing_invoice", "sent_on = '2011-03-04'", "送付済みの日"),
    ("billing_invoice", "paid_on = '2011-03-04'", "入金済みの日"),
    ("billing_document", "data = {bytes}", "書面"),
    ("contracts_linkedservice", "id = id + 7000", "なくなっています"),
    ("contracts_customer", "id = id + 7000", "なくなっています"),
    ("contracts_managementunit", "id = id + 7000", "なくなっています"),
    ("contracts_contract", "ready_on = '2011-03-04'", "通信環境の準備が整った日が、履歴"),
    ("contracts_contract", "premium_consent_on = '2011-03-04'", "特則同意日が、履歴"),
    ("contracts_target", "billing_starts_on = '2011-03-04'", "課金開始日が、記録した"),
    ("contracts_target", "billing_starts_on = NULL", "課金開始日が、記録した"),
    ("contracts_target", "ends_on = '2098-03-04'", "終了日が、"),
    ("contracts_target", "term_licences = 7", "期間ライセンスの数"),
    ("contracts_customer", "name = 'x'", "名称が、履歴"),
    ("contracts_managementunit", "name = 'x'", "名称が、"),
    ("contracts_managementunit", "customer_id = (SELECT MIN(id) FROM contracts_customer)", "契約者が、履歴"),
]


@pytest.mark.parametrize(("table", "change", "said"), BY_OTHER_CHECKS, ids=lambda value: str(value)[:30])
def test_what_another_check_finds_is_found(table: str, change: str, said: str) -> None:
    other = "'x'" if connection.vendor == "postgresql" else "x'78'"
    key = "target_id" if table == "contracts_contract" else "id"
    with transaction.atomic():
        unconstrained(table)
        unguarded(
            [table], f"UPDATE {table} SET {change.format(bytes=other)} WHERE {key} = (SELECT MAX({key}) FROM {table})"
        )
        assert is_told(check_ledger(), said)
        transaction.set_rollback(True)


def test_a_column_that_a_release_adds_changes_no_mark(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that were there have in it what a new row has by itself; whatever else is said in it is told."""
    row = InvoiceUnit._base_manager.values("pk", *marks.columns_but(InvoiceUnit)).order_by("pk")[0]
    whole, before = marks.all_of(InvoiceUnit), marks.all_of(InvoiceUnit, "order_number")
    assert row["order_number"] == ""
    assert marks.mark(whole, row) == marks.mark(before, row)
    assert marks.mark(whole, {**row, "order_number": "x"}) != marks.mark(before, row)
    assert marks.mark(marks.all_of(InvoiceUnit, "code"), row) != marks.mark(whole, row)
    assert marks.said(Invoice, {"paper": {}, "sending": "post", "paid_on": None, "total_yen": 0}) == {"total_yen": 0}


def test_a_mark_that_was_changed_is_found() -> None:
    row = RowMarks.objects.filter(what="billing_invoice").get()
    row.marks = bytes(len(bytes(row.marks)))
    row.save()
    assert "行の控えが、前回の検査の後に変わっています。" in list(rows_are_what_they_were())


def test_what_is_tampered_with_is_named_by_every_later_check() -> None:
    chief = User.objects.get(username="chief")
    first = "(SELECT MIN(id) FROM billing_invoice)"
    unguarded(["billing_invoice"], f"UPDATE billing_invoice SET addressee = 'x' WHERE id = {first}")
    for _day in range(2):
        faults = checked_by(chief).faults
        assert any("請求書「2025-04-00001」（billing_invoice 記録番号" in fault for fault in faults), faults


CHANGES = ["addressee = 'x'", "due_on = '2031-01-01'", "number = number || '0'", "issuer = 'x'"]


@pytest.mark.parametrize("change", CHANGES)
def test_an_invoice_tampered_with_before_any_check_is_found_by_the_history(change: str) -> None:
    """That the check asks it is seen of a proposal below."""
    RowMarks.objects.all().delete()
    last = "(SELECT MAX(id) FROM billing_invoice)"
    unguarded(["billing_invoice"], f"UPDATE billing_invoice SET {change} WHERE id = {last}")
    told = [fault for fault in told_is_what_stands() if "の請求書の宛名、期限、番号又は額が" in fault]
    assert [fault[:7] for fault in told] == ["2025-04"]


def test_a_proposal_tampered_with_before_any_check_is_found_by_the_history() -> None:
    RowMarks.objects.all().delete()
    done = Proposal.objects.filter(state="done").count()
    unguarded(["billing_proposal"], "UPDATE billing_proposal SET total_yen = total_yen + 1")
    assert sum("の提案（記録番号" in fault for fault in check_ledger()) == done > 0


def test_what_a_renamed_customer_is_called_is_held_against_its_names() -> None:
    code = Customer.objects.filter(pk__in=Name.objects.exclude(customer=None).values("customer")).get().code
    with transaction.atomic():
        unguarded(["contracts_customer"], f"UPDATE contracts_customer SET name = '株式会社新生' WHERE code = '{code}'")
        assert is_told(check_ledger(), f"{code}の名称が、記録した名称と異なります。"), "its name of next year"
        transaction.set_rollback(True)
