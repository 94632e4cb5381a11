"""動作 of a page by work: the main ones first and loudest, the others by what they are about; nothing that would be refused."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

CHOICES_SHOWN = 20

INCIDENTS = (
    ("contracts.add_outage", "admin:contracts_outage_record", _("利用不能を記録")),
    ("contracts.add_breach", "admin:contracts_breach_record-notification", _("通知の遅れを記録")),
    ("contracts.add_breach", "admin:contracts_breach_record-uptime", _("稼働率を記録")),
)
"""What is recorded of incidents, with its permission and its screen, which is billing's and known by name only."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several records that a verb can be done to: its name, and where."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Loud:
    """A button that stands by itself. With ``choices`` it asks which record is meant; with ``why_not`` it is greyed and says why."""

    label: Any
    address: str = ""
    weight: str = ""
    choices: Sequence[Choice] = ()
    more: Any = ""
    why_not: Any = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons that are about one thing."""

    label: Any
    buttons: Sequence[dict[str, Any]]


def by_work(main: Iterable[Loud], groups: Iterable[Group]) -> dict[str, Any]:
    """The verbs as templates/admin/work_verbs.html draws them; groups of nothing are left out."""
    return {"main": list(main), "groups": [group for group in groups if group.buttons]}


def incidents(may: Callable[[str], bool], numbers: Sequence[str] = ()) -> Group:
    """Records of outages and breaches, for whoever may; their forms begin with the contracts of those numbers."""
    query = f"?{urlencode({'numbers': ' '.join(numbers)})}" if numbers else ""
    found = [
        {"address": reverse(address) + query, "label": label}
        for permission, address, label in INCIDENTS
        if may(permission)
    ]
    return Group(_("障害"), found)
