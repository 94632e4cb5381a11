"""これからの請求: what the next months would bill of a unit with a form accepted and without, by its own acceptance rehearsed."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext

from contracts import clock
from contracts.admin.kit.columns import thousands
from contracts.admin.kit.following import Billed, Rehearsal, Rehearses
from contracts.admin.kit.language import with_clause
from contracts.admin.kit.told import signed
from contracts.judge.application import Judgement
from contracts.models import ManagementUnit
from contracts.operations.applications import trial
from contracts.operations.refusal import Refused


def coming(
    site: Rehearses, unit: ManagementUnit, judgement: Judgement, *, applied_on: date, on: date, by: User
) -> dict[str, Any] | None:
    """The coming bills as they are drawn, or the reason why nothing can be said; None where nothing is asked for.

    A page does not wait for others that write facts now: it says so instead.
    """
    if not judgement.lines:
        return None
    if not judgement.acceptable:
        return {"why": gettext("承諾できる内容になると、これからの請求を示します。")}

    def do() -> None:
        trial(unit, lines=judgement.lines, applied_on=applied_on, on=on, by=by)

    try:
        rehearsal = site.rehearse(do, [unit.pk], ledger=True, wait=False)
    except Refused as refused:
        return {"why": with_clause(refused.reason.message, refused.reason.clause)}
    return drawn(site, rehearsal)


def drawn(site: Rehearses, rehearsal: Rehearsal) -> dict[str, Any]:
    """The bills beside each other as a table has them."""
    found = site.billed(rehearsal, today=clock.today())
    return {"rows": [_row(one) for one in found], "missing": list(_missing(found))}


def _row(one: Billed) -> dict[str, Any]:
    return {
        "month": f"{one.month:%Y-%m}",
        "without": thousands(one.without_yen),
        "with": thousands(one.yen),
        "more": signed(one.yen - one.without_yen),
        "because": gettext("、").join(f"{name} {signed(yen)}" for name, yen in one.more),
    }


def _missing(found: Sequence[Billed]) -> Iterable[str]:
    said = (
        with_clause(f"{error.number} {gettext(error.reason)}", error.clause) for one in found for error in one.missing
    )
    return dict.fromkeys(said)
