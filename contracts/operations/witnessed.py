"""What the history tells of people, roles, log-ins and settings: entries, and nothing else. Who calls it: csoc_admin.witness."""

from logging import getLogger
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import DatabaseError, transaction

from contracts.facts import history
from contracts.models import Entry

Values = dict[str, Any]

_OF_PERSON = ("username", "last_name", "first_name", "email", "is_active", "is_staff", "is_superuser")
LONGEST = 128
_TOLD = "_password_is_told"

log = getLogger(__name__)


def logged_in(name: str, *, address: str) -> None:
    """Somebody logged in."""
    _log_in("log_in", name, address)


def logged_out(name: str, *, address: str) -> None:
    """Somebody logged out."""
    _log_in("log_out", name, address)


def log_in_failed(name: str, *, address: str) -> None:
    """Somebody tried a name and was not let in. The name is kept as it was typed, in its first letters: it may be a password."""
    _log_in("log_in_failed", name, address)


def _log_in(operation: str, name: str, address: str) -> None:
    known = User.objects.filter(username=name).exists()
    # A password that was typed into the wrong field does not belong into a history that can never be cleaned.
    subject = name if known else f"{name[:2]}…"
    actor = subject if operation != "log_in_failed" else "—"
    after = {"address": address} if address else None
    history.record(operation, "login", subject[:LONGEST], by=actor[:LONGEST], after=after)


def seen(row: User | Group) -> Values:
    """What a person or a role is before it is saved; nothing where it is not there yet. Of a password only that it is another."""
    stored = type(row)._base_manager.filter(pk=row.pk).first() if row.pk else None
    return _values(stored) if stored else {}


def saved(row: User | Group, before: Values, *, by: str) -> None:
    """A person or a role was made or changed."""
    after = _values(row)
    password_before, password = before.pop("password", None), after.pop("password", None)
    operation = "register" if not before else "change_person" if isinstance(row, User) else "change_role"
    if before != after:
        history.record(operation, _kind(row), _name(row), by=by, before=before or None, after=after)
    told = row.__dict__.pop(_TOLD, False)
    if password_before is not None and password_before != password and not told:
        history.record("set_password", _kind(row), _name(row), by=by)


def tells_itself(person: User) -> None:
    """The password that is saved next is told by whoever sets it, who knows more of it (contracts.operations.passwords)."""
    setattr(person, _TOLD, True)


def factor_came(person: User, kind: str, kinds: list[str], *, by: str) -> None:
    """A second factor, or a set of recovery codes, was set up; ``kinds``: what the person has now."""
    _factors(person, [one for at, one in enumerate(kinds) if at != kinds.index(kind)], kinds, by)


def factor_went(person: User, kind: str, kinds: list[str], *, by: str) -> None:
    """A second factor, or a set of recovery codes, was removed; ``kinds``: what the person has now."""
    _factors(person, sorted([*kinds, kind]), kinds, by)


def _factors(person: User, before: list[str], after: list[str], by: str) -> None:
    told: list[Values] = [{"second_factors": kinds} for kinds in (before, after)]
    history.record("change_person", "person", _name(person), by=by, before=told[0], after=told[1])


def removed(row: User | Group, *, by: str) -> None:
    """A person or a role was deleted."""
    before = _values(row)
    before.pop("password", None)
    history.record("remove", _kind(row), _name(row), by=by, before=before)


def rights(row: Any) -> Values:
    """The roles and permissions of a person, or the permissions of a role."""
    found: Values = {}
    if isinstance(row, User):
        found["groups"] = sorted(row.groups.values_list("name", flat=True))
        found["user_permissions"] = _permissions(row.user_permissions)
    elif isinstance(row, Group):
        found["permissions"] = _permissions(row.permissions)
        found["user"] = sorted(row.user_set.values_list("username", flat=True))
    return found


def rights_changed(row: Any, before: Values, *, by: str) -> None:
    """A person's roles or a role's permissions changed."""
    after = rights(row)
    if after != before:
        operation = "change_person" if isinstance(row, User) else "change_role"
        history.record(operation, _kind(row), _name(row), by=by, before=before, after=after)


def settings_seen(values: Values, *, by: str) -> None:
    """The settings that a process started with, where they are others than those that the history told last. Never raises: a database
    that is away, or has no tables yet, keeps nobody from starting.
    """
    try:
        with transaction.atomic():
            last = Entry.objects.filter(record="settings").order_by("-pk").first()
            before = (last.after or {}) if last else {}
            if before != values:
                told = {name: before[name] for name in before if before.get(name) != values.get(name)}
                history.record("begin", "settings", by, by=by, before=told or None, after=values)
    except DatabaseError:
        log.warning("the settings seen at start could not be written into the history", exc_info=True)


def _values(row: User | Group) -> Values:
    if isinstance(row, User):
        return {name: getattr(row, name) for name in (*_OF_PERSON, "password")}
    return {"name": row.name}


def _kind(row: User | Group) -> str:
    return "person" if isinstance(row, User) else "role"


def _name(row: User | Group) -> str:
    return (row.username if isinstance(row, User) else row.name)[:LONGEST]


def _permissions(rows: Any) -> list[str]:
    return sorted(f"{label}.{code}" for label, code in rows.values_list("content_type__app_label", "codename"))
