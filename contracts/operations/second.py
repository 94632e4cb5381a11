"""二人目の確認: what one person asks for another confirms, and only then it is done; or it goes back with the reason."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.unit_lock import hold_units
from contracts.models import Asked
from contracts.operations.four_eyes import among_selves, by_another, is_another
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist

T = TypeVar("T")


@transaction.atomic
def ask(
    *,
    screen: str,
    verb: str,
    row: str,
    subject: str,
    unit_id: int,
    form: str,
    shown: Sequence[str],
    on: date,
    by: User,
    permission: str = "",
) -> Asked:
    """Ask another person to confirm a verb with its form. ``permission``: what that person may, beside confirming; it says who is told.

    Raises Refused where the same is asked for already.
    """
    hold_units([unit_id])  # of two who ask for the same, the second sees the first
    same = Asked.objects.filter(state="waiting", screen=screen, verb=verb, row=row)
    if same.exists():
        raise Refused(_("この記録の同じ操作は、既に確認を待っています。"))
    values = {"screen": screen, "verb": verb, "row": row, "subject": subject, "unit_id": unit_id}
    values |= {"permission": permission}
    asked = Asked.objects.create(**values, form=form, shown=list(shown), asked_on=on, asked_by=by)
    _told("ask", asked, by)
    return asked


@transaction.atomic
def confirm(asked: Asked, do: Callable[[], T], *, on: date, by: User) -> T:
    """Do what was asked for. Raises Refused for whoever asked, where it waits no more, and as ``do`` does."""
    stored = _waiting(asked)
    by_another(by, askers(stored), said=_("依頼した人は確認できません。別の人が確認してください。"))
    result = do()
    _decided(stored, "done", on, by)
    return result


@transaction.atomic
def send_back(asked: Asked, *, reason: str, on: date, by: User) -> Asked:
    """差戻し: it is not done, with the reason; whoever asked may take it back themselves. Raises Refused without a reason."""
    stored = _waiting(asked)
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    stored.reason = reason.strip()
    return _decided(stored, "refused", on, by)


def may_confirm(asked: Asked, by: User) -> bool:
    """Whether the person is another than whoever asked for it, now or before it was sent back."""
    return is_another(by, askers(asked))


def asked_by_selves(by: User) -> Q:
    """The condition that the person, or a self of theirs, asked for it, now or before it was sent back."""
    same = {name: OuterRef(name) for name in ("screen", "verb", "row")}
    since = Asked.objects.filter(**same, state="done", pk__gt=OuterRef("pk"))
    return Q(Exists(Asked.objects.filter(among_selves(by, "asked_by"), ~Exists(since), **same)))


def askers(asked: Asked) -> set[int]:
    """Whoever asked for it: now, and before where it was sent back since the same was last done."""
    same = Asked.objects.filter(screen=asked.screen, verb=asked.verb, row=asked.row).order_by("pk")
    people: set[int] = set()
    for state, person in same.values_list("state", "asked_by"):
        people = set() if state == "done" else {*people, person}
    return people | {asked.asked_by_id}


def _waiting(asked: Asked) -> Asked:
    stored = Asked.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.pk)
    if stored.state != "waiting":
        raise Refused(_("この依頼は既に%(state)sです。") % {"state": stored.get_state_display()})
    return stored


def _decided(asked: Asked, state: str, on: date, by: User) -> Asked:
    asked.state, asked.decided_by, asked.decided_on = state, by, on
    asked.save(update_fields=["state", "decided_by", "decided_on", "reason"])
    _told("confirm" if state == "done" else "hand_back", asked, by)
    return asked


def _told(operation: str, asked: Asked, by: User) -> None:
    after: dict[str, Any] = {"state": asked.state, "asked_on": asked.asked_on, "shown": list(asked.shown)}
    history.record(operation, "asked", asked.subject, by=by, unit_id=asked.unit_id, after=after, reason=asked.reason)
    refresh_worklist([asked.unit_id])
