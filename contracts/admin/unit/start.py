"""課金開始日 and 通信環境準備完了日: the verbs that record them, on contracts and options."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import GroundForm
from contracts.admin.correction.verbs import correcting, hidden, taking_back
from contracts.admin.kit.columns import iso, page_of
from contracts.admin.kit.fields import day_field, reason_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.language import clause_said
from contracts.admin.kit.naming import name_on
from contracts.admin.kit.verb import Given, Verb
from contracts.facts.load import load_units
from contracts.models import BillingStart, Contract, Option, Target
from contracts.operations.corrections.of_targets import STARTS
from contracts.operations.readiness import record_readiness, set_start
from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import minimum_term_months, term_of
from contracts.terms.catalog import LOG_MODULES, LicenceType, ModuleType, OptionType
from contracts.terms.days import last_day
from contracts.terms.timeline import Timeline


class StartForm(forms.Form):
    """The day from which a contract or an option is charged."""

    starts_on = day_field(
        _("課金開始日"),
        help_text=_("最低利用期間と月額費用はこの日から数えます。後から改めるには、根拠のある訂正が必要です（I-50）。"),
    )


class ReadyForm(forms.Form):
    """The day on which the customer's network was ready."""

    ready_on = day_field(_("通信環境準備完了日"))
    reason = reason_field(_("理由"), required=False)


def _start(row: Contract | Option, given: Given, by: User) -> Target:
    return set_start(row.target, starts_on=given["starts_on"], by=by, on=clock.today())


def _ready(row: Contract, given: Given, by: User) -> None:
    record_readiness(row, by=by, **given)


def _follows(row: Contract | Option, given: Given, rehearsal: Rehearsal) -> list[str]:
    """The minimum term that the day brings."""
    starts_on, concluded_on = given["starts_on"], row.target.application.accepted_on or given["starts_on"]
    if isinstance(row, Contract):
        until, clause = minimum_term_last_day(starts_on, concluded_on=concluded_on), "5"
    else:
        licence = LicenceType(row.licence_type) if row.licence_type else None
        months = minimum_term_months(OptionType(row.option), licence, concluded_on=concluded_on)
        until = last_day(starts_on, months=months) if months else term_of(starts_on, starts_on).last
        clause = "10-8" if months else "10-9"
    sentence = gettext("%(number)sは%(from)sから課金され、最低利用期間は%(until)sまでです（%(clause)s）。")
    named = {"number": row.target.number, "from": iso(starts_on), "until": iso(until), "clause": clause_said(clause)}
    return [sentence % named]


def _not_started(row: Any) -> bool:
    return row.target.billing_starts_on is None


START = Verb(
    name="start",
    label=_("課金開始日を定める"),
    permission="contracts.change_contract",
    form=StartForm,
    do=_start,
    done=_("課金開始日を記録しました。"),
    clause="13",
    offered=_not_started,
    initial=lambda row: {"starts_on": clock.today()},
    follows=_follows,
    large="contracts.decide_application",
    units=lambda row, given: [row.target.unit_id],
)


class CorrectForm(GroundForm):
    """The day from which a contract or an option, and others with it, ought to have been charged."""

    starts_on = day_field(_("課金開始日"))
    together = forms.MultipleChoiceField(
        label=_("ともに訂正する対象"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("同じ管理単位で同じ日に始まった契約とオプション。一方だけでは利用資格を満たさないときに選びます。"),
    )


class TakeBackForm(GroundForm):
    """The same where nothing has begun after all."""

    together = CorrectForm.base_fields["together"]


def _begun_with(row: Contract | Option) -> list[BillingStart]:
    """The starts of the unit on the day on which the record began, its own first."""
    target = row.target
    found = BillingStart.objects.standing().filter(target__unit=target.unit_id, starts_on=target.billing_starts_on)
    return sorted(found.select_related("target"), key=lambda start: (start.target_id != target.pk, start.target.number))


def _starts(row: Contract | Option, given: Given) -> list[BillingStart]:
    together = {row.target.number, *given.get("together", ())}
    return [start for start in _begun_with(row) if start.target.number in together]


def _names(row: Contract | Option) -> dict[str, str]:
    """What the contracts and options of the record's unit are called on the day on which it began."""
    unit = load_units([row.target.unit_id])[row.target.unit_id]
    timeline, on = Timeline(unit), row.target.billing_starts_on or clock.today()
    return {target.number: name_on(target, timeline, on) for target in unit.targets}


def _fit(form: Any, row: Contract | Option) -> None:
    others = [start.target.number for start in _begun_with(row) if start.target_id != row.pk]
    names = _names(row) if others else {}
    form.fields["together"].choices = [(number, f"{number} {names[number]}") for number in others]
    if not others:
        hidden(form, "together")


def _started(row: Any) -> bool:
    return row.target.billing_starts_on is not None


CORRECT_START = correcting(
    STARTS,
    CorrectForm,
    lambda row: {"starts_on": row.target.billing_starts_on},
    name="correct-start",
    label=_("課金開始日を訂正"),
    rows=_starts,
    says=lambda row, given: {"starts_on": given["starts_on"]},
    fit=_fit,
    offered=_started,
    clause="13",
    then=lambda row, done: page_of(row),
)
TAKE_START_BACK = taking_back(
    STARTS,
    name="take-start-back",
    label=_("課金開始日を取り消す"),
    form=TakeBackForm,
    rows=_starts,
    fit=_fit,
    offered=_started,
    clause="13",
    then=lambda row, done: page_of(row),
)
READY = Verb(
    name="ready",
    label=_("通信環境の準備を記録"),
    permission="contracts.change_contract",
    form=ReadyForm,
    do=_ready,
    done=_("通信環境の準備完了日を記録しました。"),
    clause="8-1",
    offered=lambda row: bool(row.module_type) and ModuleType(row.module_type) in LOG_MODULES,
    initial=lambda row: {"ready_on": row.ready_on or clock.today()},
)
