"""更新期限一覧: 期間ライセンス in force at the month's end, each with its term and the deadline of 第10条第9項."""

from collections.abc import Iterator
from functools import cache, partial

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as line
from billing.reports import target_rows as of
from billing.reports.filters import Filters
from billing.reports.report import ROWS_AT_ONCE, Computed, Kind, Report, ReportAsked, ReportColumn, Row
from contracts.facts.change_order import LAST_FIRST
from contracts.models import Change
from contracts.terms.art10_options import renewal_deadline, term_of
from contracts.terms.catalog import LicenceType
from contracts.terms.days import month_period
from contracts.terms.unit import What

STATES = {"open": _("期限前"), "renews": _("期限後（更新）"), "ends": _("終了予定")}


def _rows(asked: ReportAsked) -> Iterator[Row]:
    """In the order of deadlines. Kept in memory: a licence of this kind is for a thousand seats, there are never many."""
    period = month_period(asked.month)
    # Many begin on one day, and the terms go by the day alone.
    term_on, deadline_of = cache(term_of), cache(renewal_deadline)
    newest = Change.objects.standing().filter(target=OuterRef("pk"), what=What.QUANTITY, effective_on__lt=period.stop)
    quantity = Coalesce(Subquery(newest.order_by(*LAST_FIRST).values("to_number")[:1]), "option__quantity")
    rows = of.targets(asked).filter(option__licence_type=LicenceType.TERM, billing_starts_on__lt=period.stop)
    rows = (
        rows.annotate(licences=quantity)
        .order_by("pk")
        .values_list(*of.OWNER, "billing_starts_on", "ends_on", "licences")
    )
    found = []
    for *owner, starts_on, end, licences in rows.iterator(chunk_size=ROWS_AT_ONCE):
        if end is not None and end < period.last:
            continue
        term = term_on(starts_on, period.last)
        deadline = deadline_of(term)
        state = "ends" if end and end <= term.last else "open" if period.last <= deadline else "renews"
        found.append((deadline, *owner, licences, term.first, term.last, term.renewals, state, end, "10-9"))
    yield from sorted(found, key=lambda row: (row[0], row[4]))


RENEWALS = Report(
    name="renewals",
    title=_("更新期限一覧"),
    about=_("月の末日に有効な期間ライセンスの契約期間と、更新を止める通知の期限（第10条第9項）。"),
    columns=(
        ReportColumn("deadline", _("通知の期限"), Kind.DAY, 12),
        *(line.CUSTOMER, line.CUSTOMER_NAME, line.UNIT, of.NUMBER),
        ReportColumn("licences", _("ライセンス数"), Kind.NUMBER, 13, totalled=True),
        ReportColumn("term_first", _("契約期間の初日"), Kind.DAY, 15),
        ReportColumn("term_last", _("契約期間の末日"), Kind.DAY, 15, beneath=True),
        ReportColumn("renewals", _("更新回数"), Kind.NUMBER, 10),
        ReportColumn("state", _("月末の状態"), width=16, names=STATES),
        ReportColumn("ends_on", _("終了日"), Kind.DAY, 12, beneath=True),
        line.CLAUSE,
    ),
    filters=Filters,
    rows=lambda asked: Computed(partial(_rows, asked)),
    of_ledger=False,
)
