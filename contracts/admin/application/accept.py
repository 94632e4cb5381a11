"""承諾: rehearsed first on the day of acceptance, with its ends and yen; what is shown is what then happens, or nothing does."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.application.backdated import confirmation_of
from contracts.admin.application.coming import drawn
from contracts.admin.application.lines import readable
from contracts.admin.application.verbs import ACCEPT
from contracts.admin.kit.answers import asked_for, say
from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.fields import day_field, reason_field
from contracts.admin.kit.following import Following, Rehearsal, Rehearses, is_large
from contracts.admin.kit.judgement import panel
from contracts.admin.kit.language import with_clause
from contracts.admin.kit.late import Part, part_of
from contracts.admin.kit.told import told
from contracts.admin.kit.words import differences
from contracts.facts.names import called_on
from contracts.judge.application import Judgement
from contracts.models import Application, Entry
from contracts.operations.applications import (
    FactsChangedError,
    accept,
    judge,
    newest_entry,
    units_concerned,
)
from contracts.operations.four_eyes import hands, is_another
from contracts.operations.pointed_out import points_of
from contracts.operations.refusal import Refused

DECIDE = "contracts.decide_application"
OTHERS = (("send-back", pgettext_lazy("verb", "差戻し")), ("reject", pgettext_lazy("verb", "拒絶")))
"""What else can be decided on the page of acceptance, each with a page of its own."""


class AcceptForm(forms.Form):
    """承諾日, what the judgement on the page was made on, and the mark of what was shown to follow."""

    on = day_field(_("承諾日"))
    reason = reason_field(_("理由・備考"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    entries_seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    following = forms.CharField(widget=forms.HiddenInput, required=False)
    corrections = forms.BooleanField(label=_("訂正の確認"), required=False)
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
                return _accepted(admin, request, row, given)
            except FactsChangedError as changed:
                entries = changed.entries
                say(form, changed)
            except Refused as refused:
                say(form, refused)
            # The operation has worked on the row before it was refused.
            row = admin.get_queryset(request).get(pk=row.pk)
    return _shown(admin, request, row, form, entries, on=on)


def is_for(row: Application, person: Any) -> bool:
    """Whether the person had no hand in an application, or it does not matter."""
    return not row.four_eyes or is_another(person, hands("application", row.pk, [row.entered_by_id]))


def _accepted(admin: FactAdmin, request: HttpRequest, row: Application, given: dict[str, Any]) -> HttpResponseRedirect:
    """Accept it as it was shown. Raises OutdatedError, FactsChangedError, and what the operation refuses."""
    user: User = request.user  # type: ignore[assignment]

    def holds(rehearsal: Rehearsal) -> bool:
        as_shown = _told_of(rehearsal).mark == given["following"]
        if as_shown and is_large(rehearsal) and not given["corrections"]:
            raise Refused(gettext("締め済みの月の訂正を確かめ、印を付けてください。"), field="corrections")
        return bool(as_shown)

    shown = {"seen": given["seen"], "entries_seen": given["entries_seen"] or 0, "reason": given["reason"]}
    _site(admin).confirm(
        lambda: accept(row, on=given["on"], by=user, **shown),
        units_concerned(judge(row, on=given["on"])),
        holds=holds,
        ledger=True,
    )
    said = gettext("申込%(number)sを承諾しました。") % {"number": row.number}
    back = asked_for(request)
    messages.success(request, format_html('<a href="{}">{}</a>', _page_of(row), said) if back else said)
    return HttpResponseRedirect(back or _page_of(row))


def _rehearsed(
    admin: FactAdmin, row: Application, judgement: Judgement, newest: int, *, on: date, by: User
) -> tuple[Following | None, dict[str, Any] | None, str]:
    """What acceptance would bring beside what the panel says, and the bills to come; or nothing, and the sentence of its refusal."""
    if not judgement.acceptable:
        return None, None, ""  # the panel has all the reasons
    # Of its own: the operation works on the row that it is given.
    tried = Application.objects.get(pk=row.pk)
    try:
        rehearsal = _site(admin).rehearse(
            lambda: accept(tried, on=on, by=by, seen=judgement.seen, entries_seen=newest),
            units_concerned(judgement),
            ledger=True,
        )
    except Refused as refused:
        return None, None, with_clause(refused.reason.message, refused.reason.clause)
    return _told_of(rehearsal), drawn(_site(admin), rehearsal), ""


def _told_of(rehearsal: Rehearsal) -> Following:
    sentences = told(rehearsal)
    return Following(sentences, rehearsal.mark(sentences), confirmation_of(rehearsal))


def _site(admin: FactAdmin) -> Rehearses:
    return cast(Rehearses, admin.admin_site)


def _shown(
    admin: FactAdmin, request: HttpRequest, row: Application, form: AcceptForm, entries: Sequence[Entry], *, on: date
) -> HttpResponse:
    # The history is read first: what is written in between is then told too often rather than not at all.
    newest = newest_entry()
    judgement = judge(row, on=on)
    names = called_on(judgement.before, on)
    user: User = request.user  # type: ignore[assignment]
    following, bills, refused = _rehearsed(admin, row, judgement, newest, on=on, by=user)
    mark = following.mark if following else ""
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": ACCEPT,
        "subtitle": row.number,
        "application": row,
        "form": form,
        "panel": panel(
            judgement,
            on=on,
            totals=_site(admin).totals(judgement, accepted_on=on),
            points=points_of(row, judgement, on=on),
            known=row.known,
            bills=bills,
        ),
        "lines": list(readable(row.lines, names)),
        "following": following.sentences if following else None,
        "refused": refused,
        "others": [
            {"address": reverse(f"admin:contracts_application_{name}", args=[row.pk]), "label": label}
            for name, label in OTHERS
        ],
        "confirm": following.confirm if following else "",
        "hidden": {
            "seen": judgement.seen,
            "entries_seen": newest,
            "following": mark,
            "judged_on": on.isoformat(),
        },
        "changed": [_told(entry) for entry in entries],
        "entered_by_self": not is_for(row, user),
        "media": admin.media,
    }
    return _drawn(request, row, context)


def _drawn(request: HttpRequest, row: Application, context: dict[str, Any]) -> HttpResponse:
    """The page of its own; or as part of the first page, to which it leads back: the next one is then open there."""
    context["back"] = _page_of(row)
    if part_of(request) is not Part.LATE:
        return TemplateResponse(request, "admin/accept.html", context | {"action": request.get_full_path()})
    action = f"{request.path}?{urlencode({'to': reverse('admin:index')})}"
    return TemplateResponse(request, "admin/accept_late.html", context | {"action": action, "is_late": True})


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
