"""Rights are changed by two; nobody raises their own; the log-ins of whom it concerns end."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from billing.operations.roles import make_roles
from contracts.admin.people.words import permission_said, permissions
from contracts.models import Entry, PasswordSet, RightsChange
from contracts.operations import rights, witnessed
from contracts.operations.refusal import Refused
from tests.admin.conftest import signed_in
from tests.admin.test_translations import JAPANESE

pytestmark = pytest.mark.django_db
ASK = "admin:contracts_rightschange_ask-person"
NEW = {"password1": "a-new-one-0123", "password2": "a-new-one-0123", "usable_password": "true"}


def person(name: str, role: str = "", **more: bool) -> User:
    user = User.objects.create_user(name, is_staff=True, **more)
    user.groups.set(Group.objects.filter(name=role))
    return user


@pytest.fixture
def two() -> tuple[User, User]:
    return person("one", "管理者"), person("two", "管理者")


def roles_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def asked(of: User, by: User, *gives: str, takes: tuple[str, ...] = ()) -> RightsChange:
    return rights.ask_of_person(of, gives=gives, takes=takes, because="異動", by=by)


def test_one_asks_and_another_grants(two: tuple[User, User]) -> None:
    one, other = two
    new = person("new", "営業担当")
    change = asked(new, one, "経理", takes=("営業担当",))
    assert roles_of(new) == {"営業担当"}
    rights.grant(change, by=other)
    assert roles_of(new) == {"経理"}
    told = Entry.objects.filter(record="rights").order_by("pk").values_list("operation", "actor", "subject")
    assert list(told) == [("ask_rights", "one", "new"), ("grant_rights", "two", "new")]
    assert Entry.objects.filter(record="rights").last().after["gives"] == ["経理"]


def test_whoever_asked_does_not_grant(two: tuple[User, User]) -> None:
    new = person("new")
    change = asked(new, two[0], "経理")
    with pytest.raises(Refused, match="依頼した人"):
        rights.grant(change, by=two[0])
    decided = {"state": "granted", "decided_by": two[0], "decided_at": "2026-11-01T00:00Z"}
    with pytest.raises(IntegrityError, match="rights_granted_by_another"), transaction.atomic():
        RightsChange.objects.update(**decided)
    assert roles_of(new) == set()


def test_nobody_grants_themselves(two: tuple[User, User], settings) -> None:
    one, other = two
    change = asked(other, one, "経理")
    with pytest.raises(Refused, match="自分の権限"):
        rights.grant(change, by=other)
    settings.FOUR_EYES = False
    own = asked(one, one, "経理")
    with pytest.raises(Refused, match="自分の権限"):
        rights.grant(own, by=one)
    with pytest.raises(IntegrityError, match="rights_not_ones_own"), transaction.atomic():
        RightsChange.objects.filter(pk=own.pk).update(state="granted", decided_by=one, decided_at="2026-11-01T00:00Z")


def test_a_role_is_not_widened_by_its_members(two: tuple[User, User]) -> None:
    lead = person("lead", "営業責任者")
    role = Group.objects.get(name="営業責任者")
    change = rights.ask_of_role(role, gives=["billing.close_month"], takes=[], because="試み", by=two[0])
    with pytest.raises(Refused, match="自分の権限"):
        rights.grant(change, by=lead)
    rights.grant(change, by=two[1])
    assert User.objects.get(pk=lead.pk).has_perm("billing.close_month")
    back = rights.ask_of_role(role, gives=[], takes=["billing.close_month"], because="戻す", by=two[0])
    rights.grant(back, by=two[1])
    assert not User.objects.get(pk=lead.pk).has_perm("billing.close_month")


def test_everything_is_given_by_whoever_has_everything(two: tuple[User, User]) -> None:
    new, chief = person("new"), person("chief", is_superuser=True)
    change = asked(new, two[0], "superuser")
    with pytest.raises(Refused, match="全権"):
        rights.grant(change, by=two[1])
    rights.grant(change, by=chief)
    new.refresh_from_db()
    assert new.is_superuser


def test_whoever_set_the_password_of_whoever_asked_does_not_grant(two: tuple[User, User]) -> None:
    PasswordSet.objects.create(person=two[0], set_by=two[1])
    change = asked(person("new"), two[0], "経理")
    with pytest.raises(Refused, match="パスワードを設定した人"):
        rights.grant(change, by=two[1])


@pytest.mark.parametrize(
    ("gives", "takes", "said"),
    [
        (["経理"], ["経理"], "両方"),
        ([], ["経理"], "変わる権限"),
        (["営業担当"], [], "変わる権限"),
        ([], ["active"], "無効"),
    ],
)
def test_what_is_asked_for_changes_something(two: tuple[User, User], gives, takes, said) -> None:
    new = person("new", "営業担当")
    if said == "両方":
        new.groups.add(Group.objects.get(name="経理"))
        gives, takes = ["監査"], ["経理"]
        gives, takes = ["経理", "監査"], ["経理"]
    with pytest.raises(Refused, match=said):
        rights.ask_of_person(new, gives=gives, takes=takes, because="異動", by=two[0])


def test_one_change_waits_at_a_time_and_is_decided_once(two: tuple[User, User]) -> None:
    new = person("new")
    change = asked(new, two[0], "経理")
    with pytest.raises(Refused, match="決定を待っている"):
        asked(new, two[0], "監査")
    with pytest.raises(Refused, match="理由"):
        rights.refuse(change, reason=" ", by=two[1])
    rights.refuse(change, reason="要らない", by=two[1])
    with pytest.raises(Refused, match="既に却下済み"):
        rights.grant(change, by=two[1])
    with pytest.raises(IntegrityError, match="rights_stay"), transaction.atomic():
        RightsChange.objects.update(gives=["superuser"])
    with pytest.raises(IntegrityError, match="rights_stay"), transaction.atomic():
        RightsChange.objects.all().delete()
    assert roles_of(new) == set()


def test_log_ins_end_with_a_change_of_rights(two: tuple[User, User]) -> None:
    new, other = person("new", "経理"), person("other", "経理")
    clients = [signed_in(new), signed_in(other)]
    home = reverse("admin:index")
    assert [client.get(home).status_code for client in clients] == [200, 200]
    rights.grant(asked(new, two[0], "監査"), by=two[1])
    assert [client.get(home).status_code for client in clients] == [302, 200]
    role = Group.objects.get(name="経理")
    change = rights.ask_of_role(role, gives=[], takes=["billing.close_month"], because="縮める", by=two[0])
    rights.grant(change, by=two[1])
    assert clients[1].get(home).status_code == 302


def test_the_screens_of_people_and_roles_change_no_rights(two: tuple[User, User]) -> None:
    """Whatever is posted: the administrator cannot raise their own rights, nor anybody's alone."""
    client, one = signed_in(two[0]), two[0]
    role = Group.objects.get(name="監査")
    every = [str(pk) for pk in Group.objects.values_list("pk", flat=True)]
    given = {"username": "renamed", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": every}
    given |= {"user_permissions": ["1", "2"], "date_joined_0": "2026-11-01", "date_joined_1": "00:00:00"}
    client.post(reverse("admin:auth_user_change", args=[one.pk]), given)
    one.refresh_from_db()
    assert (one.username, one.is_superuser, roles_of(one), one.user_permissions.count()) == (
        "one",
        False,
        {"管理者"},
        0,
    )
    before = set(role.permissions.values_list("pk", flat=True))
    client.post(reverse("admin:auth_group_change", args=[role.pk]), {"name": "x", "permissions": ["1", "2", "3"]})
    role.refresh_from_db()
    assert (role.name, set(role.permissions.values_list("pk", flat=True))) == ("監査", before)
    client.post(reverse("admin:auth_group_add"), {"name": "own", "permissions": ["1", "2", "3"]})
    assert Group.objects.get(name="own").permissions.count() == 0


def test_who_was_switched_off_is_let_in_again_by_two(two: tuple[User, User]) -> None:
    gone = person("gone", "経理")
    page, client = reverse("admin:auth_user_change", args=[gone.pk]), signed_in(two[0])
    client.post(page, {"last_name": "", "first_name": "", "email": ""})
    gone.refresh_from_db()
    assert not gone.is_active
    client.post(page, {"is_active": "on"})
    gone.refresh_from_db()
    assert not gone.is_active
    rights.grant(asked(gone, two[0], "active"), by=two[1])
    gone.refresh_from_db()
    assert gone.is_active


def test_a_new_person_has_no_rights_and_a_password_for_one_log_in(two: tuple[User, User]) -> None:
    signed_in(two[0]).post(
        reverse("admin:auth_user_add"), {"username": "new", **NEW, "is_superuser": "on", "groups": ["1"]}
    )
    new = User.objects.get(username="new")
    assert (new.is_staff, new.is_superuser, roles_of(new)) == (True, False, set())
    assert PasswordSet.objects.values_list("person__username", "set_by__username").get() == ("new", "one")
    client = Client()
    client.post(reverse("admin:login"), {"username": "new", "password": NEW["password1"]})
    change = reverse("admin:password_change")
    assert client.get(reverse("admin:index")).headers["Location"] == change
    own = {"old_password": NEW["password1"], "new_password1": NEW["password1"], "new_password2": NEW["password1"]}
    assert "今のパスワードと違う" in client.post(change, own).text
    assert client.get(reverse("admin:index")).status_code == 302
    own |= {"new_password1": "my-own-words-7", "new_password2": "my-own-words-7"}
    assert client.post(change, own).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    told = Entry.objects.filter(record="password").order_by("pk").values_list("operation", "actor", "subject")
    assert list(told) == [("set_password", "one", "new"), ("own_password", "new", "new")]


def test_anothers_password_ends_their_log_ins_and_is_kept(two: tuple[User, User]) -> None:
    other = person("other", "経理")
    there = signed_in(other)
    page = reverse("admin:auth_user_password_change", args=[other.pk])
    assert signed_in(two[0]).post(page, NEW).status_code == 302
    assert there.get(reverse("admin:index")).status_code == 302
    assert PasswordSet.objects.values_list("person", "set_by").get() == (other.pk, two[0].pk)
    own = reverse("admin:auth_user_password_change", args=[two[0].pk])
    assert signed_in(two[0]).post(own, NEW).headers["Location"] == reverse("admin:password_change")
    assert PasswordSet.objects.count() == 1


def test_a_change_is_asked_for_and_granted_on_screen(two: tuple[User, User]) -> None:
    new, role = person("new"), Group.objects.get(name="経理")
    one, other = (signed_in(each) for each in two)
    given = {"person": new.pk, "give_roles": [role.pk], "because": "着任"}
    assert "new に与える：経理" in one.post(reverse(ASK), given).text
    one.post(reverse(ASK), {**given, "confirmed": "1"})
    change = RightsChange.objects.get()
    grant = reverse("admin:contracts_rightschange_grant", args=[change.pk])
    assert "依頼した人は許可できません" in one.post(grant, {"confirmed": "1"}).text
    page = reverse("admin:contracts_rightschange_change", args=[change.pk])
    assert (grant in one.get(page).text, grant in other.get(page).text) == (False, True)
    other.post(grant, {"confirmed": "1"})
    assert roles_of(new) == {"経理"}
    assert f"?person={new.pk}" in one.get(reverse("admin:auth_user_change", args=[new.pk])).text
    assert f'<option value="{new.pk}" selected>' in one.get(f"{reverse(ASK)}?person={new.pk}").text


def test_the_list_of_who_may_do_what_is_what_roles_may(two: tuple[User, User]) -> None:
    auditor = signed_in(person("auditor", "監査"))
    page = auditor.get(reverse("admin:contracts_rights"))
    assert page.status_code == 200
    table = {(room, thing): marks for room, things in page.context["table"] for thing, marks in things}
    roles = dict(zip(page.context["roles"], range(len(page.context["roles"])), strict=True))
    accepts = table["申込", "差戻し"]
    assert (accepts[roles["営業責任者"]], accepts[roles["営業担当"]], accepts[roles["監査"]]) == (True, False, False)
    lends = table["画面にまたがる権限", "月次を締める"]
    assert (lends[roles["経理"]], lends[roles["営業責任者"]]) == (True, False)
    looks = table["請求書", "見る"]
    assert all(looks)
    assert Client().get(reverse("admin:contracts_rights")).status_code == 302
    assert signed_in(person("nobody")).get(reverse("admin:contracts_rights")).status_code == 403


def test_every_permission_is_called_something_in_english_too() -> None:
    with override("en"):
        called = [permission_said(row) for row in permissions()]
    assert len(called) > 100
    assert [name for name in called if JAPANESE.search(name)] == []


# What an upgrade brings


def test_an_upgrade_gives_the_roles_that_are_there_what_is_new_to_them() -> None:
    role, new = Group.objects.get(name="経理"), Permission.objects.get(codename="make_document")
    other = Group.objects.get(name="営業担当")
    role.permissions.remove(new, Permission.objects.get(codename="view_price"))  # as a release had it that knew neither
    other.permissions.add(new)
    make_roles(using="default")
    assert {"make_document", "view_price"} <= set(role.permissions.values_list("codename", flat=True))
    assert other.permissions.filter(codename="make_document").exists(), "what people gave beside stays given"
    told = Entry.objects.get(operation="change_role")
    assert (told.actor, told.subject) == ("manage.py migrate", "経理")
    assert set(told.after["permissions"]) - set(told.before["permissions"]) == {
        "billing.make_document",
        "contracts.view_price",
    }
    make_roles(using="default")
    assert Entry.objects.filter(operation="change_role").count() == 1, "and nothing more"


def test_an_upgrade_leaves_taken_what_people_took(two: tuple[User, User]) -> None:
    role, (chief, second) = Group.objects.get(name="経理"), two
    taken = {"gives": [], "takes": ["billing.make_document", "contracts.view_price"], "because": "x", "by": chief}
    rights.grant(rights.ask_of_role(role, **taken), by=second)
    given = {"gives": ["contracts.view_price"], "takes": [], "because": "x", "by": chief}
    rights.grant(rights.ask_of_role(role, **given), by=second)
    role.permissions.remove(Permission.objects.get(codename="view_price"))  # and lost by no hand of theirs
    refused = {"gives": [], "takes": ["billing.propose_month"], "because": "x", "by": chief}
    rights.refuse(rights.ask_of_role(role, **refused), reason="x", by=second)
    role.permissions.remove(Permission.objects.get(codename="propose_month"))
    make_roles(using="default")
    codes = set(role.permissions.values_list("codename", flat=True))
    assert "make_document" not in codes
    assert {"view_price", "propose_month"} <= codes


def test_an_upgrade_leaves_taken_what_was_taken_before_there_were_requests() -> None:
    role = Group.objects.get(name="経理")
    before = witnessed.rights(role)
    role.permissions.remove(Permission.objects.get(codename="make_document"))
    witnessed.rights_changed(role, before, by="chief")
    make_roles(using="default")
    assert not role.permissions.filter(codename="make_document").exists()
