"""差戻し and 決定前の訂正: a received application becomes a draft again, its number and its earlier versions kept."""

from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Application
from contracts.operations.filing import locked, told, values
from contracts.operations.four_eyes import lend_hand
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist


@transaction.atomic
def send_back(application: Application, *, on: date, by: User, reason: str) -> Application:
    """差戻し: back to whoever entered it, with a word why. Raises Refused where it was not received, or no reason is given."""
    locked(application, "received")
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    return _back(application, "sent_back", on=on, by=by, reason=reason)


@transaction.atomic
def reopen(application: Application, *, on: date, by: User, reason: str = "") -> Application:
    """決定前の訂正: whoever entered it takes it back to correct it. Raises Refused for anybody else, or where it is decided."""
    locked(application, "received")
    if application.entered_by_id != by.pk:
        raise Refused(_("決定の前に訂正できるのは、入力した人です。ほかの人は差し戻してください。"))
    lend_hand("application", application.pk, by=by, did="correct")
    return _back(application, "reopened", on=on, by=by, reason=reason)


def _back(application: Application, how: str, *, on: date, by: User, reason: str) -> Application:
    before = values(application)
    application.state, application.received_on, application.received_because = "draft", None, ""
    application.returned, application.returned_on, application.returned_by = how, on, by
    application.returned_because = reason.strip()
    application.version += 1
    columns = ["state", "received_on", "received_because", "version"]
    application.save(update_fields=[*columns, "returned", "returned_on", "returned_by", "returned_because"])
    told("send_back" if how == "sent_back" else "reopen", application, by, before, reason)
    refresh_worklist([application.unit_id])
    return application


@transaction.atomic
def acknowledge(application: Application, *, on: date, by: User) -> Application:
    """拒絶の確認: whoever entered it has taken note of its rejection. Raises Refused for anybody else."""
    locked(application, "rejected")
    if application.entered_by_id != by.pk:
        raise Refused(_("拒絶を確認するのは、入力した人です。"))
    before = values(application)
    application.acknowledged_on = on
    application.save(update_fields=["acknowledged_on"])
    told("acknowledge", application, by, before)
    refresh_worklist([application.unit_id])
    return application
