"""A unit whose facts are put right on screen, and the way through the form of a correction."""

from datetime import date
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from contracts.models import (
    Change,
)
from tests.admin.conftest import signed_in
from tests.contracts.book.build import (
    change,
    edr,
    ips,
    ips_service,
    licence,
    premium,
    priced,
)

TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = date(2025, 8, 10)
CONSENTED = {"premium_consent_on": "2020-01-01"}
UNIT = [
    *(premium(), ips(), ips_service(**CONSENTED), edr(), licence()),
    *(fact for number in ("T-1", "M-IPS", "O-EDR") for fact in priced(number, 100_000)),
    *priced("O-LIC", 100),
    change("O-LIC", "ライセンス数", "2000", "2025-05-01", application="A-2", accepted="2025-04-20"),
    ips_service("IPS/タイプB", from_on="2025-06-01", **CONSENTED),
    change("M-IPS", "品目", "IPS/タイプB", "2025-06-01", application="A-3", accepted="2025-05-20"),
]
AGREED = {"ground": "agreed", "document": "合意書 7", "reason": "注文書と違う"}
SLIP = {"ground": "slip", "document": "", "reason": "書き間違い"}


def left_out(month):
    """The change of an item has no one-time fee on record."""
    return ["M-IPS"] if month == 5 else []


def of_role(role: str) -> Client:
    user = User.objects.create_user(role, is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return signed_in(user)


def address(name: str, *of: int) -> str:
    return reverse(f"admin:contracts_{name}", args=of)


def shown_and_done(client: Client, page: str, given: dict[str, object]):
    """What the page shows first, and its answer once confirmed."""
    shown = client.post(page, given)
    assert shown.context["following"], shown.context["form"].errors
    answer = client.post(page, {**given, "confirmed": "1", "seen": shown.context["seen"]})
    assert answer.status_code == 302
    return shown.context["following"]


def of_licence() -> Change:
    return Change.objects.standing().get(what="quantity")
