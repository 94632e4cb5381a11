"""A person whom a record names, or who has logged in, stays and is told to be switched off; anybody else goes, in few queries."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.facts.person_named import records_naming
from contracts.models import Entry, HandOver, ManagementUnit, PasswordSet, WorkItem
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db


def address(person: User) -> str:
    return reverse("admin:auth_user_delete", args=[person.pk])


@pytest.fixture
def new() -> User:
    person = User.objects.create_user("typo", is_staff=True)
    person.groups.add(Group.objects.get_or_create(name="営業担当")[0])
    return person


def test_who_was_never_here_goes(chief: User, new: User) -> None:
    client = signed_in(chief)
    assert records_naming(new) == []
    with CaptureQueriesContext(connection) as queries:
        assert "typo" in client.get(address(new)).text
    assert len(queries) <= 5
    client.post(address(new), {"post": "yes"})
    assert not User.objects.filter(pk=new.pk).exists()
    assert Entry.objects.filter(subject="typo").exists()


def test_who_has_logged_in_stays(chief: User, new: User) -> None:
    signed_in(new)
    text = signed_in(chief).post(address(new), {"post": "yes"}).text
    assert "ログインしたことがあります" in text
    assert "有効" in text
    assert reverse("admin:auth_user_change", args=[new.pk]) in text
    assert User.objects.filter(pk=new.pk).exists()


def test_whom_a_record_names_stays(chief: User, new: User) -> None:
    other = User.objects.create_user("other")
    HandOver.objects.create(
        asked_on=date(2026, 11, 1), asked_by="chief", person=other, to=new, from_on=date(2027, 4, 1)
    )
    PasswordSet.objects.create(person=new, set_by=chief)
    assert set(records_naming(new)) == {HandOver, PasswordSet}
    assert set(records_naming(other)) == {HandOver}
    text = signed_in(chief).post(address(new), {"post": "yes"}).text
    for model in (HandOver, PasswordSet):
        assert str(model._meta.verbose_name) in text
    assert "typo は、記録に残っているので削除できません。" in text
    assert "is on record and cannot be deleted" in signed_in(chief, "en").get(address(new)).text
    with pytest.raises(ProtectedError):
        new.delete()


def test_whose_work_it_is_stays(chief: User, new: User, book: None) -> None:
    """The database would only forget who looks after a unit: the page does not let it."""
    unit = ManagementUnit.objects.order_by("pk")[0]
    ManagementUnit.objects.filter(pk=unit.pk).update(account_manager=new)
    assert records_naming(new) == [ManagementUnit]
    signed_in(chief).post(address(new), {"post": "yes"})
    assert ManagementUnit.objects.get(pk=unit.pk).account_manager == new
    assert WorkItem not in records_naming(new)
