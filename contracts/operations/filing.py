"""What every verb of an application does with its row: read it anew for this transaction alone, and tell the history."""

from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.models import Application, Entry
from contracts.operations.refusal import Refused

TOLD = (
    *("state", "applied_on", "received_on", "accepted_on", "closed_on", "reason", "received_because"),
    *("returned", "returned_on", "returned_because", "acknowledged_on", "lines"),
)
"""The values of an application that the history keeps: with its lines, so that every version stays to be seen."""


def locked(application: Application, *states: str) -> None:
    """Read the application anew for this transaction alone; it has to be in one of the states still, and unchanged."""
    stored = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if stored.state not in states or stored.version != application.version:
        raise overtaken(application.pk)
    application.refresh_from_db()


def overtaken(pk: int) -> Refused:
    """The refusal of whoever comes second, with who was first and what was done."""
    last = (
        Entry.objects.filter(record="application", subject=Application.objects.get(pk=pk).number).order_by("pk").last()
    )
    who, what = (last.actor, last.get_operation_display()) if last else ("", "")
    sentence = _("他の人が先にこの申込を変更しました（%(who)s：%(what)s）。読み込み直してください。")
    return Refused(sentence % {"who": who, "what": what})


def told(operation: str, application: Application, by: User, before: dict[str, Any] | None, reason: str = "") -> None:
    """Write the entry of the history."""
    after = values(application)
    reason = reason.strip() or application.reason
    number, unit_id = application.number, application.unit_id
    history.record(operation, "application", number, by=by, unit_id=unit_id, before=before, after=after, reason=reason)


def values(application: Application) -> dict[str, Any]:
    """What the history keeps of it."""
    return {name: getattr(application, name) for name in TOLD}
