"""The form of an application as a browser posts it, and what its panel then says."""

import html
import re
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from contracts.models import Application
from tests.admin.conftest import signed_in
from tests.contracts.applications.form import APPLIED, Desk, module
from tests.contracts.book import build as had

Line = dict[str, str]
SOUND = [had.tier(), had.module()]
LINKED = [had.tier(), had.ips(), had.ips_service()]
KEEPING = [*SOUND, had.option("ログ保管オプション", "M-1", "O-KEEP", retention_years=3)]
_REMARK = re.compile(r'<li data-key="(?P<key>.*?)" data-field="(?P<field>.*?)">(?P<rest>.*?)</li>', re.S)
_LIST = re.compile(r'<ol class="remarks (?P<which>\w+)">(?P<remarks>.*?)</ol>', re.S)


def swg(links: str) -> Line:
    return module("swg", item="タイプF", links=links)


def waf(links: str) -> Line:
    return module("waf", item="タイプAS", links=links)


def posted(*lines: Line, applied: str = APPLIED, **more: str) -> dict[str, Any]:
    """The lines as the form's inputs post them."""
    data: dict[str, Any] = {"applied_on": applied, "version": "0", "line": [line["key"][1:] for line in lines], **more}
    for line in lines:
        data |= {f"line-{line['key'][1:]}-{name}": value for name, value in line.items() if name != "key"}
    return data


def new(desk: Desk, unit: str = "U-1") -> str:
    """The address of a new form for the unit."""
    return reverse("admin:contracts_application_new", args=[desk.unit(unit).pk])


def edit(application: Application) -> str:
    return reverse("admin:contracts_application_edit", args=[application.pk])


def page(application: Application) -> str:
    return reverse("admin:contracts_application_change", args=[application.pk])


def verb(application: Application, name: str) -> str:
    return reverse(f"admin:contracts_application_{name}", args=[application.pk])


def buttons(client: Client, application: Application) -> list[str]:
    return [str(button["label"]) for button in client.get(page(application)).context["buttons"]]


def check(client: Client, address: str, *lines: Line, **more: str) -> str:
    """What the panel says to the form while it is being filled in."""
    answer = client.post(address, posted(*lines, check="1", **more), headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    return answer.text


def remarks(text: str, which: str = "against") -> set[tuple[str, str, str]]:
    """(clause as people read it, key of the line, field) of everything that the panel says, refusals or warnings."""
    found = set()
    for remark in [
        r for part in _LIST.finditer(text) if part["which"] == which for r in _REMARK.finditer(part["remarks"])
    ]:
        clause = re.search(r'class="clause">(.*?)<', remark["rest"])
        found.add((clause[1] if clause else "", html.unescape(remark["key"]), remark["field"]))
    return found


def enters(desk: Desk, language: str = "ja") -> Client:
    """The desk's first person at the screen: may enter applications."""
    return _at_screen(desk.enters, ["enter_application"], language)


def decides(desk: Desk, language: str = "ja") -> Client:
    """The desk's second person at the screen: may decide them."""
    return _at_screen(desk.decides, ["decide_application"], language)


def _at_screen(user: User, codenames: list[str], language: str) -> Client:
    viewing = Permission.objects.filter(content_type__app_label="contracts", codename__startswith="view_")
    user.user_permissions.set([*viewing, *Permission.objects.filter(codename__in=codenames)])
    User.objects.filter(pk=user.pk).update(is_staff=True)
    return signed_in(User.objects.get(pk=user.pk), language)
