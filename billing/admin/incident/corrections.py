"""What an outage or a breach ought to have said: its moments, what was measured, what was decided on its claim (I-50)."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from billing.admin.incident.event import EventForm, chosen, fitted
from billing.admin.incident.forms import moment_field
from billing.admin.incident.would import stands
from contracts import clock
from contracts.admin.correction.form import GroundForm
from contracts.admin.correction.verbs import correcting, hidden, taking_back
from contracts.admin.kit.amounts import PercentField
from contracts.admin.kit.fields import day_field, reason_field, text_field
from contracts.admin.kit.verb import Given, always
from contracts.judge.claims import CLAIMED, OPEN
from contracts.models import Breach, Outage
from contracts.models.choices import CLAIM_DECISIONS, FAULTS
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import Put
from contracts.operations.corrections.of_incidents import BREACHES, OUTAGES, correct_decision, correct_notification

UNDECIDED = [("", _("未決定に戻す"))]


class MomentsForm(GroundForm, EventForm):
    """When an outage was known and over."""

    known_at = moment_field(_("覚知日時"))
    restored_at = moment_field(_("復旧日時"), required=False)


class BreachForm(GroundForm, EventForm):
    """What was measured of a guarantee."""

    measured_percent = PercentField(
        label=_("稼働率（%）"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    detected_at = moment_field(_("検知日時"), required=False)
    notified_at = moment_field(_("通知日時"), required=False)


class DecisionForm(GroundForm, EventForm):
    """What ought to have been decided on a claim, and who is at fault."""

    decision = forms.ChoiceField(label=_("認否"), choices=[*CLAIM_DECISIONS, *UNDECIDED], required=False)
    fault = forms.ChoiceField(label=_("帰責"), choices=[("", _("未決定")), *FAULTS], required=False)
    fault_reason = reason_field(_("帰責の理由"), required=False)


class ClaimForm(GroundForm, EventForm):
    """When a claim came, and on which document."""

    claimed_on = day_field(_("請求日"))
    claim_document = text_field(_("請求の文書番号"), required=False)


class TogetherForm(GroundForm, EventForm):
    """The ground, for those of the event that are chosen."""


def _moments(row: Outage, given: Given) -> dict[str, Any]:
    return {name: given[name] for name in ("known_at", "restored_at")}


def _of_breach(row: Breach, given: Given) -> dict[str, Any]:
    if row.guarantee == "uptime":
        return {"measured_percent": given["measured_percent"]}
    return correct_notification(row, detected_at=given["detected_at"], notified_at=given["notified_at"])


def _fit_breach(form: Any, row: Breach) -> None:
    """A month's 稼働率 is measured, a notification has its moments; what a book brought may have neither."""
    fitted(lambda one: one.guarantee == row.guarantee)(form, row)
    if row.guarantee == "uptime":
        hidden(form, "detected_at", "notified_at")
        form.fields["measured_percent"].required = True
    else:
        hidden(form, "measured_percent")
        form.fields["detected_at"].required = form.fields["notified_at"].required = True


def _claimed(row: Any) -> bool:
    return row.claimed_on is not None


def _decided(row: Any) -> bool:
    """Whether its claim has been decided, by a person or by its deadline: before, nothing of a decision is there to be put right."""
    return _claimed(row) and stands(row) not in (OPEN, CLAIMED)


def _decide(row: Any, given: Given, ground: Ground, by: User) -> list[Put]:
    said = {name: given[name] for name in ("decision", "fault", "fault_reason")}
    return correct_decision(chosen(row, given), **said, ground=ground, on=clock.today(), by=by)


def _of_claims(kind: Any) -> tuple[Any, ...]:
    return (
        correcting(
            kind,
            ClaimForm,
            lambda row: {"claimed_on": row.claimed_on, "claim_document": row.claim_document},
            name="correct-claim",
            label=_("請求を訂正"),
            rows=chosen,
            says=lambda row, given: {name: given[name] for name in ("claimed_on", "claim_document")},
            fit=fitted(_claimed),
            offered=_claimed,
            clause="15",
        ),
        correcting(
            kind,
            DecisionForm,
            lambda row: {name: getattr(row, name) for name in ("decision", "fault", "fault_reason")},
            name="correct-decision",
            label=_("認否を訂正"),
            rows=chosen,
            do=_decide,
            fit=fitted(_decided),
            offered=_decided,
            clause="15",
            help=_("認めた請求を認めないことに、又はその逆に訂正します。請求済みの月の差額は、訂正明細になります。"),
        ),
        taking_back(kind, form=TogetherForm, rows=chosen, fit=fitted(always)),
    )


OF_OUTAGES = (
    correcting(
        OUTAGES,
        MomentsForm,
        lambda row: {"known_at": row.known_at, "restored_at": row.restored_at},
        label=_("日時を訂正"),
        rows=chosen,
        says=_moments,
        fit=fitted(always),
        clause="15-1",
    ),
    *_of_claims(OUTAGES),
)
OF_BREACHES = (
    correcting(
        BREACHES,
        BreachForm,
        lambda row: {name: getattr(row, name) for name in ("measured_percent", "detected_at", "notified_at")},
        rows=chosen,
        says=_of_breach,
        fit=_fit_breach,
        clause="11-1",
    ),
    *_of_claims(BREACHES),
)
