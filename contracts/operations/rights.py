"""権限: what people and roles may do is changed by two — one asks, another grants; whoever's rights they are grants nothing.

Once granted, the log-ins of everybody whom it concerns end: the next page asks who is there.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.clock import now
from contracts.facts import history
from contracts.models import RightsChange
from contracts.operations.four_eyes import HadAHandError, by_another, is_another
from contracts.operations.refusal import Refused

SUPERUSER, ACTIVE = "superuser", "active"
"""What a person may be given beside roles: everything; and to log in again after they were switched off."""


@transaction.atomic
def ask_of_person(person: User, *, gives: Sequence[str], takes: Sequence[str], because: str, by: User) -> RightsChange:
    """Ask that a person be given or lose roles (by name), SUPERUSER or ACTIVE. Raises Refused where nothing would change."""
    held = {*person.groups.values_list("name", flat=True)}
    held |= {word for word, so in ((SUPERUSER, person.is_superuser), (ACTIVE, person.is_active)) if so}
    if ACTIVE in takes:
        raise Refused(_("無効にするのは、利用者の画面で一人でできます。"), field="takes")
    return _ask(RightsChange(person=person), held, gives, takes, because, by)


@transaction.atomic
def ask_of_role(role: Group, *, gives: Sequence[str], takes: Sequence[str], because: str, by: User) -> RightsChange:
    """Ask that a role be given or lose permissions, each as ``app.codename``. Raises Refused where nothing would change."""
    return _ask(RightsChange(role=role), {*_names(role.permissions.all())}, gives, takes, because, by)


@transaction.atomic
def grant(change: RightsChange, *, by: User) -> RightsChange:
    """許可: carry it out, and end the log-ins of whom it concerns.

    Raises Refused for whoever asked, for the person concerned, for members of the role, and where it waits no more.
    """
    change = _waiting(change)
    if concerns(change, by):
        raise HadAHandError(_("自分の権限の変更は許可できません。別の人が決定してください。"))
    if change.four_eyes:
        by_another(by, {change.asked_by_id}, said=_("依頼した人は許可できません。別の人が決定してください。"))
    if (SUPERUSER in change.gives or SUPERUSER in change.takes) and not by.is_superuser:
        raise Refused(_("全権は、全権を持つ人だけが許可できます。"))
    people = _carried_out_of_person(change) if change.person is not None else _carried_out_of_role(change)
    change = _decided(change, "granted", by)
    end_log_ins(people)
    return change


def concerns(change: RightsChange, by: User) -> bool:
    """Whether the rights are the person's own, or those of a role that they are in."""
    own_role = change.role_id is not None and by.groups.filter(pk=change.role_id).exists()
    return change.person_id == by.pk or own_role


def may_grant(change: RightsChange, by: User) -> bool:
    """Whether ``grant`` would be the person's to call, as things are."""
    if (SUPERUSER in change.gives or SUPERUSER in change.takes) and not by.is_superuser:
        return False
    return not concerns(change, by) and (not change.four_eyes or is_another(by, {change.asked_by_id}))


@transaction.atomic
def refuse(change: RightsChange, *, reason: str, by: User) -> RightsChange:
    """却下: nothing changes; whoever asked may take it back themselves. Raises Refused without a reason."""
    change = _waiting(change)
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    change.reason = reason.strip()
    return _decided(change, "refused", by)


def end_log_ins(people: Iterable[int]) -> int:
    """End every log-in of those people; how many there were."""
    wanted = {str(pk) for pk in people}
    keys = [
        session.session_key
        for session in Session.objects.filter(expire_date__gt=now()).iterator()
        if session.get_decoded().get(SESSION_KEY) in wanted
    ]
    return Session.objects.filter(session_key__in=keys).delete()[0]


def _ask(
    change: RightsChange, held: set[str], gives: Sequence[str], takes: Sequence[str], because: str, by: User
) -> RightsChange:
    change.gives = sorted({*gives} - held)
    change.takes = sorted({*takes} & held)
    if {*gives} & {*takes}:
        raise Refused(_("同じ権限を、与えることと外すことの両方はできません。"), field="takes")
    if not change.gives and not change.takes:
        raise Refused(_("変わる権限がありません。"))
    if not because.strip():
        raise Refused(_("理由が必要です。"), field="because")
    whose = Q(person=change.person) if change.person is not None else Q(role=change.role)
    if RightsChange.objects.filter(whose, state="waiting").exists():
        raise Refused(_("この利用者又は役割には、決定を待っている変更があります。"))
    change.because, change.asked_by, change.four_eyes = because.strip(), by, settings.FOUR_EYES
    change.save()
    _told("ask_rights", change, by)
    return change


def _carried_out_of_person(change: RightsChange) -> list[int]:
    assert change.person is not None
    person = User.objects.select_for_update(no_key=True).get(pk=change.person.pk)
    person.groups.add(*Group.objects.filter(name__in=change.gives))
    person.groups.remove(*Group.objects.filter(name__in=change.takes))
    if SUPERUSER in change.gives or SUPERUSER in change.takes:
        person.is_superuser = SUPERUSER in change.gives
    if ACTIVE in change.gives:
        person.is_active = True
    person.save(update_fields=["is_superuser", "is_active"])
    return [person.pk]


def _carried_out_of_role(change: RightsChange) -> list[int]:
    assert change.role is not None
    change.role.permissions.add(*_permissions(change.gives))
    change.role.permissions.remove(*_permissions(change.takes))
    return list(change.role.user_set.values_list("pk", flat=True))


def _permissions(names: Sequence[str]) -> list[Permission]:
    found = Permission.objects.select_related("content_type").filter(
        codename__in=[name.partition(".")[2] for name in names]
    )
    return [row for row in found if f"{row.content_type.app_label}.{row.codename}" in names]


def _names(rows: Any) -> list[str]:
    return [f"{app}.{code}" for app, code in rows.values_list("content_type__app_label", "codename")]


def _waiting(change: RightsChange) -> RightsChange:
    stored = RightsChange.objects.select_for_update(no_key=True, of=("self",)).get(pk=change.pk)
    if stored.state != "waiting":
        raise Refused(_("この依頼は既に%(state)sです。") % {"state": stored.get_state_display()})
    return stored


def _decided(change: RightsChange, state: str, by: User) -> RightsChange:
    change.state, change.decided_by, change.decided_at = state, by, now()
    change.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _told("grant_rights" if state == "granted" else "refuse_rights", change, by)
    return change


def _told(operation: str, change: RightsChange, by: User) -> None:
    after = {"gives": change.gives, "takes": change.takes, "state": change.state}
    subject = str(change.person or change.role)
    history.record(operation, "rights", subject, by=by, after=after, reason=change.reason or change.because)
