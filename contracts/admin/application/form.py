"""申込の入力: one form for a unit — what is asked for, judged as it is filled in, kept as a draft or received."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from contracts import clock
from contracts.admin.application.backdated import corrections_of
from contracts.admin.application.coming import coming
from contracts.admin.application.page import Page
from contracts.admin.application.typed import Typed, begun, stored, typed
from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.following import Rehearses
from contracts.admin.kit.judgement import panel
from contracts.admin.kit.language import with_clause
from contracts.judge.application import Judgement, judge_application
from contracts.judge.points import Point
from contracts.models import Application, ManagementUnit
from contracts.operations.applications import receive, save_draft
from contracts.operations.pointed_out import pointed_out
from contracts.operations.refusal import Refused
from contracts.operations.returned import reopen

ENTER = "contracts.enter_application"
LOOKS = frozenset({"check", "mend"})
"""Buttons of the form that write nothing: it is judged, or a line is added to it, and shown again."""
BILLS = "bills"
"""What the button is worth that asks for the bills to come beside the judgement."""
UNNUMBERED = "~"
"""Stands for the number of an application that has none yet."""


def form_page(
    admin: FactAdmin, request: HttpRequest, unit: ManagementUnit, application: Application | None
) -> HttpResponse:
    """The form's page. Posted with ``check`` it only judges, else it saves, and receives where ``receive`` asks for it."""
    if not request.user.has_perm(ENTER):
        raise PermissionDenied
    if application is not None and not can_be_corrected(application, request) and request.method != "POST":
        messages.warning(request, _("この申込は、今の状態では、あなたには変えられません。"))
        return HttpResponseRedirect(_page_of(application))
    posted = request.method == "POST"
    given = typed(request) if posted else stored(application) if application else begun(request, unit, clock.today())
    said: list[str] = []
    overtaken = False
    if posted and not LOOKS & request.POST.keys():
        try:
            return _kept(request, unit, application, given)
        except Refused as refused:
            said.append(_reason(refused))
            if application is not None:  # the operation has worked on the row before it was refused
                application = Application.objects.get(pk=application.pk)
            overtaken = _overtaken(application, given)
    judgement, on = _judged(unit, application, given)
    found = panel(
        judgement,
        on=on,
        editable=True,
        totals=cast(Rehearses, admin.admin_site).totals(judgement, accepted_on=on),
        points=_pointed_out(unit, application, given, judgement),
        known=given.known,
        corrections=_corrections(admin, request, unit, given, judgement, on),
        bills=_bills(admin, request, unit, given, judgement, on),
    )
    if posted and request.headers.get("X-Requested-With") == "fetch":
        return TemplateResponse(request, "admin/judgement.html", {"panel": found})
    context = {
        **admin.admin_site.each_context(request),
        **Page(unit, application, given, judgement, found).context(),
        "opts": admin.opts,
        "said": said,
        "overtaken": overtaken,
        "media": admin.media,
    }
    return TemplateResponse(request, "admin/application_form.html", context)


def can_be_corrected(application: Application, request: HttpRequest) -> bool:
    """Whether the form opens: a draft for whoever may enter, what was received for whoever entered it, until it is decided."""
    own = application.entered_by_id == request.user.pk
    return application.state == "draft" or (application.state == "received" and own)


def _kept(
    request: HttpRequest, unit: ManagementUnit, application: Application | None, given: Typed
) -> HttpResponseRedirect:
    """Save the draft, and receive it at once where that is asked for: both or neither. Raises Refused."""
    user: User = request.user  # type: ignore[assignment]
    if given.applied_on is None:
        raise Refused(_("申込日が必要です。"), field="applied_on")
    version = given.version
    with transaction.atomic():
        if application is not None and application.state == "received":
            application.version = version
            version = reopen(application, on=clock.today(), by=user).version
        kept = save_draft(
            application,
            unit=unit,
            lines=given.asked,
            applied_on=given.applied_on,
            version=version,
            by=user,
            known=given.known,
        )
        if "receive" in request.POST:
            judgement, _on = _judged(unit, kept, given)
            _ask_once(_pointed_out(unit, kept, given, judgement), given.known)
            receive(kept, on=clock.today(), by=user, reason=given.reason)
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
    return judge_application(unit, given.asked, number=number, applied_on=given.applied_on or on, on=on), on


def _pointed_out(
    unit: ManagementUnit, application: Application | None, given: Typed, judgement: Judgement
) -> list[Point]:
    number = application.number if application else ""
    return pointed_out(judgement, unit, number=number, applied_on=given.applied_on or clock.today(), on=clock.today())


def _corrections(
    admin: FactAdmin, request: HttpRequest, unit: ManagementUnit, given: Typed, judgement: Judgement, on: date
) -> list[str]:
    by: User = request.user  # type: ignore[assignment]
    site = cast(Rehearses, admin.admin_site)
    return corrections_of(site, unit, judgement, applied_on=given.applied_on or on, on=on, by=by)


def _bills(
    admin: FactAdmin, request: HttpRequest, unit: ManagementUnit, given: Typed, judgement: Judgement, on: date
) -> dict[str, Any] | None:
    """The bills that come next, where they are asked for or a draft is opened: a rehearsal is too much for every letter typed."""
    if request.method == "POST" and request.POST.get("check") != BILLS:
        return None
    by: User = request.user  # type: ignore[assignment]
    site = cast(Rehearses, admin.admin_site)
    return coming(site, unit, judgement, applied_on=given.applied_on or on, on=on, by=by)


def _ask_once(found: list[Point], known: Collection[str]) -> None:
    """What is pointed out stops a receipt once: until it is put right, or said to be known. Raises Refused."""
    asked = [point for point in found if point.key not in known]
    if asked:
        sentence = _(
            "確かめてほしいことが%(count)s件あります。直すか、「知っている」に印を付けて、もう一度受け付けてください。"
        )
        raise Refused(sentence % {"count": len(asked)})


def _overtaken(application: Application | None, given: Typed) -> bool:
    """Whether somebody else has saved the draft since this form was opened; it may then be overwritten on purpose."""
    if application is None:
        return False
    return application.state == "draft" and application.version != given.version


def _reason(refused: Refused) -> str:
    return with_clause(refused.reason.message, refused.reason.clause)


def _page_of(application: Application) -> str:
    return reverse("admin:contracts_application_change", args=[application.pk])
