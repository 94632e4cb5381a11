"""What somebody may do is one question a request, and the answer is Django's own."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from csoc_admin.held import Held, held

pytestmark = pytest.mark.django_db

OWN = "contracts.view_price"


@pytest.fixture
def person() -> User:
    """With two roles, and a permission of their own that one of the roles has too, and one that none has."""
    found = User.objects.create_user("person", is_staff=True)
    found.groups.set(Group.objects.filter(name__in=["営業担当", "経理"]))
    found.user_permissions.set(Permission.objects.filter(codename__in=["view_price", "delete_group"]))
    return found


def test_they_are_those_that_django_finds(person: User) -> None:
    everything = {
        f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")
    }
    known = held(User.objects.get(pk=person.pk))
    assert known == ModelBackend().get_all_permissions(person)
    assert OWN in known
    assert "auth.delete_group" in known
    assert set() < known < everything
    assert held(User.objects.create_user("another")) == set()


def test_they_are_asked_for_once(person: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    person = User.objects.get(pk=person.pk)
    with django_assert_num_queries(1):
        assert person.has_perm(OWN)
        assert not person.has_perm("auth.delete_user")
        assert person.has_module_perms("billing")
        assert not person.has_module_perms("sessions")


def test_what_is_taken_away_is_gone_with_the_next_request(person: User) -> None:
    assert person.has_perm(OWN)
    person.groups.clear()
    person.user_permissions.clear()
    assert held(User.objects.get(pk=person.pk)) == set()


def test_nobody_and_who_was_switched_off_may_nothing(person: User) -> None:
    assert not AnonymousUser().has_perm(OWN)
    assert not person.has_perm(OWN, person)
    person.is_active = False
    assert not person.has_perm(OWN)
    assert not person.has_module_perms("contracts")


def test_a_superuser_may_everything() -> None:
    assert User.objects.create_superuser("above").has_perm("anything.at_all")


def test_who_is_refused_is_not_asked_about_again(person: User) -> None:
    with pytest.raises(PermissionDenied):
        Held().has_perm(person, "auth.delete_user")
    with pytest.raises(PermissionDenied):
        Held().has_module_perms(person, "sessions")
