"""PostgreSQL: two people who issue, mail, take out and read receipts at the same moment; each comes to pass once."""

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.db import transaction

from billing.models import BillingParty, Document, DocumentMail, Invoice, InvoiceMark, JournalFile, JournalSlip, Month
from billing.operations.close_month import close_month
from billing.operations.documents.mail import ask_to_mail, ask_to_mail_month, send_again, send_waiting
from billing.operations.documents.making import make_missing, reissue
from billing.operations.export_journal import export_journal
from billing.operations.invoices import issue_invoices
from billing.operations.receipts import keep_receipts, take_receipts
from contracts import clock
from contracts.models import Customer
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE
from tests.faults.test_side_by_side import together

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("transactional_db")]
ON = date(2025, 5, 2)


def april() -> Month:
    return Month.objects.get()


def kinds(given: list[object]) -> list[str]:
    return sorted(type(each).__name__ for each in given)


def test_what_leaves_leaves_once_whoever_asks_beside_another() -> None:
    """One world for all of it: to build it costs more than everything that is done to it."""
    import_book(SAMPLE, by="試験", on=clock.today())
    close_month(date(2025, 4, 1), on=ON, by="試験")
    by = User.objects.create_user("keiri")
    for customer in Customer.objects.order_by("code")[:3]:
        BillingParty.objects.create(
            customer=customer, from_on=date(2025, 4, 1), email=f"{customer.code}@example.jp", sending="mail"
        )

    # Issued: one issues all, the other none.
    given = together(*[lambda: issue_invoices(april(), on=ON, by="経理")] * 2)
    count = Invoice.objects.count()
    assert sorted(given) == [0, count]
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"2025-04-{place:05}" for place in range(1, count + 1)]

    # Taken out for a package: one file, and each invoice once.
    given = together(*[lambda: export_journal(april(), "yayoi", by="経理")] * 2)
    assert kinds(given) == ["JournalOut", "Refused"]
    assert JournalFile.objects.count() == 1
    assert JournalSlip.objects.count() == Invoice.objects.exclude(total_yen=0).count()

    # Put into the queue: by one, and the other is told so in words.
    make_missing(april(), by="経理")
    given = together(*[lambda: ask_to_mail_month(april(), by=by)] * 2)
    assert kinds(given) == ["Refused", "int"]
    assert DocumentMail.objects.count() == 3
    document = Document.objects.order_by("-number")[0]
    given = together(*[lambda: ask_to_mail(document, to="a@example.jp", by=by)] * 2)
    assert kinds(given) == ["DocumentMail", "Refused"]

    # Sent by two workers: each mail once.
    assert sum(together(send_waiting, send_waiting)) == 4
    assert len(outbox.outbox) == 4
    assert InvoiceMark.objects.count() == 4

    # Once more: one of two is told that it waits already.
    mail = DocumentMail.objects.order_by("pk")[0]
    given = together(*[lambda: send_again(mail, by=by)] * 2)
    assert kinds(given) == ["DocumentMail", "Refused"]

    # Issued again: two papers, each with a number of its own.
    one = Invoice.objects.order_by("number")[0]
    together(*[lambda: reissue(one, on=ON, reason="紛失", by=by)] * 2)
    assert list(one.documents.order_by("edition").values_list("edition", flat=True)) == [0, 1, 2]

    # Receipts: read once, taken once.
    rows = f"請求書番号,入金日,入金額\n{one.number},2025-05-02,{one.total_yen}\n".encode()
    given = together(*[lambda: keep_receipts("入金.csv", rows, by=by)] * 2)
    assert kinds(given) == ["Receipts", "Refused"]
    (kept,) = (each for each in given if not isinstance(each, Refused))
    given = together(*[lambda: take_receipts(kept, on=ON, by=by)] * 2)
    assert kinds(given) == ["Refused", "Taken"]
    assert InvoiceMark.objects.filter(kind="paid").count() == 1
    assert not transaction.get_connection().in_atomic_block
