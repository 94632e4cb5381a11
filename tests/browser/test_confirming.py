"""What another asked for, confirmed in a browser: what it brings comes after the page, and the button with it."""

from datetime import date

from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from contracts.models import Asked, Contract, Price
from contracts.operations.second import ask
from tests.browser.looking import out_of_shape


def test_what_it_brings_arrives_with_its_button(page: Page, live_server) -> None:
    contract = Contract.objects.order_by("pk")[0]
    asked = ask(
        screen="contracts.contract",
        verb="quote",
        row=str(contract.pk),
        subject=contract.target.number,
        unit_id=contract.target.unit_id,
        form="fee=one_time&amount_yen=1000&from_on=2025-05-03&reference=Q-1&note=",
        shown=["次に締める月の請求が変わります。"],
        on=date(2025, 4, 20),
        by=User.objects.create_user("担当"),
    )
    page.goto(live_server.url + reverse("admin:contracts_asked_confirm", args=[asked.pk]))
    expect(page.locator(".following")).to_contain_text("担当の依頼（2025-04-20）")
    assert out_of_shape(page) == []
    page.get_by_role("button", name="確定する").click()
    expect(page.locator(".messagelist")).to_contain_text("確定しました。")
    assert Asked.objects.get().state == "done"
    assert Price.objects.filter(reference="Q-1").count() == 1
