"""The sample book taken in, four months closed, and people who may look or may not."""

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission, User
from django.http import HttpRequest
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from billing.models import HeldSettlement, Month, ParkedTarget
from billing.operations.close_month import close_month
from contracts import clock
from contracts.models import Contract
from contracts.operations.import_book import import_book
from tests.admin.walk import add_one_of_each
from tests.conftest import SAMPLE
from tests.worlds import world

SCREENS = [
    *("contracts.application", "contracts.bookimport", "contracts.breach", "contracts.change", "contracts.contract"),
    *("contracts.customer", "contracts.linkedservice", "contracts.managementunit", "contracts.notice"),
    *("contracts.option", "contracts.outage", "contracts.price"),
    *("billing.chargeline", "billing.heldsettlement", "billing.month", "billing.parkedtarget"),
]
PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
CATALOGUE = "admin:contracts_catalogue"


def list_of(screen: str) -> str:
    return reverse(f"admin:{screen.replace('.', '_')}_changelist")


def page_of(screen: str, pk: int | None = None) -> str:
    """The page of a row of a screen: the newest, unless its id is given."""
    row = apps.get_model(screen).objects.order_by("-pk").first() if pk is None else None
    return reverse(f"admin:{screen.replace('.', '_')}_change", args=[pk or row.pk])


def every_page() -> list[str]:
    """The address of every list, of a page of each, and of the catalogue and the index."""
    return [reverse("admin:index"), reverse(CATALOGUE), *map(list_of, SCREENS), *map(page_of, SCREENS)]


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Static files by their plain names: the manifest exists only after collectstatic."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN}}


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are asked for and not drawn: whether one is refused is decided before."""
    monkeypatch.setattr(Template, "render", lambda *_args, **_context: "")


@pytest.fixture
def known(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is looked up with their first request, with what they may do: on a walk through all pages neither changes."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    people: dict[str | None, Any] = {}

    def who(request: HttpRequest) -> Any:
        session = request.session.session_key
        if session not in people:
            people[session] = get_user(request)
        return people[session]

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", who)


def _with_a_month_at_work() -> None:
    """The sample book, its first four months closed; a month with a line held and a target parked by hand."""
    import_book(SAMPLE, by="試験", on=clock.today())
    for month in (1, 2, 3, 4):
        close_month(date(2025, month, 1), on=date(2027, 1, 5), by="試験")
    opened = Month.objects.create(month=date(2025, 5, 1), facts_revision=1)
    contract = Contract.objects.select_related("target__unit").order_by("pk").first()
    assert contract is not None
    ParkedTarget.objects.create(month=opened, target=contract.target, reason="料金がありません", clause="13-1")
    HeldSettlement.objects.create(
        month=opened,
        customer_id=contract.target.unit.customer_id,
        unit=contract.target.unit,
        target=contract.target,
        fee="settlement",
        from_on=date(2025, 5, 1),
        to_on=date(2025, 5, 31),
        quantity=1,
        unit_price_yen=100_000,
        amount_yen=1_100_000,
        tax_category="out_of_scope",
        clause="14-1",
        basis="試験",
        cause="end",
    )


book = world("the sample with a month at work", _with_a_month_at_work)


def signed_in(user: User, language: str = "ja") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    return client


def _chief() -> User:
    """They are there already where a row of every kind is."""
    return User.objects.filter(username="chief").first() or User.objects.create_superuser("chief")


@pytest.fixture
def chief(db: None) -> User:
    return _chief()


@pytest.fixture
def viewer(db: None) -> User:
    """May view everything of the service, and nothing more."""
    user = User.objects.create_user("viewer", is_staff=True)
    may_view = Permission.objects.filter(
        content_type__app_label__in=["contracts", "billing"], codename__startswith="view_"
    )
    user.user_permissions.set(may_view)
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Staff without any permission."""
    return User.objects.create_user("stranger", is_staff=True)


# The sample book, and a row of every kind that it has none of.
one_of_each = world("one of each", lambda: add_one_of_each(_chief()), within=book)
