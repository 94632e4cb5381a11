"""Names on their pages: changed from a day on in three clicks, put right, taken back, found by any of them."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from contracts import clock
from contracts.models import Customer, ManagementUnit, Name
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, customer, must_take, unit

pytestmark = pytest.mark.django_db


def of_role(role):
    user = User.objects.create_user(role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return signed_in(user)


@pytest.fixture
def known(tmp_path):
    must_take(book(customer(), customer("C-2", "別会社"), unit()), tmp_path)
    return Customer.objects.get(code="C-1"), ManagementUnit.objects.get()


def page(name, *of):
    return reverse(f"admin:contracts_{name}", args=of)


def done(client, address, given):
    """What the page shows first, and then it is done."""
    shown = client.post(address, given)
    assert shown.context["following"], shown.context["form"].errors
    answer = client.post(address, {**given, "confirmed": "1", "seen": shown.context["seen"]})
    assert answer.status_code == 302, answer.context["form"].errors
    return shown.context["following"], answer.url


def test_three_fields_and_two_pages(known):
    """An account manager renames a customer: today's name stays on screen, what it will be beside it, found by both."""
    row, _unit = known
    manager, on = of_role("営業担当"), clock.today() + timedelta(30)
    assert page("customer_rename", row.pk) in manager.get(page("customer_change", row.pk)).text
    given = {"name": "株式会社新生", "kana": "", "from_on": on.isoformat(), "reason": "商号変更"}
    told, back = done(manager, page("customer_rename", row.pk), given)
    assert told == [
        f"{on}から、C-1の名称を「株式会社新生」とします。今の名称は「株式会社見本」です。",
        "発行済みの請求書と、締めた月の帳票は変わりません（I-52）。",
    ]
    assert back == page("customer_change", row.pk)
    shown = manager.get(back).text
    for said in ("株式会社見本", f"名称変更の予定：{on}から株式会社新生"):
        assert said in shown, said
    for part in ("新生", "見本", "C-1"):
        listed = manager.get(page("customer_changelist"), {"q": part}).text
        assert ("C-1" in listed, "別会社" in listed) == (True, False), part


def test_a_former_name_is_said(known):
    _row, its_unit = known
    manager, on = of_role("営業担当"), clock.today() - timedelta(2)
    done(manager, page("managementunit_rename", its_unit.pk), {"name": "大阪", "from_on": on, "reason": "移転"})
    shown = manager.get(page("managementunit_change", its_unit.pk)).text
    assert f"旧名称：本社（{on - timedelta(1)}まで）" in shown
    assert "大阪" in shown
    history = manager.get(reverse("admin:contracts_entry_changelist"), {"subject": "U-1"}).text
    assert "名称の変更" in history


def test_a_later_name_is_told(known):
    row, _unit = known
    lead, today = of_role("営業責任者"), clock.today()
    given = {"kana": "", "reason": "商号変更"}
    done(lead, page("customer_rename", row.pk), given | {"name": "丙", "from_on": today + timedelta(60)})
    told, _back = done(lead, page("customer_rename", row.pk), given | {"name": "乙", "from_on": today + timedelta(30)})
    assert told[1] == f"{today + timedelta(60)}からの名称「丙」は、そのまま残ります。"


def test_put_right_and_taken_back_on_its_page(known):
    row, _unit = known
    lead, on = of_role("営業責任者"), clock.today() - timedelta(1)
    given = {"name": "新正", "kana": "", "from_on": on.isoformat(), "reason": "商号変更"}
    done(lead, page("customer_rename", row.pk), given)
    name = Name.objects.get(name="新正")
    slip = {"ground": "slip", "document": "", "reason": "書き間違い"}
    told, back = done(lead, page("name_correct", name.pk), {**slip, "name": "新生", "kana": "", "from_on": on})
    assert told == ["名称（C-1）：名称 新正 → 新生"]
    now = Name.objects.standing().get(name="新生")
    assert back == page("name_change", now.pk)
    assert Customer.objects.get(code="C-1").name == "新生"
    done(lead, page("name_take-back", now.pk), slip)
    assert Customer.objects.get(code="C-1").name == "株式会社見本"
    first = Name.objects.standing().get()
    assert page("name_take-back", first.pk) not in lead.get(page("name_change", first.pk)).text
    assert "名称" in lead.get(page("factcorrection_changelist")).text


def test_the_name_as_registered_is_put_right_by_a_lead(known):
    row, its_unit = known
    lead, manager = of_role("営業責任者"), of_role("営業担当")
    slip = {"ground": "slip", "document": "", "reason": "書き間違い"}
    for name, party in (("customer", row), ("managementunit", its_unit)):
        address = page(f"{name}_correct-name", party.pk)
        assert address not in manager.get(page(f"{name}_change", party.pk)).text
        assert address in lead.get(page(f"{name}_change", party.pk)).text
        form = lead.get(address).context["form"]
        assert ("from_on" in form.fields, "kana" in form.fields) == (False, name == "customer")
        done(lead, address, {**slip, "name": "正しい名称", "kana": ""})
        party.refresh_from_db()
        assert party.name == "正しい名称"
    given = {**slip, "name": "別の名称", "kana": ""}
    refused = manager.post(page("customer_correct-name", row.pk), given)
    assert refused.context["form"].errors
    assert Customer.objects.get(code="C-1").name == "正しい名称"


def test_who_may_not(known):
    row, _unit = known
    auditor = of_role("監査")
    assert page("customer_rename", row.pk) not in auditor.get(page("customer_change", row.pk)).text
    assert auditor.post(page("customer_rename", row.pk), {}).status_code == 403
    assert auditor.get(page("name_changelist")).status_code == 200


def test_a_day_that_cannot_be_is_refused_at_its_field(known):
    row, _unit = known
    lead = of_role("営業責任者")
    answer = lead.post(page("customer_rename", row.pk), {"name": "乙", "from_on": "1026-01-01", "reason": "x"})
    assert "from_on" in answer.context["form"].errors
    same = {"name": "株式会社見本", "kana": "", "from_on": date(2026, 1, 1), "reason": "x"}
    assert "name" in lead.post(page("customer_rename", row.pk), same).context["form"].errors
