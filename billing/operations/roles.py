"""役割を設ける: after every migrate the roles that are not there are made, and those that are get what is new in them."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections

from billing.roles import ROLES, SEES_ALL
from contracts.facts import history
from contracts.models import Entry, RightsChange


def make_roles(*, using: str, **_signal: Any) -> None:
    """Make the roles that are not there, and give those that are what they have not had yet; called after every migrate.

    What people have taken from a role stays taken, and what they gave it beside stays given.
    """
    for label in ("auth", *SEES_ALL):
        # Django makes an application's permissions after the migrate too, and later than this.
        create_permissions(apps.get_app_config(label), verbosity=0, interactive=False, using=using)
    there = {role.name: role for role in Group.objects.using(using)}
    for name, (codes, seen) in ROLES.items():
        permissions = Permission.objects.using(using).select_related("content_type")
        may = permissions.filter(content_type__app_label__in=["auth", *seen], codename__in=codes)
        looks = permissions.filter(content_type__app_label__in=seen, codename__startswith="view_")
        if name not in there:
            Group.objects.using(using).create(name=name).permissions.set([*may, *looks])
        else:
            _bring_up(there[name], {_name(one): one for one in [*may, *looks]}, using)


def _bring_up(role: Group, wanted: Mapping[str, Permission], using: str) -> None:
    """Give a role what the code has for it by now, without what people took from it; told in the history, as every change of rights."""
    has = {_name(one) for one in role.permissions.select_related("content_type")}
    missing = {name: one for name, one in wanted.items() if name not in has}
    if not missing or "contracts_rightschange" not in connections[using].introspection.table_names():
        return
    taken = _taken(role, using)
    new = {name: one for name, one in missing.items() if name not in taken}
    if new:
        role.permissions.add(*new.values())
        before, after = {"permissions": sorted(has)}, {"permissions": sorted(has | set(new))}
        history.record("change_role", "role", role.name, by="manage.py migrate", before=before, after=after)


def _taken(role: Group, using: str) -> set[str]:
    """What people took from a role and have not given it again: by request and decision, or before there were any, as the history tells."""
    found: set[str] = set()
    for entry in (
        Entry.objects.using(using).filter(operation="change_role", record="role", subject=role.name).order_by("pk")
    ):
        before, after = (set((said or {}).get("permissions", ())) for said in (entry.before, entry.after))
        found = (found | (before - after)) - (after - before)
    for change in RightsChange.objects.using(using).filter(role=role, state="granted").order_by("decided_at", "pk"):
        found = (found | set(change.takes)) - set(change.gives)
    return found


def _name(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
