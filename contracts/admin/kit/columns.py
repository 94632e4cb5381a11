"""Columns of lists, tables and detail pages: each a callable that the admin asks for the value in a row."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.contrib import admin
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.language import clause_said
from contracts.models import Target

NOTHING = "—"

Column = Callable[[Any], Any]


def column(name: str, label: Any, value: Column) -> Column:
    """A column of that name (its class on the page ends in it), heading and value; — where there is no value."""

    def show(row: Any) -> Any:
        shown = value(row)
        return NOTHING if shown is None or shown == "" else shown

    show.__name__ = name
    return admin.display(description=label)(show)


def at(row: Any, path: str) -> Any:
    """What stands at the end of a path such as ``target__unit__code``; None where a step leads nowhere."""
    for name in path.split("__"):
        if row is None:
            return None
        row = getattr(row, name)
    return row


def times_said(yen: int, licences: int) -> str:
    """A licence's monthly price with what it comes to: 900円 × 100 = 90,000円."""
    said = {"yen": f"{yen:,}", "count": f"{licences:,}", "total": f"{yen * licences:,}"}
    return gettext("%(yen)s円 × %(count)sライセンス = 月額%(total)s円") % said


def plain(path: str, label: Any, name: str = "") -> Column:
    """A value as it stands."""
    return column(name or path, label, lambda row: at(row, path))


BY_NOBODY = {"システム": _("システム"), "コマンド": _("コマンド"), "定時処理": _("定時処理")}
"""Who is named where nobody was logged in, as it is stored and as it is called."""
AT_A_COMMAND = "（コマンド）"


def who_said(name: str | None) -> str | None:
    """Who did something: a log-in as it is; what no log-in did as the language of the screen calls it."""
    if not name:
        return None
    person = name.removesuffix(AT_A_COMMAND)
    return str(BY_NOBODY.get(name, name)) if person == name else gettext("%(person)s（コマンド）") % {"person": person}


def who(path: str, label: Any, name: str = "") -> Column:
    """Who did something, by a name that is stored."""
    return column(name or path, label, lambda row: who_said(at(row, path)))


def choice(path: str, label: Any) -> Column:
    """The name of a chosen code."""
    *way, last = path.split("__")
    return column(path, label, lambda row: getattr(at(row, "__".join(way)) if way else row, f"get_{last}_display")())


def day(path: str, label: Any, name: str = "") -> Column:
    """A day as 2025-04-01."""
    return column(name or path, label, lambda row: iso(at(row, path)))


def moment(path: str, label: Any) -> Column:
    """A moment in Japan, to the minute."""
    return column(path, label, lambda row: minute(at(row, path)))


def number(path: str, label: Any) -> Column:
    """A whole number with thousands separators, set to the right."""
    return column(f"{path}_number", label, lambda row: thousands(at(row, path)))


def yen(path: str, label: Any) -> Column:
    """An amount in yen, set to the right; below zero with a minus sign."""
    return column(f"{path}_number", label, lambda row: thousands(at(row, path)))


def clause(path: str, label: Any) -> Column:
    """A clause as people write it."""
    return column(path, label, lambda row: clause_said(at(row, path) or ""))


def link(path: str, label: Any, name: str = "") -> Column:
    """The row at the path, linked to its page; its code and, where it has one, its name."""

    def value(row: Any) -> Any:
        linked = at(row, path) if path else row
        return None if linked is None else format_html('<a href="{}">{}</a>', page_of(linked), linked)

    return column(name or path, label, value)


def target(path: str = "target", label: Any = None) -> Column:
    """The number of a contract or an option, linked to its page."""
    return link(path, label or _("対象番号"), name="target")


def own_page(name: str, label: Any, value: Column) -> Column:
    """A value that leads to the row's own page, for tables on other pages."""
    return column(name, label, lambda row: format_html('<a href="{}">{}</a>', page_of(row), value(row)))


def page_of(row: Any) -> str:
    """The address of a row's page; a target's is its contract's or its option's."""
    model = row._meta.model_name
    if isinstance(row, Target):
        model = "option" if row.kind == "option" else "contract"
    before, after = _around(f"admin:{row._meta.app_label}_{model}_change", get_script_prefix())
    return f"{before}{row.pk}{after}"


@cache
def _around(name: str, below: str) -> tuple[str, str]:
    """What stands before and after a row's number in the address of its page, of a site that is found below an address.

    A list has an address in each of its rows, and Django would look for each among all that there are.
    """
    before, _number, after = reverse(name, args=[0]).rpartition("0")
    return before, after


def iso(value: date | None) -> str | None:
    """A day as 2025-04-01."""
    return value.isoformat() if value else None


def minute(value: datetime | None) -> str | None:
    """A moment in Japan as 2025-04-01 09:30."""
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else None


def thousands(value: int | None) -> str | None:
    """1,234,567; −1,234 below zero."""
    return None if value is None else f"{value:,}".replace("-", "−")
