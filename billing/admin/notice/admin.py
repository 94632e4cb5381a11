"""解約通知: entered with everything that follows shown first — days, pairs, costs, what the unit loses — and then stored just so."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.leaving.changing import changing_page
from billing.admin.leaving.page import LOOK, leaving_page
from billing.admin.notice.choices import choices_of
from billing.admin.notice.chosen import chosen, together, units_of
from billing.admin.notice.columns import (
    ARRIVED,
    COLUMNS,
    CUSTOMER,
    EFFECT,
    ENDS,
    GROUND,
    OF_LETTER,
    REFERENCE,
    REQUESTED,
    TARGET,
    UNIT,
    WITHDRAWAL,
    WITHDRAWN,
)
from billing.admin.notice.forms import NAMED, NONE, TERM, CorrectForm, NoticeForm, WithdrawForm, asked_of, begun
from billing.admin.notice.page import NoticePage, ways_of
from contracts import clock
from contracts.admin.kit.answers import asked_for, say
from contracts.admin.kit.base import OfTargetAdmin, Related, by_code
from contracts.admin.kit.following import standing_of
from contracts.admin.kit.list_filters import manager_at
from contracts.admin.kit.lists import WorkingList
from contracts.facts.load import load_units
from contracts.models import ManagementUnit, Notice
from contracts.operations.letters import correct_letter, of_letter, receive_letter, withdraw_letter
from contracts.operations.notices import NoticeAsked, receive_notice
from contracts.operations.refusal import OutdatedError, Refused
from contracts.terms.timeline import Timeline

RECEIVE, TAKE_BACK = "contracts.add_notice", "contracts.change_notice"
MOST_UNITS = 100
"""Units of a customer that one letter is taken for on one page, the first by their codes."""


@admin.register(Notice)
class NoticeAdmin(WorkingList, OfTargetAdmin):
    """Notices, newest first."""

    subject_path = "target__number"
    beside = COLUMNS
    list_display = (ARRIVED, TARGET, UNIT, REQUESTED, GROUND, ENDS, REFERENCE, WITHDRAWN)
    list_select_related = ("target__unit__customer",)
    unit_path = "target__unit"
    list_filter = (manager_at("target__unit"), "ground", by_code("target", _("対象番号"), "target__number"))
    fieldsets = (
        (None, {"fields": (TARGET, UNIT, CUSTOMER, ARRIVED, REQUESTED, GROUND, REFERENCE)}),
        (_("効力が生ずる日"), {"fields": (EFFECT, ENDS)}),
        (_("撤回"), {"fields": (WITHDRAWN, WITHDRAWAL)}),
    )

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("of/<int:unit_id>/", site(self.receive_view), name="contracts_notice_receive"),
            path("of-customer/<int:customer_id>/", site(self.letter_view), name="contracts_notice_letter"),
            path("of/<int:unit_id>/leaving/", site(leaving_page), name="contracts_managementunit_leaving"),
            path("of/<int:unit_id>/changing/", site(changing_page), name="contracts_managementunit_changing"),
            path("<int:notice_id>/withdraw/", site(self.withdraw_view), name="contracts_notice_withdraw"),
            path("<int:notice_id>/correct/", site(self.correct_view), name="contracts_notice_correct"),
            *super().get_urls(),
        ]

    def related(self, row: Any) -> list[Related]:
        """The other notices of the letter: what is corrected or taken back is one letter."""
        if row.letter is None or not row.stands:
            return []
        others = Notice.objects.standing().filter(letter=row.letter).exclude(pk=row.pk)
        others = others.select_related("target__unit").order_by("target__unit__code", "target__number")
        return [Related(others, OF_LETTER, heading=_("同じ通知書の解約通知"))]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs["obj"]
        if row.stands and not request.user.has_perm(TAKE_BACK):
            context["hint"] = _("撤回と訂正は、当社の同意により、営業責任者が記録します（I-34）。")
        elif row.stands:
            named = (("withdraw", _("撤回を記録"), "grave"), ("correct", _("訂正"), ""))
            context["buttons"] = [
                {"address": reverse(f"admin:contracts_notice_{name}", args=[row.pk]), "label": label, "weight": weight}
                for name, label, weight in named
            ]
        if request.user.has_perms(LOOK):
            address = reverse("admin:contracts_managementunit_leaving", args=[row.target.unit_id])
            context.setdefault("buttons", []).append({"address": address, "label": _("解約の見通し"), "weight": ""})
        return super().render_change_form(request, context, *args, **kwargs)

    def receive_view(self, request: HttpRequest, unit_id: int) -> HttpResponse:
        """受付 of a notice for targets of one unit."""
        may(request, RECEIVE)
        unit = ManagementUnit.objects.select_related("customer").filter(pk=unit_id).first()
        if unit is None:
            raise Http404
        today, plain = clock.today(), load_units([unit_id])[unit_id]
        chosen = [number for number in request.GET.getlist("target") if number]
        form = NoticeForm(request.POST or None, initial=begun(request, today) | {"targets": chosen})
        form.fields["targets"].choices = choices_of(plain, today)  # type: ignore[attr-defined]

        def do(given: Mapping[str, Any], asked: NoticeAsked | None = None) -> list[Notice]:
            asked = asked or asked_of(given, given["targets"])
            return receive_notice(unit, asked, on=today, by=person(request), reason=given["reason"])

        page = NoticePage(
            title=gettext("解約通知を受け付ける"),
            said=gettext("解約通知を受け付けました。"),
            units=[unit],
            form=form,
            do=do,
            ways=lambda given, rehearsal: list(ways_of(given, rehearsal, do)),
            after=lambda _result: reverse("admin:contracts_managementunit_change", args=[unit_id]),
        )
        return self._answer(request, page)

    def letter_view(self, request: HttpRequest, customer_id: int) -> HttpResponse:
        """受付 of one letter for targets of several units of a customer."""
        may(request, RECEIVE)
        rows = ManagementUnit.objects.filter(customer=customer_id).select_related("customer").order_by("code")
        units = {unit.pk: unit for unit in rows[:MOST_UNITS]}
        if not units:
            raise Http404
        today, plain = clock.today(), load_units(units)
        form = NoticeForm(request.POST or None, initial={"arrived_on": today})
        choices: Any = form.fields["targets"]
        choices.choices = [(f"{units[pk].code} {units[pk].name}", choices_of(plain[pk], today)) for pk in units]
        unit_of = {target.number: pk for pk, unit in plain.items() for target in unit.targets}

        def do(given: Mapping[str, Any]) -> list[Notice]:
            asked = {
                unit: asked_of(given, [number for number in given["targets"] if unit_of[number] == pk])
                for pk, unit in units.items()
                if any(unit_of[number] == pk for number in given["targets"])
            }
            return receive_letter(asked, on=today, by=person(request), reason=given["reason"])

        page = NoticePage(
            title=gettext("複数の管理単位の解約通知を受け付ける"),
            said=gettext("解約通知を受け付けました。"),
            units=list(units.values()),
            form=form,
            do=do,
            after=lambda _result: reverse("admin:contracts_customer_change", args=[customer_id]),
        )
        return self._answer(request, page)

    def withdraw_view(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """撤回 of a notice, with the company's consent (I-34)."""
        row = self._row(request, notice_id)

        def do(given: Mapping[str, Any]) -> list[Notice]:
            consent = {name: given[name] for name in ("document", "reason")}
            return withdraw_letter(chosen(row, given), on=clock.today(), by=person(request), **consent)

        page = NoticePage(
            title=gettext("解約通知の撤回を記録"),
            said=gettext("解約通知を撤回しました。"),
            units=units_of(row),
            form=self._of_letter(row, WithdrawForm(request.POST or None)),
            do=do,
            after=lambda result: reverse("admin:contracts_notice_change", args=[result[0].pk]),
            notice=row,
        )
        return self._answer(request, page)

    def correct_view(self, request: HttpRequest, notice_id: int) -> HttpResponse:
        """訂正 of a notice, with the company's consent (I-34)."""
        row = self._row(request, notice_id)
        initial = {"arrived_on": row.arrived_on, "requested_for": row.requested_for, "ground": row.ground}
        days = {notice.requested_for for notice in of_letter(row)}
        # Each at the end of its own term: of several days none can stand in the one field.
        when = TERM if len(days) > 1 else NAMED if row.requested_for else NONE
        initial |= {"when": when, "reference": row.reference}

        def do(given: Mapping[str, Any]) -> list[Notice]:
            consent = {name: given[name] for name in ("document", "reason")}
            rows = chosen(row, given)
            instead = asked_of(given, [notice.target.number for notice in rows])
            return correct_letter(rows, instead, on=clock.today(), by=person(request), **consent)

        page = NoticePage(
            title=gettext("解約通知を訂正"),
            said=gettext("解約通知を訂正しました。"),
            units=units_of(row),
            form=self._of_letter(row, CorrectForm(request.POST or None, initial=initial)),
            do=do,
            after=lambda result: reverse("admin:contracts_notice_change", args=[result[0].pk]),
            notice=row,
        )
        return self._answer(request, page)

    def _row(self, request: HttpRequest, notice_id: int) -> Notice:
        may(request, TAKE_BACK)
        row: Notice | None = Notice.objects.select_related("target__unit__customer").filter(pk=notice_id).first()
        if row is None:
            raise Http404
        return row

    def _of_letter(self, row: Notice, form: forms.Form) -> forms.Form:
        """The form with the other targets of the letter to choose from, all of them chosen; without, where it names one."""
        others = [notice for notice in of_letter(row) if notice.pk != row.pk]
        if not others:
            del form.fields["together"]
            return form
        today, plain = clock.today(), load_units({notice.target.unit_id for notice in others})
        timelines = {pk: Timeline(unit) for pk, unit in plain.items()}
        targets = {target.number: target for unit in plain.values() for target in unit.targets}
        several = {notice.target.unit_id for notice in others} != {row.target.unit_id}
        others_of: Any = form.fields["together"]
        others_of.choices = [together(notice, targets, timelines, today, several) for notice in others]
        form.initial["together"] = [notice.target.number for notice in others]
        return form

    def _answer(self, request: HttpRequest, page: NoticePage) -> HttpResponse:
        """The form; or what would follow from it; or, confirmed on what was shown, what it did."""
        form, shown = page.form, None
        if page.notice is not None and not page.notice.stands:
            messages.warning(
                request, gettext("この通知は%(day)sに撤回又は訂正されています。") % {"day": page.notice.withdrawn_on}
            )
            now = standing_of(page.notice)
            return HttpResponseRedirect(reverse("admin:contracts_notice_change", args=[now.pk]))
        if request.method == "POST" and form.is_valid() and "back" not in request.POST:
            # A refusal takes its field off the form's values; what was given is kept.
            given = dict(form.cleaned_data)
            try:
                if "confirmed" in request.POST:
                    result = page.confirmed(given, request.POST.get("seen", ""))
                    messages.success(request, page.told(result))
                    return HttpResponseRedirect(asked_for(request) or page.after(result))
                shown = page.shown(given)
            except OutdatedError as outdated:
                say(form, outdated)
                shown = page.shown_or_refused(given)
            except Refused as refused:
                say(form, refused)
        unit = page.units[0]
        of_one = len(page.units) == 1
        back = ("managementunit", unit.pk) if of_one else ("customer", unit.customer_id)
        place = reverse(f"admin:contracts_{back[0]}_change", args=[back[1]])
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": page.title,
            "subtitle": page.subtitle,
            "place": place,
            "notice": page.notice,
            "form": form,
            "plan": shown,
            "leaving": _prospect_of(page),
            "back": asked_for(request) or place,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/notice.html", context)


def _prospect_of(page: NoticePage) -> str:
    """Where it is asked what leaving would cost: of what a new notice of one unit is for; '' on the pages of one on record."""
    if page.notice is not None or len(page.units) != 1:
        return ""
    numbers = page.form["targets"].value() or ()
    address = reverse("admin:contracts_managementunit_leaving", args=[page.units[0].pk])
    return f"{address}?{urlencode({'target': numbers}, doseq=True)}" if numbers else address


def may(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied for whoever may not."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def person(request: HttpRequest) -> User:
    """Who asks."""
    user: User = request.user  # type: ignore[assignment]
    return user
