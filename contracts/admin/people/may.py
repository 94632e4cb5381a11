"""できることの一覧: roles beside every page and every verb, from the permissions that the code asks for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.menu import SECTIONS
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.people.words import OWN, role_said

SEES = "contracts.view_entry"


class Thing(NamedTuple):
    """A page or a verb: what it is called, and the permission that it asks for."""

    label: str
    permission: str


class Room(NamedTuple):
    """A screen with what can be done on it."""

    label: str
    things: list[Thing]


def rooms() -> Iterator[Room]:
    """Every screen of the menu, and every verb of its records, in the menu's order; then screens that no menu leads to."""
    verbs = {f"{model._meta.label_lower.replace('.', '_')}": screen for model, screen in admin.site._registry.items()}
    for _label, screens in SECTIONS:
        for screen in screens:
            yield Room(str(screen.label), [_looks(screen.permission), *_verbs(verbs.pop(screen.model, None))])
    yield Room(gettext("画面にまたがる権限"), [Thing(str(said), _named(code)) for code, said in OWN.items()])
    for beside in verbs.values():
        if found := _verbs(beside):
            yield Room(str(beside.model._meta.verbose_name), found)


def _named(code: str) -> str:
    """The permission of that code; each is of one application."""
    of_billing = any(
        code == own for model in apps.get_app_config("billing").get_models() for own, _name in model._meta.permissions
    )
    return f"{'billing' if of_billing else 'contracts'}.{code}"


def _looks(permission: str) -> Thing:
    return Thing(gettext("見る"), permission)


def _verbs(screen: Any) -> list[Thing]:
    if not isinstance(screen, ActingAdmin):
        return []
    return [Thing(str(verb.label), verb.permission) for verb in (*screen.general_verbs, *screen.verbs)]


def may(request: HttpRequest) -> HttpResponse:
    """Roles beside what they may do; who has rights past the roles; for whoever may see the history."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    roles = list(Group.objects.order_by("pk").prefetch_related("permissions__content_type"))
    held = [{f"{one.content_type.app_label}.{one.codename}" for one in role.permissions.all()} for role in roles]
    table = [
        (room.label, [(thing.label, [thing.permission in names for names in held]) for thing in room.things])
        for room in rooms()
    ]
    past = User.objects.filter(Q(is_superuser=True) | Q(user_permissions__isnull=False), is_active=True).distinct()
    context = admin.site.each_context(request) | {
        "title": _("できることの一覧"),
        "roles": [role_said(role) for role in roles],
        "table": table,
        "past": past.order_by("username"),
    }
    return TemplateResponse(request, "admin/may.html", context)
