"""書面の送信: a queue that sends each document once, tells what failed and what came back, and marks what left."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.mail import EmailMessage

from billing.models import BillingParty, Document, DocumentMail, Invoice, InvoiceMark, Month
from billing.operations.close_month import close_month
from billing.operations.documents import mail as queue
from billing.operations.documents.mail import ask_to_mail, ask_to_mail_month, came_back, send_again, send_waiting
from billing.operations.documents.making import document_of, make_missing
from billing.operations.documents.scheduled import DOCUMENTS
from billing.operations.invoices import issue_invoices
from contracts import clock
from contracts.models import Customer, Entry
from contracts.operations import jobs
from contracts.operations.import_book import import_book
from contracts.operations.refusal import Refused
from tests.conftest import SAMPLE
from tests.worlds import world

ON = date(2025, 5, 2)


def _issued() -> None:
    import_book(SAMPLE, by="試験", on=clock.today())
    close_month(date(2025, 4, 1), on=ON, by="試験")
    for customer, email in zip(Customer.objects.order_by("code")[:2], ["a@example.jp", "b@example.jp"], strict=True):
        BillingParty.objects.create(
            customer=customer, from_on=date(2025, 4, 1), company=customer.name, email=email, sending="mail"
        )
    issue_invoices(Month.objects.get(), on=ON, by="経理")


issued = world("the sample's April invoiced, two parties by mail", _issued)
pytestmark = pytest.mark.usefixtures("issued")


@pytest.fixture
def by(db: None) -> User:
    return User.objects.create_user("keiri")


def _document() -> Document:
    return document_of(Invoice.objects.order_by("number")[0], by="経理")


def test_a_document_leaves_once_with_its_file(by: User) -> None:
    document = _document()
    ask_to_mail(document, to=" keiri@example.jp ", by=by)
    assert send_waiting() == 1
    assert send_waiting() == 0
    (sent,) = outbox.outbox
    assert isinstance(sent, EmailMessage)
    assert (sent.to, sent.subject) == (["keiri@example.jp"], f"【請求書】{document.number} {document.addressee} 御中")
    ((name, data, kind),) = sent.attachments
    assert (name, data, kind) == (
        f"20250502_{document.addressee}_{document.invoice.total_yen}_{document.number}.pdf",  # type: ignore[union-attr]
        document.pdf,
        "application/pdf",
    )
    row = DocumentMail.objects.get()
    assert row.state == "sent"
    assert row.sent_at is not None
    mark = InvoiceMark.objects.get()
    assert (mark.kind, mark.way, mark.note, mark.marked_by) == ("sent", "mail", "keiri@example.jp", "keiri")


@pytest.mark.parametrize("to", ["", "keiri", "a@b", "a@example.jp, b@example.jp", "a@example.jp\nBcc: c@example.jp"])
def test_what_is_no_address_is_refused(by: User, to: str) -> None:
    with pytest.raises(Refused, match="メールアドレス"):
        ask_to_mail(_document(), to=to, by=by)


def test_one_address_gets_a_document_once(by: User) -> None:
    document = _document()
    ask_to_mail(document, to="a@example.jp", by=by)
    with pytest.raises(Refused, match="既に依頼"):
        ask_to_mail(document, to="a@example.jp", by=by)
    ask_to_mail(document, to="b@example.jp", by=by)
    assert send_waiting(most=1) == 1
    assert [one.to for one in outbox.outbox] == [["a@example.jp"]]


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def fails(self: Any, *args: Any, **said: Any) -> int:
        raise OSError("接続できません")

    with monkeypatch.context() as patched:
        patched.setattr(EmailMessage, "send", fails)
        yield


@pytest.mark.usefixtures("broken")
def test_what_fails_is_tried_again_and_in_the_end_told(by: User) -> None:
    ask_to_mail(_document(), to="a@example.jp", by=by)
    for attempt in range(1, queue.SEND_ATTEMPTS):
        send_waiting()
        row = DocumentMail.objects.get()
        assert (row.state, row.attempts, row.error) == ("waiting", attempt, "接続できません")
    send_waiting()
    assert DocumentMail.objects.get().state == "failed"
    assert send_waiting() == 0
    assert not InvoiceMark.objects.exists()


def test_what_was_claimed_by_a_process_that_died_is_not_sent_again_by_itself(by: User) -> None:
    mail = ask_to_mail(_document(), to="a@example.jp", by=by)
    DocumentMail.objects.update(state="sending")
    assert send_waiting() == 0
    send_again(mail, by=by)
    assert send_waiting() == 1
    assert Entry.objects.filter(operation="resend", record="document").count() == 1


def test_what_came_back_is_told_and_can_be_sent_again(by: User) -> None:
    mail = ask_to_mail(_document(), to="a@example.jp", by=by)
    with pytest.raises(Refused, match="送信済みのメールだけ"):
        came_back(mail, why="宛先不明", by=by)
    with pytest.raises(Refused, match="まだ送信を待っています"):
        send_again(mail, by=by)
    send_waiting()
    with pytest.raises(Refused, match="不達の知らせ"):
        came_back(mail, why=" ", by=by)
    came_back(mail, why="550 User unknown", by=by)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("bounced", "550 User unknown")
    assert Entry.objects.get(operation="bounce").reason == "550 User unknown"
    send_again(mail, by=by)
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.error) == ("waiting", None, "")


def test_a_month_goes_to_those_who_want_mail_and_no_one_twice(by: User) -> None:
    month = Month.objects.get()
    with pytest.raises(Refused, match="まだPDFのない請求書が2通"):
        ask_to_mail_month(month, by=by)
    make_missing(month, by="経理")
    assert ask_to_mail_month(month, by=by) == 2
    assert list(DocumentMail.objects.order_by("to").values_list("to", flat=True)) == ["a@example.jp", "b@example.jp"]
    send_waiting()
    assert Invoice.objects.exclude(sent_on=None).count() == 2
    with pytest.raises(Refused, match="まだ送信を依頼していないものはありません"):
        ask_to_mail_month(month, by=by)


def test_the_job_makes_and_sends_and_once_more_does_nothing(by: User) -> None:
    document = _document()
    ask_to_mail(document, to="a@example.jp", by=by)
    assert DOCUMENTS.total(ON) == Invoice.objects.count() - 1
    assert jobs.run("documents", ON).state == "done"
    assert Document.objects.count() == Invoice.objects.count()
    assert len(outbox.outbox) == 1
    jobs.run("documents", ON)
    assert len(outbox.outbox) == 1
    assert Document.objects.count() == Invoice.objects.count()
