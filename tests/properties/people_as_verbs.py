"""The verbs of people, roles, rights and passwords: no book carries any of them, but its history tells of all."""

from functools import partial

from django.contrib.auth.models import Group, User

from contracts.models import RightsChange
from contracts.operations import passwords, rights, witnessed


def logged(office, told):
    """Somebody logs in or out, or tries to, under a name that is there or any other."""
    told(office.chance.choice([office.by.username, office.word()]), address=office.chance.choice(("", "192.0.2.1")))


def role_made(office):
    role = Group(name=office.new("R"))
    before = witnessed.seen(role)
    role.save()
    witnessed.saved(role, before, by=str(office.by))


def role_changed(office):
    """It gets another name, or somebody more."""
    role = office.one(Group.objects)
    if office.chance.random() < 0.5:
        before = witnessed.rights(role)
        role.user_set.add(office.chance.choice(office.people))
        witnessed.rights_changed(role, before, by=str(office.by))
        return
    before = witnessed.seen(role)
    role.name = office.new("R")
    role.save()
    witnessed.saved(role, before, by=str(office.by))


def role_removed(office):
    """One that nothing was ever asked for."""
    asked = RightsChange.objects.exclude(role=None).values("role")
    role = office.one(Group.objects.exclude(pk__in=asked))
    witnessed.removed(role, by=str(office.by))
    role.delete()


def person_changed(office):
    """Their mail address or a name; the book carries the names of whoever did something."""
    person = office.chance.choice(office.people)
    person.refresh_from_db()
    before = witnessed.seen(person)
    setattr(person, office.chance.choice(("first_name", "email")), office.word(150))
    person.save()
    witnessed.saved(person, before, by=str(office.by))


def asked_rights(office):
    """A role or everything for a person, or a permission for a role."""
    said = {"because": office.word(), "by": office.by}
    role = office.one(Group.objects)
    if office.chance.random() < 0.3:
        person = office.chance.choice(office.people)
        rights.ask_of_person(person, gives=[office.chance.choice((role.name, rights.SUPERUSER))], takes=[], **said)
        return
    rights.ask_of_role(role, gives=["contracts.view_customer"], takes=["contracts.view_price"], **said)


def granted_rights(office):
    rights.grant(office.one(RightsChange.objects.filter(state="waiting").exclude(asked_by=office.by)), by=office.by)


def refused_rights(office):
    change = office.one(RightsChange.objects.filter(state="waiting"))
    rights.refuse(change, reason=office.word(), by=office.by)


def password_given(office):
    passwords.set_by_another(office.one(User.objects.exclude(pk=office.by.pk)), "rain on the roof 7", by=office.by)


def password_chosen(office):
    passwords.change_own(office.by, f"{office.on} of my own")


def began(office):
    """A process starts with settings of its own."""
    values = {"FOUR_EYES": office.chance.choice((True, False)), "SITE_URL": f"https://{office.count}.example.jp"}
    witnessed.settings_seen(values, by="gunicorn")


VERBS = {
    verb.__name__: verb
    for verb in (
        *(role_made, role_changed, asked_rights, granted_rights, refused_rights, role_removed, person_changed),
        *(password_given, password_chosen, began),
    )
}
VERBS |= {
    "logged_in": partial(logged, told=witnessed.logged_in),
    "logged_out": partial(logged, told=witnessed.logged_out),
    "not_let_in": partial(logged, told=witnessed.log_in_failed),
}
