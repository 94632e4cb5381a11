"""申込: the form as it was applied for, what the terms say to it, what can be done with it, and what came of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.application.accept import DECIDE, accept_page, is_for
from contracts.admin.application.coming import coming
from contracts.admin.application.form import ENTER, can_be_corrected, form_page
from contracts.admin.application.lines import readable
from contracts.admin.application.verbs import ACCEPT, OPEN, VERBS
from contracts.admin.application.versions import versions
from contracts.admin.kit.base import Related, by_code
from contracts.admin.kit.columns import choice, column, day, link, plain, target
from contracts.admin.kit.following import Rehearses
from contracts.admin.kit.judgement import panel
from contracts.admin.kit.list_filters import manager_at
from contracts.admin.kit.lists import WorkingList
from contracts.admin.kit.search import FINDS, applications_found
from contracts.admin.kit.verb import Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records import change
from contracts.facts.names import called_on
from contracts.judge.application import Judgement
from contracts.models import Application, Change, ManagementUnit, Target
from contracts.operations.applications import judge
from contracts.operations.pointed_out import points_of


def _badge(row: Any) -> Any:
    return format_html('<span class="state {}">{}</span>', row.state, row.get_state_display())


STATE = column("state", _("状態"), _badge)
RECEIVED, CLOSED = day("received_on", _("受付日")), day("closed_on", _("拒絶・取下げ日"))
DAYS = (day("applied_on", _("申込日")), RECEIVED, day("accepted_on", _("承諾日")))
COLUMNS = (link("", _("申込番号"), name="number"), STATE, *DAYS)
UNIT = link("unit", _("管理単位"))
CUSTOMER = link("unit__customer", _("契約者"))
ENTERED, DECIDED = plain("entered_by", _("入力者")), plain("decided_by", _("決定者"))
_BY_STATE: dict[str, tuple[Any, ...]] = {
    "draft": (DAYS[0], ENTERED),
    "received": (*DAYS[:2], ENTERED),
    "accepted": (*DAYS, ENTERED, DECIDED),
}
_CLOSED = (*DAYS[:2], CLOSED, plain("reason", _("理由")), ENTERED, DECIDED)
_ALTHOUGH = plain("received_because", _("承諾できないまま受け付けた理由"))
_RETURNED = (
    choice("returned", _("戻した経緯")),
    day("returned_on", _("下書きに戻した日")),
    plain("returned_by", _("戻した人"), name="returner"),
    plain("returned_because", _("戻した理由")),
)


@admin.register(Application)
class ApplicationAdmin(WorkingList, ActingAdmin):
    """Applications, newest first, drafts among them."""

    whose_path = "unit__customer__name"

    subject_path = "number"
    verbs: Sequence[Verb] = VERBS
    """Billing adds its own."""
    change_form_template = "admin/application.html"
    list_display = ("number", STATE, UNIT, CUSTOMER, *DAYS)
    list_select_related = ("unit__customer", "entered_by", "decided_by", "returned_by")
    list_filter = ("state", manager_at("unit"), by_code("unit", _("管理単位コード"), "unit__code"))
    sortable_by = ("number",)
    search_fields = ("number",)
    search_help_text = FINDS

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        days = _BY_STATE.get(obj.state, _CLOSED) if obj is not None else DAYS
        if obj is not None and obj.state == "accepted" and obj.entered_by is None:
            # What a book brought in was received and decided before its time here.
            days = (DAYS[0], DAYS[2])
        although = (_ALTHOUGH,) if obj is not None and obj.received_because else ()
        found: list[Any] = [(None, {"fields": ("number", STATE, UNIT, CUSTOMER, *days, *although)})]
        if obj is not None and obj.returned:
            found.append((_("差戻し・訂正"), {"fields": _RETURNED}))
        return found

    def found(self, term: str) -> Q:
        return Q(pk__in=applications_found(term))

    def related(self, row: Any) -> list[Related]:
        if row.state != "accepted":
            return []
        targets = Target.objects.filter(application=row).order_by("pk")
        columns = [
            target("", _("対象番号")),
            choice("kind", _("区分")),
            day("billing_starts_on", _("課金開始日")),
            day("ends_on", _("終了日")),
        ]
        changes = (
            Change.objects.standing().filter(application=row).select_related("target", "application").order_by("pk")
        )
        return [Related(targets, columns), Related(changes, (target(), *change.COLUMNS[:-1]))]

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """編集 and 承諾 have pages of their own; they stand among the verbs in the order of the work."""
        verbs = super().buttons(request, row)
        if row is None:
            return verbs
        user = request.user
        own = []
        may_enter = user.has_perm(ENTER)
        if may_enter and can_be_corrected(row, request):
            label = _("編集") if row.state == "draft" else _("訂正")
            own.append({"address": self.address("edit", row), "label": label, "weight": ""})
        if row.state == "received" and user.has_perm(DECIDE) and is_for(row, user):
            own.append({"address": self.address("accept", row), "label": ACCEPT, "weight": "main"})
        if may_enter and row.lines:
            copy = f"{reverse('admin:contracts_application_new', args=[row.unit_id])}?{urlencode({'from': row.number})}"
            verbs.append({"address": copy, "label": _("複写"), "weight": ""})
        return own + verbs

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        names: dict[str, str] = {}
        if row.state in OPEN:
            today = clock.today()
            on = max(today, row.applied_on or today, row.received_on or today)
            judgement = judge(row, on=on)
            names = called_on(judgement.before, on)
            sums = cast(Rehearses, self.admin_site).totals(judgement, accepted_on=on)
            asked = points_of(row, judgement, on=on)
            bills = self._bills(request, row, judgement, on)
            context["panel"] = panel(judgement, on=on, totals=sums, points=asked, known=row.known, bills=bills)
            context["buttons"] = self._weighed(self.buttons(request, row), row, acceptable=judgement.acceptable)
        context["lines"] = list(readable(row.lines, names))
        context["versions"] = versions(row) if row.returned else []
        context["imported"] = row.state == "accepted" and not row.lines
        return super().render_change_form(request, context, *args, **kwargs)

    def _weighed(self, buttons: list[dict[str, Any]], row: Application, *, acceptable: bool) -> list[dict[str, Any]]:
        """The loudest button leads on: from what is not acceptable that is putting it right, not what would be refused."""
        if acceptable:
            return buttons
        onward = self.address("edit" if row.state == "draft" else "send-back", row)
        weights = {"main": "", "": "", "grave": "grave"}
        return [
            {**one, "weight": "main" if one["address"] == onward else weights.get(one["weight"], one["weight"])}
            for one in buttons
        ]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("new/<int:unit_pk>/", wrap(self.new_view), name="contracts_application_new"),
            path("<int:pk>/edit/", wrap(self.edit_view), name="contracts_application_edit"),
            path("<int:pk>/accept/", wrap(self.accept_view), name="contracts_application_accept"),
            *super().get_urls(),
        ]

    def new_view(self, request: HttpRequest, unit_pk: int) -> HttpResponse:
        """The form of a new application for a unit."""
        unit = get_object_or_404(ManagementUnit.objects.select_related("customer"), pk=unit_pk)
        return form_page(self, request, unit, None)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form of a draft, or of what was received and can still be corrected."""
        row = self._row(request, pk)
        return form_page(self, request, row.unit, row)

    def accept_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page on which a received application is accepted."""
        row = self._row(request, pk)
        if row.state != "received" and request.user.has_perm(DECIDE):
            words = gettext("「%(verb)s」は、今の状態ではできません。") % {"verb": ACCEPT}
            messages.warning(request, words)
            return HttpResponseRedirect(self.address("change", row))
        return accept_page(self, request, row)

    def _bills(self, request: HttpRequest, row: Application, judgement: Judgement, on: date) -> dict[str, Any] | None:
        by: User = request.user  # type: ignore[assignment]
        site = cast(Rehearses, self.admin_site)
        return coming(site, row.unit, judgement, applied_on=row.applied_on or row.received_on or on, on=on, by=by)

    def _row(self, request: HttpRequest, pk: int) -> Application:
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        return row  # type: ignore[no-any-return]
