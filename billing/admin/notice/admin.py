"""解約通知: entered with everything that follows shown first — days, pairs, costs, what the unit loses — and then stored just so."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.notice.columns import (
    ARRIVED,
    COLUMNS,
    EFFECT,
    ENDS,
    GROUND,
    REFERENCE,
    REQUESTED,
    TARGET,
    UNIT,
    WITHDRAWAL,
    WITHDRAWN,
)
from billing.admin.notice.panel import panel
from contracts import clock
from contracts.admin.kit.base import OfTargetAdmin, by_code
from contracts.admin.kit.naming import detail_on, name_on
from contracts.admin.kit.verbs import asked_for, day_field, reason_field, say, text_field
from contracts.facts.load import load_units
from contracts.models import ManagementUnit, Notice
from contracts.models.choices import GROUNDS
from contracts.operations.notices import (
    Asked,
    Plan,
    correct_notice,
    plan_notice,
    plan_withdrawal,
    receive_notice,
    refused_by,
    withdraw_notice,
)
from contracts.operations.refusal import Refused
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Ground, Target, Unit

RECEIVE, TAKE_BACK = "contracts.add_notice", "contracts.change_notice"
NONE, NAMED, TERM = "none", "named", "term"
DAYS = [(NONE, _("指定なし")), (NAMED, _("日を指定")), (TERM, _("期間の満了日（最低利用期間又は契約期間）"))]


class DaysForm(forms.Form):
    """The days of a notice, its ground and the form it came on."""

    arrived_on = day_field(_("到達日"))
    when = forms.ChoiceField(label=_("終了を希望する日"), choices=DAYS, initial=NONE, widget=forms.RadioSelect)
    requested_for = day_field(_("指定日"), required=False)
    ground = forms.ChoiceField(
        label=_("根拠"), choices=[(code, name) for code, name in GROUNDS if code != Ground.ABOLISHED.value]
    )
    reference = text_field(_("解約申込書の番号"), required=False)

    def clean(self) -> dict[str, Any]:
        """A day is named where it is said that one is, and nowhere else."""
        given = super().clean() or {}
        if given.get("when") == NAMED and not given.get("requested_for") and "requested_for" not in self.errors:
            self.add_error("requested_for", gettext("指定日を入力してください。"))
        if given.get("when") != NAMED:
            given["requested_for"] = None
        return given

    def asked(self, targets: tuple[str, ...]) -> Asked:
        """What was entered, for those targets."""
        given = self.cleaned_data
        return Asked(
            targets=targets,
            arrived_on=given["arrived_on"],
            requested_for=given["requested_for"],
            at_term_end=given["when"] == TERM,
            ground=Ground(given["ground"]),
            reference=given["reference"],
        )


class NoticeForm(DaysForm):
    """A notice for one or more contracts and options of a unit."""

    targets = forms.MultipleChoiceField(label=_("対象"), widget=forms.CheckboxSelectMultiple)
    reason = reason_field(_("備考"), required=False)
    field_order = ("targets", "arrived_on", "when", "requested_for", "ground", "reference", "reason")


class WithdrawForm(forms.Form):
    """The company's consent to a notice being taken back."""

    document = text_field(_("撤回の文書番号"), help_text=_("当社が同意した書面の番号"))
    reason = reason_field(_("理由"), required=False)


class CorrectForm(DaysForm, WithdrawForm):
    """What a notice ought to have said, and the company's consent."""

    field_order = ("arrived_on", "when", "requested_for", "ground", "reference", "document", "reason")


@admin.register(Notice)
class NoticeAdmin(OfTargetAdmin):
    """Notices, newest first."""

    subject_path = "target__number"
    beside = COLUMNS
    list_display = (ARRIVED, TARGET, UNIT, REQUESTED, GROUND, ENDS, REFERENCE, WITHDRAWN)
    list_select_related = ("target__unit",)
    list_filter = ("ground", by_code("target", _("対象番号"), "target__number"))
    fieldsets = (
        (None, {"fields": (TARGET, UNIT, ARRIVED, REQUESTED, GROUND, REFERENCE)}),
        (_("効力が生ずる日"), {"fields": (EFFECT, ENDS)}),
        (_("撤回"), {"fields": (WITHDRAWN, WITHDRAWAL)}),
    )

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("of/<int:unit_id>/", site(self.receive_view), name="contracts_notice_receive"),
            path("<int:notice_id>/withdraw/", site(self.withdraw_view), name="contracts_notice_withdraw"),
            path("<int:notice_id>/correct/", site(self.correct_view), name="contracts_notice_correct"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        if row.withdrawn_on is None and request.user.has_perm(TAKE_BACK):
            named = (("withdraw", _("撤回を記録"), "grave"), ("correct", _("訂正"), ""))
            context["buttons"] = [
                {"address": reverse(f"admin:contracts_notice_{name}", args=[row.pk]), "label": label, "weight": weight}
                for name, label, weight in named
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    def receive_view(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        """受付 of a notice for targets of one unit."""
        may(request, RECEIVE)
        unit = ManagementUnit.objects.select_related("customer").filter(pk=unit_id).first()
        if unit is None:
            raise Http404
        today, plain = clock.today(), load_units([unit_id])[unit_id]
        chosen = [number for number in request.GET.getlist("target") if number]
        form = NoticeForm(request.POST or None, initial={"arrived_on": today, "targets": chosen})
        form.fields["targets"].choices = choices_of(plain, today)  # type: ignore[attr-defined]

        def planned() -> Plan:
            return plan_notice(unit, form.asked(tuple(form.cleaned_data["targets"])), on=today, facts=plain)

        def done(seen: str) -> str:
            given = form.cleaned_data
            asked = form.asked(tuple(given["targets"]))
            receive_notice(unit, asked, on=today, seen=seen, by=person(request), reason=given["reason"])
            return reverse("admin:contracts_managementunit_change", args=[unit_id])

        title = gettext("解約通知を受け付ける")
        return self._answer(request, unit, form, planned, done, title=title, said=gettext("解約通知を受け付けました。"))

    def withdraw_view(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """撤回 of a notice, with the company's consent (I-34)."""
        row = self._standing(request, notice_id)
        form = WithdrawForm(request.POST or None)

        def done(seen: str) -> str:
            given, today = form.cleaned_data, clock.today()
            withdraw_notice(row, on=today, seen=seen, by=person(request), **given)
            return reverse("admin:contracts_notice_change", args=[row.pk])

        title = gettext("解約通知の撤回を記録")
        return self._answer(
            request,
            row.target.unit,
            form,
            lambda: plan_withdrawal(row),
            done,
            title=title,
            said=gettext("解約通知を撤回しました。"),
            notice=row,
        )

    def correct_view(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """訂正 of a notice, with the company's consent (I-34)."""
        row = self._standing(request, notice_id)
        initial = {"arrived_on": row.arrived_on, "requested_for": row.requested_for, "ground": row.ground}
        initial |= {"when": NAMED if row.requested_for else NONE, "reference": row.reference}
        form = CorrectForm(request.POST or None, initial=initial)
        number = (row.target.number,)

        def done(seen: str) -> str:
            consent = {name: form.cleaned_data[name] for name in ("document", "reason")}
            by, today = person(request), clock.today()
            standing = correct_notice(row, form.asked(number), on=today, seen=seen, by=by, **consent)
            return reverse("admin:contracts_notice_change", args=[standing.pk])

        title = gettext("解約通知を訂正")
        return self._answer(
            request,
            row.target.unit,
            form,
            lambda: plan_withdrawal(row, instead=form.asked(number)),
            done,
            title=title,
            said=gettext("解約通知を訂正しました。"),
            notice=row,
        )

    def _standing(self, request: HttpRequest, notice_id: int) -> Notice:
        may(request, TAKE_BACK)
        rows = Notice.objects.standing().select_related("target__unit__customer")
        row: Notice | None = rows.filter(pk=notice_id).first()
        if row is None:
            raise Http404
        return row

    def _answer(
        self,
        request: HttpRequest,
        unit: ManagementUnit,
        form: forms.Form,
        planned: Any,
        done: Any,
        *,
        title: str,
        said: str,
        notice: Notice | None = None,
    ) -> HttpResponse:
        """The form; or what would follow from it; or, confirmed on what was shown, what it did."""
        plan: Plan | None = None
        if request.method == "POST" and form.is_valid():
            try:
                if "confirmed" in request.POST:
                    address = done(request.POST.get("seen", ""))
                    messages.success(request, said)
                    return HttpResponseRedirect(asked_for(request) or address)
            except Refused as refused:
                say(form, refused)
            if "back" not in request.POST:
                try:
                    plan = planned()
                except Refused as refused:
                    say(form, refused)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "subtitle": f"{unit.code} {unit.customer.name} {unit.name}",
            "unit": unit,
            "notice": notice,
            "form": form,
            "plan": panel(plan, on=clock.today()) if plan else None,
            "impossible": bool(plan and notice and refused_by(plan.following)),
            "back": asked_for(request) or reverse("admin:contracts_managementunit_change", args=[unit.pk]),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/notice.html", context)


def may(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied for whoever may not."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def person(request: HttpRequest) -> User:
    """Who asks."""
    user: User = request.user  # type: ignore[assignment]
    return user


def choices_of(unit: Unit, on: date) -> list[tuple[str, str]]:
    """The contracts and options that have not ended by a day, each option below its contract."""
    timeline = Timeline(unit)
    found = []
    for contract in sorted(unit.contracts, key=lambda contract: (not contract.is_tier, contract.number)):
        options = (option for option in unit.options if option.contract == contract.number)
        targets: list[Target] = [contract, *options]
        for target in targets:
            end = timeline.ends.get(target.number)
            if end is not None and end.on < on:
                continue
            names = (target.number, name_on(target, timeline, on), detail_on(target, timeline, on))
            ending = gettext("（%(day)s終了予定）") % {"day": end.on} if end else ""
            found.append((target.number, " ".join(part for part in (*names, ending) if part)))
    return found
