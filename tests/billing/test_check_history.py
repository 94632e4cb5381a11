"""What the history tells of by a hash is held against what stands: requests to close, and what was told last of a month's invoices."""

from datetime import date

import pytest
from django.contrib.auth.models import User

from billing.models import Month, MonthClosing
from billing.operations.check_history import told_is_what_stands
from billing.operations.close_month import close_month
from billing.operations.closing import ask_to_close
from billing.operations.invoices import issue_invoices
from billing.operations.propose import propose_month
from billing.operations.told_digests import invoices_digest
from contracts import clock
from contracts.facts.history import record
from contracts.operations.import_book import import_book
from tests.conftest import SAMPLE
from tests.contracts.history.past_the_guards import unguarded
from tests.worlds import world

ON = date(2026, 11, 23)
JANUARY = date(2025, 1, 1)

book = world("the sample", lambda: import_book(SAMPLE, by="試験", on=clock.today()))


@pytest.mark.usefixtures("book")
def test_a_request_to_close_that_was_changed_or_is_gone_is_found() -> None:
    found = propose_month(JANUARY, on=ON, by=User.objects.create_user("keiri"))
    closing = ask_to_close(found, by=User.objects.create_user("kacho"))
    assert list(told_is_what_stands()) == []
    unguarded([MonthClosing], "UPDATE billing_monthclosing SET reason = 'x'")
    (said,) = told_is_what_stands()
    assert f"{closing}の締めの依頼（記録番号{closing.pk}）が、履歴に残した内容と異なるか、なくなっています。" == said
    unguarded([MonthClosing], "DELETE FROM billing_monthclosing")
    (said,) = told_is_what_stands()
    assert said.startswith(f"の締めの依頼（記録番号{closing.pk}）")


@pytest.mark.usefixtures("book")
def test_what_was_told_last_counts() -> None:
    close_month(JANUARY, on=ON, by="試験")
    month = Month.objects.get()
    issue_invoices(month, on=ON, by="試験")

    def tell(digest: str) -> None:
        record("issue", "invoice", f"{month}", by="試験", after={"digest": digest})

    tell("another")
    (said,) = told_is_what_stands()
    assert said.startswith("2025-01の請求書の宛名")
    tell(invoices_digest(month))
    assert list(told_is_what_stands()) == []
