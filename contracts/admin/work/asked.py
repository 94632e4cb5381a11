"""確認待ちの操作: asked for by one person, shown as it would be now, and confirmed by another or sent back."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit.answers import given_shown
from contracts.admin.kit.base import by_code
from contracts.admin.kit.columns import choice, column, day, link, page_of, plain
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.following import Rehearsal, standing_of
from contracts.admin.kit.search import begins
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.models import Asked
from contracts.operations import second
from contracts.operations.refusal import Refused

CONFIRMS = "contracts.confirm_asked"


def verb_of(asked: Asked) -> Verb:
    """The verb that was asked for."""
    verbs: Sequence[Verb] = _screen(asked).verbs
    return next(verb for verb in verbs if verb.name == asked.verb)


def row_of(asked: Asked) -> Any:
    """The record that it is of, as it stands now. Raises Refused where it is in no state for it any more."""
    row = standing_of(_screen(asked).model._default_manager.get(pk=asked.row))
    verb = verb_of(asked)
    if not verb.offered(row):
        raise Refused(gettext("「%(verb)s」は、今の状態ではできません。") % {"verb": verb.label})
    return row


def _screen(asked: Asked) -> Any:
    return next(screen for model, screen in admin.site._registry.items() if model._meta.label_lower == asked.screen)


def _form(asked: Asked, row: Any) -> forms.Form:
    verb = verb_of(asked)
    form = verb.form(QueryDict(asked.form), initial=verb.initial(row))
    if verb.fit is not None:
        verb.fit(form, row)
    if not form.is_valid():
        raise Refused(gettext("依頼の内容は、今の状態ではできません。差し戻してください。"))
    return form


def _confirm(asked: Asked, given: Given, by: User) -> Any:
    verb, row = verb_of(asked), row_of(asked)
    if not by.has_perm(verb.second_permission or verb.permission):
        raise Refused(gettext("この操作を確認する権限がありません。"))
    values = dict(_form(asked, row).cleaned_data)
    return second.confirm(asked, lambda: verb.do(row, values, by), on=clock.today(), by=by)


def _follows(asked: Asked, given: Given, rehearsal: Rehearsal) -> list[str]:
    """Who asked for what, and what it would bring as things are now."""
    verb, row = verb_of(asked), row_of(asked)
    form = _form(asked, row)
    assert verb.follows is not None
    said = {"who": asked.asked_by, "day": asked.asked_on.isoformat(), "verb": verb.label, "number": asked.subject}
    fields = gettext("、").join(
        f"{field.label} {value}" for field in form.visible_fields() if (value := given_shown(field))
    )
    return [
        gettext("%(who)sの依頼（%(day)s）：%(number)sの「%(verb)s」") % said,
        *([fields] if fields else []),
        *verb.follows(row, dict(form.cleaned_data), rehearsal),
    ]


def _units(asked: Asked, given: Given) -> Any:
    row = row_of(asked)
    return verb_of(asked).units(row, dict(_form(asked, row).cleaned_data))


def _is_for(asked: Asked, by: Any) -> bool:
    """Whether the verb is of those that the person may confirm."""
    verb = verb_of(asked)
    return bool(by.has_perm(verb.second_permission or verb.permission))


def _may_confirm(asked: Asked, by: Any) -> bool:
    return _is_for(asked, by) and second.may_confirm(asked, by)


def waiting_for(person: User) -> QuerySet[Asked]:
    """What waits and is for the person to confirm: of the verbs that they may do, and asked for by others. Asks the database nothing."""
    may = Q(pk__in=())
    for model, screen in admin.site._registry.items():
        verbs = [verb for verb in getattr(screen, "verbs", ()) if verb.second is not None]
        names = [verb.name for verb in verbs if person.has_perm(verb.second_permission or verb.permission)]
        may |= Q(screen=model._meta.label_lower, verb__in=names)
    return Asked.objects.filter(may, ~second.asked_by_selves(person), state="waiting")


def _waits(asked: Asked) -> bool:
    return asked.state == "waiting"


class BackForm(forms.Form):
    """Why it is not done."""

    reason = reason_field(_("差戻しの理由"))


CONFIRM = Verb(
    name="confirm",
    label=_("内容を確かめて確定"),
    permission=CONFIRMS,
    form=forms.Form,
    do=_confirm,
    done=_("確定しました。"),
    offered=_waits,
    follows=_follows,
    late=True,
    units=_units,
    open_to=_may_confirm,
    help=_("今の事実で計算し直した内容を示します。依頼した人とは別の人が確定します。"),
    then=lambda asked, result: page_of(asked),
    weight="main",
)
SEND_BACK = Verb(
    name="send-back",
    label=_("差し戻す"),
    permission=CONFIRMS,
    form=BackForm,
    do=lambda asked, given, by: second.send_back(asked, on=clock.today(), by=_somebody(asked, by), **given),
    done=_("差し戻しました。"),
    offered=_waits,
    open_to=lambda asked, by: by.pk == asked.asked_by_id or _is_for(asked, by),
    weight="grave",
)


def _somebody(asked: Asked, by: User) -> User:
    """Raises Refused for whoever neither asked for it nor may confirm it."""
    if by.pk != asked.asked_by_id and not _is_for(asked, by):
        raise Refused(gettext("この操作を確認する権限がありません。"))
    return by


def _shown(asked: Asked) -> Any:
    return format_html_join("", "<p>{}</p>", ((sentence,) for sentence in asked.shown))


def _record(asked: Asked) -> Any:
    screen = _screen(asked)
    row = standing_of(screen.model._default_manager.filter(pk=asked.row).first())
    return row and format_html('<a href="{}">{}</a>', page_of(row), screen.heading(row))


ON, BY = day("asked_on", _("依頼日")), plain("asked_by", _("依頼者"), name="asker")
VERB, STATE = column("verb", _("操作"), lambda row: verb_of(row).label), choice("state", _("状態"))
UNIT, SUBJECT = link("unit", _("管理単位")), plain("subject", _("番号"))
DECIDED = (plain("decided_by", _("確認者"), name="decider"), day("decided_on", _("確認日")))


@admin.register(Asked)
class AskedAdmin(ActingAdmin):
    """What waits for a second person, newest first; and what was confirmed or sent back."""

    subject_path = "subject"
    list_display = (ON, SUBJECT, VERB, UNIT, BY, STATE, *DECIDED)
    list_select_related = ("unit", "asked_by", "decided_by")
    list_filter = ("state", by_code("unit", _("管理単位コード"), "unit__code"))
    search_fields = ("subject",)
    search_help_text = _("番号の先頭から検索します")
    fieldsets = (
        (None, {"fields": (SUBJECT, column("record", _("記録"), _record), VERB, UNIT, ON, BY)}),
        (_("依頼の時に示した内容"), {"fields": (column("shown", _("この操作で起こること"), _shown),)}),
        (_("確認"), {"fields": (STATE, *DECIDED, plain("reason", _("差戻しの理由")))}),
    )
    verbs = (CONFIRM, SEND_BACK)

    def found(self, term: str) -> Any:
        return begins("subject", term)

    def heading(self, row: Any) -> str:
        return f"{row.subject} {verb_of(row).label}"
