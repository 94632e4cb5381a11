"""台帳の検査の依頼: the check of the ledger asked for on screen, carried out in the background, its outcome kept."""

from itertools import islice
from logging import getLogger

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum

from billing.models import LedgerCheck, Month
from billing.operations.check_ledger import check_ledger
from contracts.clock import now

UNFINISHED = ("waiting", "running")
FAULTS_KEPT, FAULTS_COUNTED = 50, 10_000
"""Sentences that are kept, and after how many it is enough: the ledger then has to be looked into by the command."""

log = getLogger(__name__)


@transaction.atomic
def ask_for_check(*, recompute: bool, by: User) -> LedgerCheck:
    """Ask for a check, to be carried out once this transaction is committed; one that is not finished is gone on with.

    ``recompute``: whether what the facts make of the closed months is checked too.
    """
    # Two that ask at once would begin two of the same.
    unfinished = LedgerCheck.objects.select_for_update().filter(state__in=UNFINISHED, recompute=recompute)
    return unfinished.order_by("-pk").first() or LedgerCheck.objects.create(recompute=recompute, asked_by=by)


def carry_out_check(pk: int) -> str:
    """Check the ledger as asked; the state it comes to. Called again it changes nothing; killed and called again it checks anew."""
    row = LedgerCheck.objects.get(pk=pk)
    if row.state not in UNFINISHED:
        return row.state
    LedgerCheck.objects.filter(pk=pk).update(state="running")
    # Counted before it begins: a month that is closed meanwhile is not vouched for.
    closed = Month.objects.exclude(closed_at=None).aggregate(lines=Sum("line_count"))["lines"] or 0
    months = Month.objects.exclude(closed_at=None).count()
    try:
        faults = list(islice(check_ledger(recompute=row.recompute), FAULTS_COUNTED))
    except Exception as error:
        log.exception("the check %s of the ledger failed", pk)
        said = f"{type(error).__name__}: {error}"[:500]
        LedgerCheck.objects.filter(pk=pk).update(state="failed", error=said, ended_at=now())
        return "failed"
    state = "faulty" if faults else "sound"
    found = {"fault_count": len(faults), "faults": faults[:FAULTS_KEPT], "months": months, "lines": closed}
    LedgerCheck.objects.filter(pk=pk).update(state=state, ended_at=now(), error="", **found)
    return state
