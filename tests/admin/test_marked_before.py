"""What an earlier release marked and told stands after an upgrade; and what is tampered with then is found by the earlier marks too."""

import pytest
from django.contrib.auth.models import User

from billing.facts.marked import OF_ALL
from billing.models import BillingGroup, Month
from billing.operations import told_digests
from billing.operations.check_history import rows_are_what_they_were, told_is_what_stands
from billing.operations.invoices import issue_invoices
from billing.operations.ledger_checks import ask_to_check, carry_out
from contracts import clock
from contracts.facts import marks
from contracts.models import Entry
from tests.contracts.history.past_the_guards import unguarded

COLUMNS = {id(of): of.columns for of in OF_ALL}


@pytest.fixture
def before(one_of_each: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marked and issued as the first release did: over all columns that it had, defaults too."""
    chief = User.objects.get(username="chief")
    with monkeypatch.context() as first:
        first.setattr(marks, "said", lambda _model, row: row)
        first.setattr(told_digests, "said", lambda _model, row: row)
        first.setattr(marks.Marked, "columns", property(lambda of: of.first or COLUMNS[id(of)]))
        told = Entry.objects.filter(operation="issue").count()
        for month in Month.objects.exclude(closed_at=None).filter(invoices=None).order_by("month"):
            issue_invoices(month, on=clock.today(), by=chief)
        assert Entry.objects.filter(operation="issue").count() > told
        check = ask_to_check(by=chief)
        assert carry_out(check.pk) == "done"


def test_it_stands(before: None) -> None:
    assert list(rows_are_what_they_were()) == []
    assert list(told_is_what_stands()) == []


def test_tampered_with_it_is_found(before: None) -> None:
    group = BillingGroup.objects.get()
    unguarded([BillingGroup], f"UPDATE billing_billinggroup SET code = 'X-9' WHERE id = {group.pk}")
    assert any("billing_billinggroup" in fault for fault in rows_are_what_they_were())
