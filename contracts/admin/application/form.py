"""申込の入力: one form for a unit — what is asked for, judged as it is filled in, kept as a draft or received."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from contracts import clock
from contracts.admin.application.choices import catalogue, offered, services, targets
from contracts.admin.application.lines import (
    HELP,
    LABELS,
    SHOWN_WHEN,
    asking,
    kind_of,
    typed_lines,
)
from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.judgement import marks, panel
from contracts.admin.kit.language import with_clause
from contracts.intake.form import FIELDS, Verb
from contracts.judge.application import Judgement, judge_application
from contracts.models import Application, ManagementUnit
from contracts.operations.applications import receive, save_draft
from contracts.operations.refusal import Refused

ENTER = "contracts.enter_application"
UNNUMBERED = "#"
"""Stands for the number of an application that has none yet."""
BLANK = "__n__"
"""Stands for the position of a line in the pattern from which the script makes new ones."""


@dataclass(slots=True)
class Typed:
    """The form as it was typed: its day also as a day, None where it is none."""

    written_on: str
    applied_on: date | None
    lines: list[dict[str, str]]
    version: int


def typed(request: HttpRequest) -> Typed:
    """What a posted form says; nothing of it is dropped for being wrong."""
    written_on, version = request.POST.get("applied_on", "").strip(), request.POST.get("version", "")
    if "overwrite" in request.POST:
        version = request.POST["overwrite"]
    return Typed(written_on, _day(written_on), typed_lines(request.POST), int(version) if version.isdecimal() else 0)


def stored(application: Application | None, today: date, begun: list[dict[str, str]]) -> Typed:
    """What a form opens with: a draft as it was kept, or the line that was asked for, applied for today."""
    if application is None:
        return Typed(today.isoformat(), today, begun, 0)
    applied_on = application.applied_on
    lines = [dict(line) for line in application.lines]
    return Typed(applied_on.isoformat() if applied_on else "", applied_on, lines, application.version)


def begun_by(request: HttpRequest) -> list[dict[str, str]]:
    """The first line of a new form, where a link names what is asked for and of what (``?verb=category&target=…``)."""
    verb = request.GET.get("verb", "")
    if verb not in set(Verb):
        return []
    named = {name: request.GET[name] for name in ("contract", "target") if name in request.GET}
    return [{"key": "#1", "verb": verb, **named}]


def form_page(
    admin: FactAdmin, request: HttpRequest, unit: ManagementUnit, application: Application | None
) -> HttpResponse:
    """The form's page. Posted with ``check`` it only judges, else it saves, and receives where ``receive`` asks for it."""
    if not request.user.has_perm(ENTER):
        raise PermissionDenied
    if application is not None and application.state != "draft" and request.method != "POST":
        messages.warning(request, _("この申込は下書きではありません。内容はもう変えられません。"))
        return HttpResponseRedirect(_page_of(application))
    posted = request.method == "POST"
    given = typed(request) if posted else stored(application, clock.today(), begun_by(request))
    said: list[str] = []
    overtaken = False
    if posted and "check" not in request.POST:
        try:
            return _kept(request, unit, application, given)
        except Refused as refused:
            said.append(_reason(refused))
            overtaken = _overtaken(application, given)
    judgement, on = _judged(unit, application, given)
    found = panel(judgement, on=on, editable=True)
    if posted and request.headers.get("X-Requested-With") == "fetch":
        return TemplateResponse(request, "admin/judgement.html", {"panel": found})
    page = _Page(unit, application, given, judgement, found)
    context = {
        **admin.admin_site.each_context(request),
        **page.context(),
        "opts": admin.opts,
        "said": said,
        "overtaken": overtaken,
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/application_form.html", context)


def _kept(
    request: HttpRequest, unit: ManagementUnit, application: Application | None, given: Typed
) -> HttpResponseRedirect:
    """Save the draft, and receive it at once where that is asked for: both or neither. Raises Refused."""
    user: User = request.user  # type: ignore[assignment]
    if given.applied_on is None:
        raise Refused(_("申込日が必要です。"), field="applied_on")
    with transaction.atomic():
        kept = save_draft(
            application,
            unit=unit,
            lines=asking(given.lines),
            applied_on=given.applied_on,
            version=given.version,
            by=user,
        )
        if "receive" in request.POST:
            receive(kept, on=clock.today(), by=user)
    words = (
        _("申込%(number)sを受け付けました。")
        if "receive" in request.POST
        else _("申込%(number)sを下書きに保存しました。")
    )
    messages.success(request, words % {"number": kept.number})
    if not user.has_perm("contracts.view_application"):
        return HttpResponseRedirect(reverse("admin:index"))
    return HttpResponseRedirect(_page_of(kept))


def _judged(unit: ManagementUnit, application: Application | None, given: Typed) -> tuple[Judgement, date]:
    """The judgement of the form as though accepted today, or on the day applied for where that is yet to come."""
    on = max(clock.today(), given.applied_on or clock.today())
    number = application.number if application else UNNUMBERED
    lines = asking(given.lines)
    return judge_application(unit, lines, number=number, applied_on=given.applied_on or on, on=on), on


def _overtaken(application: Application | None, given: Typed) -> bool:
    """Whether somebody else has saved the draft since this form was opened; it may then be overwritten on purpose."""
    if application is None:
        return False
    return application.state == "draft" and application.version != given.version


def _reason(refused: Refused) -> str:
    return with_clause(refused.reason.message, refused.reason.clause)


def _page_of(application: Application) -> str:
    return reverse("admin:contracts_application_change", args=[application.pk])


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


@dataclass(slots=True)
class _Page:
    unit: ManagementUnit
    application: Application | None
    given: Typed
    judgement: Judgement
    panel: dict[str, Any]

    def context(self) -> dict[str, Any]:
        """What the template draws: the lines as inputs, a pattern for new ones, and the data of the script."""
        today = clock.today()
        held = targets(self.judgement.before, today)
        lines = self.given.lines
        choices = offered(held, lines)
        said = marks(self.panel)
        following = max((int(line["key"][1:]) for line in lines if line["key"][1:].isdecimal()), default=0) + 1
        blank = {"key": f"#{following}", "verb": ""}
        found = services(self.unit, self.judgement.before, today)
        title = _("申込の編集") if self.application else _("新しい申込")
        return {
            "title": title,
            "unit": self.unit,
            "application": self.application,
            "given": self.given,
            "panel": self.panel,
            "lines": [_drawn(line, choices, said) for line in [*lines, blank]],
            "pattern": _drawn({"key": f"#{BLANK}", "verb": ""}, choices, {}),
            "services": found,
            "data": {
                "verbs": {verb.value: names for verb, names in FIELDS.items()},
                "shownWhen": SHOWN_WHEN,
                "catalogue": catalogue(),
                "targets": {row["number"]: row for row in held},
                "services": found,
                "blank": BLANK,
                "words": {"failed": _("判定できませんでした。もう一度「判定」を押してください。")},
            },
        }


def _drawn(
    line: Mapping[str, str], choices: Mapping[str, list[tuple[str, Any]]], said: Mapping[tuple[str, str], list[str]]
) -> dict[str, Any]:
    """A line as its template draws it. A value that is not offered any more stays there to be seen."""
    verb, key = line.get("verb", ""), line["key"]
    shown = FIELDS[Verb(verb)] if verb else tuple(LABELS)
    return {
        "key": key,
        "position": key.removeprefix("#"),
        "verb": verb,
        "verbs": choices["verb"],
        "inputs": [
            {
                "name": name,
                "label": LABELS[name],
                "help": HELP.get(name, ""),
                "kind": kind_of(name),
                "value": line.get(name, ""),
                "choices": _with(choices.get(name, []), line.get(name, "")),
                "shown": name in shown,
                "said": said.get((key, name), []),
            }
            for name in LABELS
        ],
    }


def _with(choices: list[tuple[str, Any]], value: str) -> list[tuple[str, Any]]:
    return choices if not value or any(code == value for code, _name in choices) else [*choices, (value, value)]
