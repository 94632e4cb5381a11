"""Finance decides on a held settlement by its two buttons, once, with a reason, and sees what follows first."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from billing.models import ChargeLine, HeldDecision, HeldSettlement, Month
from billing.operations.close_month import close_month
from contracts.models import Asked
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.usefixtures("book")


@pytest.fixture
def held() -> HeldSettlement:
    """The settlement held by hand in May, which then is closed as it is."""
    Month.objects.filter(month=date(2025, 5, 1)).update(closed_at="2025-06-01T00:00:00Z", closed_by="試験")
    return HeldSettlement.objects.select_related("target", "month").get(month__month=date(2025, 5, 1))


@pytest.fixture
def finance() -> User:
    user = User.objects.create_user("finance", is_staff=True)
    user.groups.set(Group.objects.filter(name="経理"))
    return user


def address(verb: str, held: HeldSettlement) -> str:
    return reverse(f"admin:billing_heldsettlement_{verb}", args=[held.pk])


def another_confirms() -> Client:
    """Somebody else of finance confirms what waits."""
    other = User.objects.create_user("もう一人", is_staff=True)
    other.groups.set(Group.objects.filter(name="経理"))
    client = signed_in(other)
    confirm = reverse("admin:contracts_asked_confirm", args=[Asked.objects.get(state="waiting").pk])
    client.post(confirm, {"confirmed": "1", "seen": client.post(confirm, {"go": "on"}).context["seen"]})
    return client


@pytest.mark.parametrize(
    ("verb", "decision", "said"), [("bill", "billed", "明細ができます"), ("waive", "waived", "請求しません")]
)
def test_finance_is_shown_what_follows_and_decides(
    verb: str, decision: str, said: str, held: HeldSettlement, finance: User
) -> None:
    client = signed_in(finance)
    page = client.get(address("change", held)).text
    assert {address("bill", held) in page, address("waive", held) in page, "未決定" in page} == {True}
    shown = client.post(address(verb, held), {"reason": "合意書第3条"})
    assert said in shown.text
    assert "1,100,000" in shown.text
    assert not HeldDecision.objects.exists()
    client.post(address(verb, held), {"reason": "合意書第3条", "confirmed": "1"})
    assert not HeldDecision.objects.exists(), "another person confirms either"
    decides = another_confirms()
    row = HeldDecision.objects.get()
    by = decides.get(reverse("admin:index")).wsgi_request.user.username
    assert (row.held_id, row.decision, row.reason, row.decided_by) == (held.pk, decision, "合意書第3条", by)
    after = client.get(address("change", held)).text
    assert "合意書第3条" in after
    assert address("bill", held) not in after
    assert client.get(address(verb, held)).status_code == 302


def test_the_list_shows_what_waits_for_a_decision(held: HeldSettlement, finance: User) -> None:
    client = signed_in(finance)
    waiting = reverse("admin:billing_heldsettlement_changelist") + "?decided=no"
    assert [row.pk for row in client.get(waiting).context["cl"].result_list] == [held.pk]
    client.post(address("waive", held), {"reason": "合意", "confirmed": "1"})
    assert [row.pk for row in client.get(waiting).context["cl"].result_list] == [held.pk]
    another_confirms()
    assert list(client.get(waiting).context["cl"].result_list) == []


def test_a_correction_says_on_its_page_what_it_corrects(held: HeldSettlement, finance: User) -> None:
    close_month(date(2025, 6, 1), on=date(2027, 1, 5), by="試験", leave_out=())
    normal = ChargeLine.objects.exclude(fee="correction").latest("pk")
    correction = ChargeLine.objects.filter(fee="correction").latest("pk")
    assert correction.corrects_month == date(2025, 5, 1)
    pages = [
        signed_in(finance).get(reverse("admin:billing_chargeline_change", args=[row.pk])).text
        for row in (correction, normal)
    ]
    assert ["訂正する費目" in page for page in pages] == [True, False]
