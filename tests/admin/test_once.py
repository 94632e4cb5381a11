"""One click or two, one record: the same form sent twice writes once, and the second leads to what the first made."""

import re
import threading
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.urls import reverse

from contracts.models import Application, Consent, Customer, Entry, LinkedService, ManagementUnit, Notice, Submission
from tests.admin.applications import new, posted
from tests.admin.conftest import signed_in
from tests.contracts.applications.form import ACCEPTED, Desk, module, option, tier
from tests.contracts.book import build as had

KEY = re.compile(r'name="once" value="([^"]+)"')
TOLD = "この内容は既に送信され、一度だけ記録されています。"


def key_of(client: Client, address: str) -> str:
    found = KEY.search(client.get(address).text)
    assert found, address
    return found[1]


def twice(client: Client, address: str, given: dict[str, Any]) -> tuple[Any, Any]:
    """The page opened once, its form sent twice."""
    given = {**given, "once": key_of(client, address)}
    return client.post(address, given), client.post(address, given, follow=True)


@pytest.fixture
def desk(db: None, tmp_path: Any) -> Desk:
    found = Desk(tmp_path)
    found.has(had.tier(), had.module(), had.ips_service())
    return found


def address(name: str, row: Any = None) -> str:
    return reverse(f"admin:contracts_{name}", args=[row.pk] if row is not None else [])


def test_a_form_sent_twice_makes_one_application(desk: Desk, chief: User) -> None:
    client = signed_in(chief)
    first, second = twice(client, new(desk), posted(tier(), module(), save="1"))
    application = Application.objects.get(state="draft")
    assert first.headers["Location"] == address("application_change", application)
    assert second.redirect_chain == [(first.headers["Location"], 302)]
    assert TOLD in second.text
    assert first.cookies["stored"].value == Submission.objects.get().key, "the browser is told what was stored"


def test_an_acceptance_sent_twice_accepts_once(desk: Desk, chief: User) -> None:
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        application = desk.received(option("on_site_report", "T-1", initial_yen="10000", monthly_yen="50000"))
        client, page = signed_in(chief), address("application_accept", application)
        hidden = {name: str(value) for name, value in client.get(page).context["hidden"].items()}
        first, second = twice(client, page, {"on": ACCEPTED, **hidden})
    assert first.status_code == 302
    assert second.redirect_chain[0][0] == first.headers["Location"]
    assert TOLD in second.text
    assert Entry.objects.filter(operation="accept", record="application").count() == 1


CREATES: list[tuple[str, Any, dict[str, Any], Any]] = [
    ("customer_register", None, {"code": "C-9", "name": "新しい契約者"}, Customer),
    ("customer_register-unit", Customer, {"code": "U-9", "name": "支社"}, ManagementUnit),
    (
        "linkedservice_register",
        None,
        {"code": "S-9", "offer": "mx||", "holder": "C-1", "from_on": "2025-01-01"},
        LinkedService,
    ),
    (
        "linkedservice_record-consent",
        LinkedService,
        {"assent": "module_consent", "given_on": "2025-01-01", "given_by": "甲", "document": "書"},
        Consent,
    ),
    (
        "notice_receive",
        ManagementUnit,
        {"targets": ["M-1"], "arrived_on": ACCEPTED, "when": "none", "ground": "notice", "confirmed": "1"},
        Notice,
    ),
]


@pytest.mark.parametrize(("name", "of", "given", "made"), CREATES, ids=[case[0] for case in CREATES])
def test_what_creates_creates_once(desk: Desk, chief: User, name: str, of: Any, given: Any, made: Any) -> None:
    client, row = signed_in(chief), of.objects.get() if of else None
    before, told = made.objects.count(), Entry.objects.count()
    with time_machine.travel(f"{ACCEPTED}T03:00:00+00:00"):
        if name == "notice_receive":
            shown = client.post(address(name, row), {k: v for k, v in given.items() if k != "confirmed"})
            given = {**given, "seen": shown.context["plan"]["seen"]}
        first, second = twice(client, address(name, row), given)
    assert first.status_code == 302, first.text
    assert made.objects.count() == before + 1
    assert TOLD in second.text
    assert second.redirect_chain[0][0] == first.headers["Location"]
    assert Entry.objects.count() > told
    assert Submission.objects.filter(person=chief).count() == 1


def test_what_was_refused_can_be_sent_again_from_the_same_page(desk: Desk, chief: User) -> None:
    client = signed_in(chief)
    key = key_of(client, address("customer_register"))
    given = {"code": "C-1", "name": "別の契約者", "once": key}
    assert "既に使われています" in client.post(address("customer_register"), given).text
    assert not Submission.objects.exists()
    assert client.post(address("customer_register"), given | {"code": "C-2"}).status_code == 302
    assert Customer.objects.filter(name="別の契約者").count() == 1


def test_a_check_takes_no_key(desk: Desk, chief: User) -> None:
    client = signed_in(chief)
    key = key_of(client, new(desk))
    client.post(new(desk), posted(tier(), check="1", once=key))
    assert client.post(new(desk), posted(tier(), save="1", once=key)).status_code == 302


def test_another_persons_key_leads_nowhere(desk: Desk, chief: User) -> None:
    key = key_of(signed_in(chief), address("customer_register"))
    signed_in(chief).post(address("customer_register"), {"code": "C-8", "name": "甲", "once": key})
    other = signed_in(User.objects.create_superuser("other"))
    answer = other.post(address("customer_register"), {"code": "C-9", "name": "乙", "once": key})
    assert answer.headers["Location"] == address("customer_register")
    assert not Customer.objects.filter(code="C-9").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["application", "customer", "unit", "service", "consent", "first"])
def test_two_clicks_at_once_make_one(tmp_path: Any, name: str) -> None:
    """Both submissions are under way at the same moment, each on a connection of its own."""
    desk, chief = Desk(tmp_path), User.objects.create_superuser("chief")
    desk.has(had.tier(), had.module(), had.ips_service())
    client = signed_in(chief)
    service = {"code": "S-9", "offer": "mx||", "holder": "C-1", "from_on": "2025-01-01"}
    consent = {"assent": "module_consent", "given_on": "2025-01-01", "given_by": "甲", "document": "書"}
    first = {"code": "C-9", "name": "甲", "unit_name": "本社"}
    page, given, made = {
        "service": (address("linkedservice_register"), service, LinkedService.objects.filter(code="S-9")),
        "consent": (
            address("linkedservice_record-consent", LinkedService.objects.get()),
            consent,
            Consent.objects.all(),
        ),
        "first": (address("customer_first"), first, ManagementUnit.objects.filter(code="C-9-1")),
        "application": (new(desk), posted(tier(), module(), save="1"), Application.objects.filter(state="draft")),
        "customer": (address("customer_register"), {"code": "C-9", "name": "甲"}, Customer.objects.filter(code="C-9")),
        "unit": (
            address("customer_register-unit", Customer.objects.get()),
            {"code": "U-9", "name": "甲"},
            ManagementUnit.objects.filter(code="U-9"),
        ),
    }[name]
    given = {**given, "once": key_of(client, page)}
    start, answers = threading.Barrier(4), []

    def click() -> None:
        own = signed_in(User.objects.get(pk=chief.pk))
        start.wait()
        answers.append(own.post(page, given))
        connections.close_all()

    clicks = [threading.Thread(target=click) for _each in range(4)]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join(timeout=60)
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert made.count() == 1
