"""承諾: what will happen is shown first, on the day of acceptance, and is what then happens or nothing does."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.application.lines import readable
from contracts.admin.application.verbs import ACCEPT
from contracts.admin.kit.answers import say
from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.judgement import panel
from contracts.admin.kit.verbs import day_field, reason_field
from contracts.admin.kit.words import differences
from contracts.facts.names import called_on
from contracts.models import Application, Entry
from contracts.operations.applications import FactsChangedError, NotAcceptableError, accept, judge, newest_entry
from contracts.operations.refusal import Refused

DECIDE = "contracts.decide_application"


class AcceptForm(forms.Form):
    """承諾日, and what the judgement on the page was made on."""

    on = day_field(_("承諾日"))
    reason = reason_field(_("理由・備考"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    entries_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    judged_on = forms.DateField(widget=forms.HiddenInput, required=False)


def accept_page(admin: FactAdmin, request: HttpRequest, row: Application) -> HttpResponse:
    """The page of acceptance. Whatever stands against it is said there, and it can be confirmed again."""
    if not request.user.has_perm(DECIDE):
        raise PermissionDenied
    form = AcceptForm(request.POST or None, initial={"on": clock.today()})
    entries: list[Entry] = []
    valid = request.method == "POST" and form.is_valid()
    on = form.cleaned_data["on"] if valid else clock.today()
    if valid and "check" not in request.POST:
        given = dict(form.cleaned_data)
        if given["judged_on"] != given["on"]:
            form.add_error(
                "on", gettext("承諾日が変わったので、判定し直しました。確かめて、もう一度承諾してください。")
            )
        else:
            try:
                return _accepted(request, row, given)
            except FactsChangedError as changed:
                entries = changed.entries
                say(form, changed)
            except (NotAcceptableError, Refused) as refused:
                say(form, refused)
            # The operation has worked on the row before it was refused.
            row = admin.get_queryset(request).get(pk=row.pk)
    return _shown(admin, request, row, form, entries, on=on)


def _accepted(request: HttpRequest, row: Application, given: dict[str, Any]) -> HttpResponseRedirect:
    user: User = request.user  # type: ignore[assignment]
    seen, newest = given["seen"], given["entries_seen"] or 0
    accept(row, on=given["on"], by=user, seen=seen, entries_seen=newest, reason=given["reason"])
    messages.success(request, gettext("申込%(number)sを承諾しました。") % {"number": row.number})
    return HttpResponseRedirect(_page_of(row))


def _shown(
    admin: FactAdmin, request: HttpRequest, row: Application, form: AcceptForm, entries: Sequence[Entry], *, on: date
) -> HttpResponse:
    # The history is read first: what is written in between is then told too often rather than not at all.
    newest = newest_entry()
    judgement = judge(row, on=on)
    names = called_on(judgement.before, on)
    user = request.user
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": ACCEPT,
        "subtitle": row.number,
        "application": row,
        "form": form,
        "panel": panel(judgement, on=on),
        "lines": list(readable(row.lines, names)),
        "hidden": {"seen": judgement.seen, "entries_seen": newest, "judged_on": on.isoformat()},
        "changed": [_told(entry) for entry in entries],
        "entered_by_self": row.four_eyes and row.entered_by_id == user.pk,
        "back": _page_of(row),
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/accept.html", context)


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "operation": entry.get_operation_display(),
        "record": entry.get_record_display(),
        "subject": entry.subject,
        "reason": entry.reason,
        "differences": list(differences(entry)),
    }


def _page_of(row: Application) -> str:
    return reverse("admin:contracts_application_change", args=[row.pk])
