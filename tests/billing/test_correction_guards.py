"""What the database refuses of corrections and of decisions on what is held, whatever SQL is sent to it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month
from billing.operations.decide_held import waive_held
from tests.billing.ledger import close, close_refused
from tests.contracts.book.build import book, edr, licence, notice, premium, priced, take

pytestmark = pytest.mark.django_db


def refused(statement, *values):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def opened(tmp_path):
    """April closed with settlements held, May computed and open."""
    rows = book(
        premium(),
        edr(),
        licence(),
        notice("O-EDR", "2025-04-01", "2025-04-20", "gp28_2"),
        *(fact for number in ("T-1", "O-EDR", "O-LIC") for fact in priced(number, 1000)),
    )
    assert not take(rows, tmp_path).refused
    close("2025-04")
    close_refused("2025-05", leave_out=["X-9"])
    return Month.objects.get(closed_at=None)


def write(month, **values):
    """A line like one of the open month's, but for these values."""
    line = ChargeLine.objects.filter(month=month).first()
    with transaction.atomic():
        line.pk = None
        for name, value in {"cause": "other line", **values}.items():
            setattr(line, name, value)
        line.save(force_insert=True)


NAMED = {"corrects_month": date(2025, 4, 1), "corrects_fee": "monthly"}


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"fee": "correction"}, id="a correction that names nothing"),
        pytest.param({"fee": "correction", "corrects_month": date(2025, 4, 1)}, id="a correction without its fee"),
        pytest.param({"fee": "correction", "corrects_fee": "monthly"}, id="a correction without its month"),
        pytest.param({"fee": "monthly", "corrects_month": date(2025, 4, 1)}, id="a fee that names a month"),
        pytest.param({"fee": "monthly", "corrects_fee": "monthly"}, id="a fee that names a fee"),
    ],
)
def test_corrections_name_what_they_correct_and_nothing_else_does(values, opened):
    with pytest.raises(DatabaseError):
        write(opened, **values)
    write(opened, fee="correction", **NAMED)


def test_a_fee_of_a_month_is_corrected_once_in_a_month(opened):
    write(opened, fee="correction", **NAMED)
    with pytest.raises(DatabaseError):
        write(opened, fee="correction", **NAMED | {"cause": "other"})
    write(opened, fee="correction", **NAMED | {"cause": "other", "corrects_fee": "sla"})


def test_a_decision_is_neither_changed_nor_deleted(opened, django_user_model):
    chief = django_user_model.objects.create_superuser("chief")
    held = HeldSettlement.objects.filter(target__number="O-EDR").get()
    waive_held(held, reason="合意", by=chief, on=date(2025, 5, 1))
    refused("UPDATE billing_helddecision SET decision = 'billed'")
    refused("DELETE FROM billing_helddecision")
    assert HeldDecision.objects.get().decision == "waived"
    refused("DELETE FROM billing_heldsettlement")


@pytest.mark.postgres
def test_decisions_are_not_truncated(opened, django_user_model):
    test_a_decision_is_neither_changed_nor_deleted(opened, django_user_model)
    refused("TRUNCATE billing_helddecision")


@pytest.mark.parametrize(
    ("decision", "reason"), [pytest.param("lost", "x", id="unknown"), pytest.param("waived", "", id="no reason")]
)
def test_a_decision_is_one_of_two_and_has_its_reason(decision, reason, opened):
    held = HeldSettlement.objects.filter(target__number="O-EDR").get()
    with pytest.raises(DatabaseError), transaction.atomic():
        HeldDecision.objects.create(
            held=held, decision=decision, reason=reason, decided_by="x", decided_on=date(2025, 5, 1)
        )


def test_what_an_open_month_holds_is_not_decided_on(opened):
    held = HeldSettlement.objects.filter(target__number="O-EDR").get()
    held.pk, held.month, held.from_on = None, opened, date(2025, 5, 1)
    held.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        HeldDecision.objects.create(
            held=held, decision="waived", reason="x", decided_by="x", decided_on=date(2025, 5, 1)
        )
