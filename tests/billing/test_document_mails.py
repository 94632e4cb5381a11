"""書面の送信: a queue that sends each document once, tells what failed and what came back, and marks what left."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail as outbox
from django.core.mail import EmailMessage
from pytest_django import Settings

from billing.models import BillingParty, Document, DocumentMail, Invoice, InvoiceMark, Month
from billing.operations.close_month import close_month
from billing.operations.documents import mail as queue
from billing.operations.documents.mail import (
    ask_to_mail,
    ask_to_mail_month,
    came_back,
    not_delivered,
    send_again,
    send_waiting,
)
from billing.operations.documents.making import document_of, make_missing, reissue
from billing.operations.documents.scheduled import DOCUMENTS
from billing.operations.invoices import issue_invoices
from billing.operations.marks import mark_sent
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
    third, fourth = Customer.objects.order_by("code")[2:4]
    addressed = {"department": "経理部", "person": "佐藤花子", "honorific": "様"}
    BillingParty.objects.create(customer=third, from_on=date(2025, 4, 1), company="青葉商事", **addressed)
    BillingParty.objects.create(customer=fourth, from_on=date(2025, 4, 1), company="Aoba Inc.", language="en")
    issue_invoices(Month.objects.get(), on=ON, by="経理")


issued = world("the sample's April invoiced, two parties by mail, one English", _issued)
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


def _mailed(document: Document, by: User) -> EmailMessage:
    ask_to_mail(document, to="a@example.jp", by=by)
    send_waiting()
    (sent,) = outbox.outbox
    assert isinstance(sent, EmailMessage)
    return sent


def test_a_mail_is_of_whom_issued_it_and_says_what_is_asked_for_by_when(by: User, settings: Settings) -> None:
    document = _document()
    settings.INVOICE_ISSUER = "後の名称株式会社"
    body = str(_mailed(document, by).body)
    invoice = Invoice.objects.order_by("number")[0]
    assert body.startswith(f"{invoice.addressee} 御中\n\n")
    assert f"請求書（{invoice.number}）を添付のPDFのとおり" in body
    assert f"ご請求金額（税込）：¥{invoice.total_yen:,}-\nお支払期限：2025年5月31日\n" in body
    assert f"\n\n{invoice.issuer}\n" in body
    assert "後の名称" not in body


def test_a_person_is_addressed_as_one(by: User) -> None:
    invoice = Invoice.objects.get(addressee="青葉商事")
    sent = _mailed(document_of(invoice, by="経理"), by)
    assert sent.subject == f"【請求書】{invoice.number} 青葉商事 経理部 佐藤花子 様"
    assert str(sent.body).startswith("青葉商事\n経理部\n佐藤花子 様\n\n")


def test_a_party_that_reads_english_gets_its_mail_in_english(by: User) -> None:
    invoice = Invoice.objects.get(addressee="Aoba Inc.")
    sent = _mailed(document_of(invoice, by="経理"), by)
    assert sent.subject == f"[Invoice] {invoice.number} Aoba Inc."
    body = str(sent.body).replace(invoice.issuer, "")
    assert f"Please find attached: Invoice No. {invoice.number}." in body
    assert f"Amount due (tax included): ¥{invoice.total_yen:,}-\nPayment due: 31 May 2025\n" in body
    assert not re.search("[ぁ-ん一-龠]", body)


def test_what_is_issued_again_says_so_on_its_mail(by: User) -> None:
    _document()
    invoice = Invoice.objects.order_by("number")[0]
    again = reissue(invoice, on=date(2025, 5, 9), reason="紛失", by=by)
    assert _mailed(again, by).subject.startswith(f"【請求書（再発行）】{invoice.number} ")


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


def test_what_came_back_is_not_sent_until_it_leaves_again(by: User) -> None:
    mail = ask_to_mail(_document(), to="a@example.jp", by=by)
    send_waiting()
    assert not Invoice.objects.filter(not_delivered()).exists()
    came_back(mail, why="宛先不明" * 125, by=by)
    (unsent,) = Invoice.objects.filter(not_delivered())
    assert unsent.sent_on is None
    assert InvoiceMark.objects.get().taken_back_because.startswith("不達：宛先不明")
    send_again(mail, by=by)
    assert not Invoice.objects.filter(not_delivered()).exists()
    send_waiting()
    assert Invoice.objects.exclude(sent_on=None).count() == 1


def test_what_came_back_from_one_of_two_is_sent(by: User) -> None:
    document = _document()
    mail = ask_to_mail(document, to="a@example.jp", by=by)
    ask_to_mail(document, to="b@example.jp", by=by)
    send_waiting()
    came_back(mail, why="宛先不明", by=by)
    assert Invoice.objects.exclude(sent_on=None).count() == 1
    assert not Invoice.objects.filter(not_delivered()).exists()


def test_what_was_posted_is_sent_whatever_came_back(by: User) -> None:
    document = _document()
    mark_sent(Invoice.objects.order_by("number")[0], sent_on=ON, way="post", note="a@example.jp", on=ON, by=by)
    mail = ask_to_mail(document, to="a@example.jp", by=by)
    send_waiting()
    came_back(mail, why="宛先不明", by=by)
    assert Invoice.objects.exclude(sent_on=None).count() == 1


@pytest.mark.usefixtures("broken")
def test_what_could_not_leave_is_found(by: User) -> None:
    ask_to_mail(_document(), to="a@example.jp", by=by)
    for _each in range(queue.SEND_ATTEMPTS):
        assert not Invoice.objects.filter(not_delivered()).exists()
        send_waiting()
    assert Invoice.objects.filter(not_delivered()).count() == 1


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
