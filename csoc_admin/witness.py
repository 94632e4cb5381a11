"""What happens to people and roles goes into the history: log-ins and failed ones, passwords, second factors, rights, settings at start.

These tables are Django's own, and written by Django's code and that of libraries (log-in, second factor, commands): its signals are the
one place through which all of it passes (docs/decisions/0035). Nothing here decides, and nothing else in the house listens.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from contracts.operations import witnessed
from csoc_admin.logs import current_command, current_request, signed_in

OF_ITSELF = ("migrate", "test", "run_due_jobs", "import_book", "demo_users", "remove_second_factor")
"""Commands that make roles or people as part of what they are for, of an empty database or of a book, or that tell of it themselves."""


def watch() -> None:
    """Begin to listen."""
    user_logged_in.connect(_logged_in, dispatch_uid="witness")
    user_logged_out.connect(_logged_out, dispatch_uid="witness")
    user_login_failed.connect(_failed, dispatch_uid="witness")
    for model in (User, Group):
        pre_save.connect(_before, sender=model, dispatch_uid="witness")
        post_save.connect(_saved, sender=model, dispatch_uid="witness")
        post_delete.connect(_gone, sender=model, dispatch_uid="witness")
    post_save.connect(_factor_came, sender=Authenticator, dispatch_uid="witness")
    post_delete.connect(_factor_went, sender=Authenticator, dispatch_uid="witness")
    for through in (User.groups.through, User.user_permissions.through, Group.permissions.through):
        m2m_changed.connect(_rights, sender=through, dispatch_uid="witness")


def _actor() -> str:
    """Whoever is at work: the person signed in, or the command; '' where it is nobody whose deed it would be."""
    request = current_request.get()
    if request is not None:
        return signed_in(request) or "—"
    command = current_command.get()
    return f"manage.py {command}" if command and command not in OF_ITSELF else ""


def _address(request: Any) -> str:
    return str(getattr(request, "META", {}).get("REMOTE_ADDR", "") or "")


def _logged_in(sender: Any, request: Any, user: User, **_signal: Any) -> None:
    if current_request.get() is not None:
        witnessed.logged_in(user.get_username(), address=_address(request))


def _logged_out(sender: Any, request: Any, user: User | None, **_signal: Any) -> None:
    if current_request.get() is not None and user is not None:
        witnessed.logged_out(user.get_username(), address=_address(request))


def _failed(sender: Any, credentials: Any, request: Any = None, **_signal: Any) -> None:
    if current_request.get() is not None:
        witnessed.log_in_failed(str(credentials.get("username", "")), address=_address(request))


def _before(sender: Any, instance: Any, raw: bool = False, update_fields: Any = None, **_signal: Any) -> None:
    if not raw and _actor() and set(update_fields or ()) != {"last_login"}:
        instance._seen_before = witnessed.seen(instance)


def _saved(sender: Any, instance: Any, raw: bool = False, **_signal: Any) -> None:
    before = instance.__dict__.pop("_seen_before", None)
    if not raw and before is not None and (actor := _actor()):
        witnessed.saved(instance, before, by=actor)


def _gone(sender: Any, instance: Any, **_signal: Any) -> None:
    if actor := _actor():
        witnessed.removed(instance, by=actor)


def _factor_came(sender: Any, instance: Any, created: bool, raw: bool = False, **_signal: Any) -> None:
    if created and not raw and (actor := _actor()):
        witnessed.factor_came(instance.user, instance.type, _factors_of(instance.user), by=actor)


def _factor_went(sender: Any, instance: Any, **_signal: Any) -> None:
    if actor := _actor():
        witnessed.factor_went(instance.user, instance.type, _factors_of(instance.user), by=actor)


def _factors_of(person: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=person).values_list("type", flat=True))


def _rights(sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, **_signal: Any) -> None:
    actor = _actor()
    if not actor:
        return
    if action in ("pre_add", "pre_remove", "pre_clear"):
        instance._rights_before = witnessed.rights(instance)
    elif action in ("post_add", "post_remove", "post_clear"):
        witnessed.rights_changed(instance, instance.__dict__.pop("_rights_before", {}), by=actor)
