"""Transfers, mergers and moves on screen: who may, what is shown of both customers, the second person, and that it is put right there too."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from contracts.models import Asked, Customer, ManagementUnit, Move, Transfer
from tests.billing.ledger import close
from tests.contracts.book.build import book, customer, module, must_take, priced, tier, unit

FACTS = [
    *(customer(), customer("C-2", "株式会社移転先"), unit(), unit("U-2", "C-2", "支社")),
    *(tier(), module(), module("個別ログ収集モジュール", "", "タイプ1", "M-2")),
    *(tier(number="T-9", of="U-2", application="A-9"),),
    module("個別ログ収集モジュール", "", "タイプ2", "M-9", of="U-2", application="A-9"),
    *(row for number in ("T-1", "M-1", "M-2", "T-9", "M-9") for row in priced(number, 100_001)),
]
FORM = {"receiver": "C-2", "from_on": "2025-05-17", "agreed_on": "2025-05-10", "document": "合意書 1", "services": "on"}


@pytest.fixture
def world(db, tmp_path, settings):
    settings.LARGE_CORRECTION_YEN = 1_000_000
    must_take(book(*FACTS), tmp_path / "book")
    close("2025-03", until="2025-06")
    return ManagementUnit.objects.get(code="U-1")


def person(client, users, name, *codes):
    """Somebody who may look, and those things."""
    one = users.objects.create_user(name, is_staff=True)
    names = ["view_managementunit", "view_transfer", "view_move", "view_customer", *codes]
    one.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(one)
    return one


def test_what_both_customers_pay_is_shown_and_then_done(world, client, django_user_model):
    person(client, django_user_model, "営業", "add_transfer")
    page = reverse("admin:contracts_managementunit_transfer", args=[world.pk])
    shown = client.post(page, FORM)
    said = " ".join(shown.context["following"])
    assert "C-1 株式会社見本：次に締める月の請求は、月分が−300,003円、締めた月の訂正が−445,167円変わります。" in said
    assert "C-2 株式会社移転先：次に締める月の請求は、月分が+300,003円、締めた月の訂正が+445,167円変わります。" in said
    assert "締め済みの2025-05、2025-06に触れます。" in said
    assert "はい" in shown.content.decode()
    assert not Transfer.objects.exists()
    client.post(page, {**FORM, "confirmed": "1", "seen": shown.context["seen"]})
    assert Transfer.objects.get().receiver.code == "C-2"
    assert ManagementUnit.objects.get(pk=world.pk).customer.code == "C-2"


def test_large_corrections_wait_for_another_person(world, client, django_user_model, settings):
    """Of one customer: what the other pays in its place takes nothing off it."""
    settings.LARGE_CORRECTION_YEN = 445_167
    person(client, django_user_model, "営業", "add_transfer")
    page = reverse("admin:contracts_managementunit_transfer", args=[world.pk])
    client.post(page, {**FORM, "confirmed": "1", "seen": client.post(page, FORM).context["seen"]})
    assert not Transfer.objects.exists()
    asked = Asked.objects.get()
    person(client, django_user_model, "責任者", "add_transfer", "confirm_asked", "decide_correction", "view_asked")
    confirm = reverse("admin:contracts_asked_confirm", args=[asked.pk])
    seen = client.get(confirm).context["seen"]
    client.post(confirm, {"confirmed": "1", "seen": seen})
    assert Transfer.objects.get().recorded_by == "責任者"


def test_whoever_may_not_sees_no_button(world, client, django_user_model):
    person(client, django_user_model, "監査")
    for name in ("transfer", "move"):
        page = reverse(f"admin:contracts_managementunit_{name}", args=[world.pk])
        assert client.get(page).status_code == 403
    labels = {
        str(one["label"])
        for one in client.get(reverse("admin:contracts_managementunit_change", args=[world.pk])).context["buttons"]
    }
    assert labels & {"別の契約者へ移転", "契約を別の管理単位へ移動"} == set()


def test_a_merger_names_every_unit(world, client, django_user_model):
    person(client, django_user_model, "営業", "add_transfer")
    page = reverse("admin:contracts_customer_merge", args=[Customer.objects.get(code="C-1").pk])
    shown = client.post(page, FORM)
    said = " ".join(shown.context["following"])
    assert "管理単位1件" in said
    assert "U-1 本社" in said
    # Closed months are not billed again (I-55).
    assert "触れます" not in said
    client.post(page, {**FORM, "confirmed": "1", "seen": shown.context["seen"]})
    assert Transfer.objects.get().kind == "merger"


def test_contracts_are_chosen_and_moved_and_the_move_taken_back(world, client, admin_client):
    page = reverse("admin:contracts_managementunit_move", args=[world.pk])
    offered = admin_client.get(page).context["form"].fields["contracts"].queryset
    assert {contract.target.number for contract in offered} == {"M-1", "M-2"}
    form = {"contracts": [offered.get(target__number="M-2").pk], "unit": "U-2", "from_on": "2025-07-01"}
    form |= {"agreed_on": "2025-06-20", "document": "合意書 2"}
    shown = admin_client.post(page, form)
    assert "M-2がオプションとともに" in " ".join(shown.context["following"])
    assert "M-2 個別ログ収集モジュール" in shown.content.decode()
    admin_client.post(page, {**form, "confirmed": "1", "seen": shown.context["seen"]})
    row = Move.objects.get()
    back = reverse("admin:contracts_move_take-back", args=[row.pk])
    ground = {"ground": "slip", "reason": "誤り"}
    seen = admin_client.post(back, ground).context["seen"]
    admin_client.post(back, {**ground, "confirmed": "1", "seen": seen})
    assert not Move.objects.standing().exists()
    assert "U-1" in str(row.contract.target.unit)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        pytest.param({"receiver": "C-9"}, "receiver", id="nobody of the code"),
        pytest.param({"receiver": "C-1"}, "receiver", id="the customer itself"),
        pytest.param({"agreed_on": "2198-01-01"}, "agreed_on", id="agreed in days to come"),
        pytest.param({"document": " "}, "document", id="on no document"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, admin_client, said, field):
    page = reverse("admin:contracts_managementunit_transfer", args=[world.pk])
    assert admin_client.post(page, {**FORM, **said}).context["form"].errors[field]
