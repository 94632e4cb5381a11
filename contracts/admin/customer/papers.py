"""書類と履歴 of a customer: its newest invoices, whom they go to, applications and letters, and what was last written of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.base import Related, list_of
from contracts.admin.kit.bills import KnowsBills
from contracts.admin.kit.columns import choice, day, own_page, plain, target
from contracts.admin.records import entry
from contracts.facts.known import Known
from contracts.models import Application, Customer, Entry, Notice
from contracts.models.among import among
from contracts.models.at_once import records_at_once

SHOWN = 5
ENTRIES_SHOWN = 8

APPLICATIONS = (
    own_page("number", _("申込番号"), lambda row: row.number),
    plain("unit__code", _("管理単位"), name="unit"),
    choice("state", _("状態")),
    day("applied_on", _("申込日")),
)
NOTICES = (
    own_page("arrived_on", _("到達日"), lambda row: row.arrived_on.isoformat()),
    target(),
    day("requested_for", _("指定日")),
    choice("ground", _("根拠")),
)
HISTORY = (entry.AT, entry.ACTOR, entry.OPERATION, entry.SUBJECT, entry.CHANGES)


@dataclass(frozen=True, slots=True)
class Papers:
    """Tables of papers, each with a link to the list of them all; and that of the history."""

    tables: Sequence[dict[str, Any]]
    history: dict[str, Any] | None


def papers_of(
    row: Customer,
    unit_ids: Sequence[int],
    target_ids: Sequence[int],
    *,
    known: Known,
    may: Callable[[str], bool],
    site: KnowsBills,
) -> Papers:
    """The newest papers of the units; ``known``: those that there were by then. One query of all of them."""
    asked: list[Related] = []
    if may("billing.view_invoice"):
        invoices = site.invoices_of(row.pk, known=known)
        asked.append(Related(invoices[:SHOWN], more=list_of(invoices.model, customer=row.code)))
    if may("billing.view_billingparty") and known.day is None:
        parties = site.parties_of(row.pk)
        asked.append(Related(parties[:SHOWN], more=list_of(parties.model, customer=row.code)))
    if may("contracts.view_application"):
        applications = _applications(unit_ids, known)[:SHOWN]
        asked.append(Related(applications, APPLICATIONS, list_of(Application, q=row.code)))
    if may("contracts.view_notice"):
        rows = Notice.objects.as_known_in(known.revision).filter(among("target_id", target_ids))
        notices = _newest(rows.select_related("target"), F("arrived_on"))
        asked.append(Related(notices[:SHOWN], NOTICES, list_of(Notice, q=row.code)))
    papers = len(asked)
    if may("contracts.view_entry"):
        asked.append(Related(_entries(row, unit_ids, known)[:ENTRIES_SHOWN], HISTORY))
    found = records_at_once(*(related.rows for related in asked)) if asked else []
    tables = [related.told(rows) for related, rows in zip(asked, found, strict=True)]
    return Papers(tables[:papers], tables[papers] if tables[papers:] else None)


def _newest(rows: QuerySet[Any], first: Any = None) -> QuerySet[Any]:
    """The newest first, ordered by what no index has: by the key itself the planner would go through the rows of all customers."""
    rows = rows.annotate(newest=F("pk") + 0)
    return rows.order_by(*([first.desc()] if first is not None else []), "-newest")


def _applications(unit_ids: Sequence[int], known: Known) -> QuerySet[Any]:
    rows = Application.objects.filter(among("unit_id", unit_ids)).select_related("unit")
    if known.day is not None:
        # What was a draft then is not told apart from what was received: both had been begun.
        begun = Q(applied_on__lte=known.day) | Q(received_on__lte=known.day) | Q(accepted_on__lte=known.day)
        rows = rows.filter(begun)
    return _newest(rows)


def _entries(row: Customer, unit_ids: Sequence[int], known: Known) -> QuerySet[Any]:
    own = Q(record="customer", subject=row.code)
    rows = Entry.objects.filter(own | Q(among("unit_id", unit_ids)) if unit_ids else own)
    if known.moment is not None:
        rows = rows.filter(at__lt=known.moment)
    return _newest(rows)
