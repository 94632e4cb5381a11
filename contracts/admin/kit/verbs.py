"""動作: what can be done to a record. Each is a button on the record's page, with its own form, preview and confirmation."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts import clock
from contracts.admin.kit.answers import asked_for, given_shown, say
from contracts.admin.kit.base import FactAdmin
from contracts.admin.kit.columns import at
from contracts.admin.kit.following import Following, Rehearsal, Rehearses, is_large, standing_of
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.late import Part, late_places, part_of
from contracts.admin.kit.told import names, signed, told
from contracts.admin.kit.verb import Given, Verb
from contracts.models import Asked
from contracts.models.fact import Fact
from contracts.operations.refusal import OutdatedError, Refused
from contracts.operations.second import ask

WAITS = gettext_lazy("確定すると、別の人に確認を依頼します。別の人が確定するまで、何も起こりません。")
ASKED = gettext_lazy("確認を依頼しました。別の人が確定するまで、何も起こりません。")


class ActingAdmin(FactAdmin):
    """Facts with verbs. A record's page shows those that its state offers and the person may; each asks for its permission."""

    fieldsets: ClassVar[Any]
    verbs: Sequence[Verb] = ()
    general_verbs: Sequence[Verb] = ()
    """Verbs of the list, for what is not there yet; called with None."""

    def get_urls(self) -> list[URLPattern]:
        meta = self.opts
        of_row = [
            path(
                f"<path:object_id>/{verb.name}/",
                self.admin_site.admin_view(self._view(verb)),
                name=f"{meta.app_label}_{meta.model_name}_{verb.name}",
            )
            for verb in self.verbs
        ]
        of_list = [
            path(
                f"{verb.name}/",
                self.admin_site.admin_view(self._view(verb)),
                name=f"{meta.app_label}_{meta.model_name}_{verb.name}",
            )
            for verb in self.general_verbs
        ]
        return of_list + of_row + super().get_urls()

    def buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """The verbs as buttons: address, label, look, and why not."""
        verbs = self.verbs if row is not None else self.general_verbs
        if isinstance(row, Fact) and not row.stands:
            return []
        return [
            {
                "address": self.address(verb.name, row),
                "label": verb.label,
                "weight": "main" if row is not None and verb.awaited(row) else verb.weight,
                "why_not": verb.why_not(row) if row is not None else "",
            }
            for verb in verbs
            if request.user.has_perm(verb.permission)
            and (row is None or verb.offered(row))
            and verb.open_to(row, _person(request))
        ]

    def address(self, name: str, row: Any) -> str:
        """The address of a verb's page."""
        return reverse(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[row.pk] if row is not None else []
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"buttons": self.buttons(request, None), **(extra_context or {})})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if "buttons" not in context:
            context["buttons"] = self.buttons(request, kwargs["obj"]) if kwargs.get("obj") is not None else []
        return super().render_change_form(request, context, *args, **kwargs)

    def after(self, verb: Verb, row: Any, result: Any) -> str:
        """Where to go once a verb is done, or back from it."""
        if verb.then is not None and result is not None:
            return verb.then(row, result)
        shown = result if isinstance(result, self.model) else row
        if shown is None:
            return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[shown.pk])

    def _view(self, verb: Verb) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            if not request.user.has_perm(verb.permission):
                raise PermissionDenied
            row = self.get_object(request, object_id) if object_id is not None else None
            if object_id is not None and row is None:
                raise Http404
            now = standing_of(row)
            if now is not row and request.method != "POST":
                messages.warning(request, _("この記録は置き換えられています。今の記録を表示しています。"))
                return HttpResponseRedirect(self.address(verb.name, now))
            if now is not None and not verb.offered(now):
                messages.warning(request, _("「%(verb)s」は、今の状態ではできません。") % {"verb": verb.label})
                return HttpResponseRedirect(self.after(verb, now, None))
            return self._answer(request, verb, now)

        return view

    def _answer(self, request: HttpRequest, verb: Verb, row: Any) -> HttpResponse:
        initial = {name: request.GET[name] for name in verb.by_address if name in request.GET} | verb.initial(row)
        form = verb.form(request.POST if request.method == "POST" else None, initial=initial)
        if verb.fit is not None:
            verb.fit(form, row)
        following: Following | None = None
        if request.method == "GET" and verb.follows is not None and not form.fields:
            # There is nothing to fill in: what follows is shown at once, or why it cannot be.
            if verb.late and part_of(request) is Part.FIRST:
                return self._page(request, verb, row, form, None, comes_late=True)
            form = verb.form({})
            if verb.fit is not None:
                verb.fit(form, row)
            form.full_clean()
            following = self._following_or_refusal(request, verb, row, {}, form)
        # Back from what follows, the form has what was given, to be put right.
        if request.method == "POST" and "again" not in request.POST and form.is_valid():
            # A refusal takes its field off the form's values; what was given is kept.
            given = dict(form.cleaned_data)
            try:
                if "confirmed" not in request.POST:
                    following = self._following(request, verb, row, given, form)
                if following is None or not (following.sentences or verb.preview):
                    result = self._carry_out(request, verb, row, given)
                    asked = isinstance(result, Asked)
                    messages.success(request, ASKED if asked else verb.done)
                    return HttpResponseRedirect(asked_for(request) or self.after(verb, row, None if asked else result))
            except OutdatedError as outdated:
                say(form, outdated)
                following = self._following_or_refusal(request, verb, row, given, form)
            except Refused as refused:
                say(form, refused)
        return self._page(request, verb, row, form, following)

    def _following(
        self, request: HttpRequest, verb: Verb, row: Any, given: Given, form: forms.Form
    ) -> Following | None:
        """What would follow, and into the form what it was counted on; None for a verb that shows nothing first. Raises Refused."""
        if verb.follows is not None:
            rehearsal = self._site.rehearse(
                lambda: verb.do(row, given, _person(request)), verb.units(row, given), ledger=verb.bills
            )
            _may_correct(request, verb, rehearsal)
            shown = self._told(verb, row, given, rehearsal)
            if settings.FOUR_EYES and verb.second is not None and verb.second(row, given, rehearsal):
                shown = replace(shown, sentences=[*shown.sentences, str(WAITS)])
            return shown
        if verb.preview is None:
            return None
        sentences = verb.preview(row, given)
        counted = verb.counted(row, given) if verb.counted is not None else {}
        if counted:
            assert isinstance(form.data, QueryDict)
            data = form.data.copy()
            for name, value in counted.items():
                data[name] = str(value)
            form.data = data
        return Following(sentences)

    def _following_or_refusal(self, *asked: Any) -> Following | None:
        try:
            return self._following(*asked)
        except Refused as refused:
            say(asked[-1], refused)
            return None

    def _told(self, verb: Verb, row: Any, given: Given, rehearsal: Rehearsal) -> Following:
        assert verb.follows is not None
        sentences = [*verb.follows(row, given, rehearsal), *told(rehearsal)]
        return Following(sentences, rehearsal.mark(sentences, sorted(given.items(), key=str)))

    def _carry_out(self, request: HttpRequest, verb: Verb, row: Any, given: Given) -> Any:
        """Do it: as it was shown, where it was. Raises OutdatedError, Refused."""

        def do() -> Any:
            return verb.do(row, given, _person(request))

        seen = request.POST.get("seen")
        if verb.large and not seen:
            _may_correct(request, verb, self._site.rehearse(do, verb.units(row, given), ledger=verb.bills))
        if settings.FOUR_EYES and verb.second is not None and verb.follows is not None:
            rehearsal = self._site.rehearse(do, verb.units(row, given), ledger=verb.bills)
            if verb.second(row, given, rehearsal):
                return self._asked(request, verb, row, given, self._told(verb, row, given, rehearsal), seen)
        if verb.follows is None or not seen:
            return do()
        return self._site.confirm(
            do,
            verb.units(row, given),
            holds=lambda rehearsal: (
                _may_correct(request, verb, rehearsal) and self._told(verb, row, given, rehearsal).mark == seen
            ),
            ledger=verb.bills,
            by_result=verb.by_result,
        )

    def _asked(
        self, request: HttpRequest, verb: Verb, row: Any, given: Given, told: Following, seen: str | None
    ) -> Asked:
        """Ask another person, for what was shown. Raises OutdatedError, Refused."""
        if seen and told.mark != seen:
            raise OutdatedError
        form = request.POST.copy()
        for name in ("csrfmiddlewaretoken", "confirmed", "seen"):
            form.pop(name, None)
        (unit_id, *_others) = verb.units(row, given)
        return ask(
            screen=self.opts.label_lower,
            verb=verb.name,
            row=str(row.pk),
            subject=str(at(row, self.subject_path) or row),
            unit_id=unit_id,
            form=form.urlencode(),
            shown=told.sentences,
            on=clock.today(),
            by=_person(request),
            permission=verb.second_permission or verb.permission,
        )

    @property
    def _site(self) -> Rehearses:
        return cast(Rehearses, self.admin_site)

    def _page(
        self,
        request: HttpRequest,
        verb: Verb,
        row: Any,
        form: forms.Form,
        following: Following | None,
        *,
        comes_late: bool = False,
    ) -> HttpResponse:
        is_late = verb.late and request.method == "GET" and part_of(request) is Part.LATE
        context = {
            "comes_late": comes_late,
            "late_places": late_places(request),
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verb.label,
            "subtitle": self.heading(row) if row is not None else "",
            "whose": self.whose(row),
            "clause": clause_said(verb.clause),
            "help": verb.help,
            "form": form,
            "following": following.sentences if following else None,
            "seen": following.mark if following else "",
            "given": [(field.label, given_shown(field)) for field in form.visible_fields()],
            "back": asked_for(request) or self.after(verb, row, None),
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/verb_late.html" if is_late else "admin/verb.html", context)


def _may_correct(request: HttpRequest, verb: Verb, rehearsal: Rehearsal) -> bool:
    """Whether whoever asks may bring the corrections that come of it. Raises Refused where they are for the lead."""
    yen = sum(rehearsal.corrections.values()) or rehearsal.corrected_yen
    if verb.large and is_large(rehearsal) and not request.user.has_perm(verb.large):
        said = {"months": names(rehearsal.corrections), "yen": signed(yen)}
        raise Refused(_("締め済みの月（%(months)s）に%(yen)s円の訂正が生じます。この額は営業責任者が定めます。") % said)
    return True


def _person(request: HttpRequest) -> User:
    person: User = request.user  # type: ignore[assignment]
    return person
