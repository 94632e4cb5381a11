"""更新期限一覧: 期間ライセンス in force at the month's end, each with its term and the deadline of 第10条第9項."""

from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as line
from billing.reports import target_rows as of
from billing.reports.filters import Filters
from billing.reports.report import ROWS_AT_ONCE, Computed, Kind, Report, ReportAsked, ReportColumn, Row, Sums
from contracts.facts.change_order import LAST_FIRST
from contracts.models import Change, Target
from contracts.models.plain_code import Bytewise
from contracts.terms.art10_options import renewal_deadline, term_of
from contracts.terms.days import month_period
from contracts.terms.unit import What

STATES = {"open": _("期限前"), "renews": _("期限後（更新）"), "ends": _("終了予定")}


class _Licences:
    """The 期間ライセンス in force at the month's end that were asked for. Those of one deadline began on few days, and are found by them."""

    def __init__(self, asked: ReportAsked) -> None:
        self.asked, self.period = asked, month_period(asked.month)
        in_force = Q(ends_on=None) | Q(ends_on__gte=self.period.last)
        rows = asked.narrow(Target.objects.order_by()).filter(in_force, term_licences__isnull=False)
        self.rows: QuerySet[Any] = rows.filter(billing_starts_on__lt=self.period.stop)

    @cached_property
    def by_deadline(self) -> list[tuple[date, set[date], int, int]]:
        """Each deadline, in order, with the days on which its licences began, how many rows, and licences as concluded: in one query."""
        found: dict[date, tuple[set[date], list[int], list[int]]] = {}
        days = self.rows.values("billing_starts_on").annotate(count=Count("pk"), concluded=Sum("term_licences"))
        for starts_on, count, concluded in days.values_list("billing_starts_on", "count", "concluded"):
            deadline = renewal_deadline(term_of(starts_on, self.period.last))
            starts, counts, licences = found.setdefault(deadline, (set(), [], []))
            starts.add(starts_on)
            counts.append(count)
            licences.append(concluded)
        return [(day, starts, sum(counts), sum(licences)) for day, (starts, counts, licences) in sorted(found.items())]

    def sums(self, positions: list[int]) -> Sums:
        """How many rows, and their licences as they are at the month's end: as concluded, and of the few that were changed since the difference."""
        changed = self._changes().values("target")
        others = self._numbered(self.rows.filter(pk__in=changed)).aggregate(
            more=Sum(F("licences") - F("term_licences"))
        )
        licences = sum(concluded for *_of_day, concluded in self.by_deadline) + (others["more"] or 0)
        return Sums(sum(count for *_of_day, count, _concluded in self.by_deadline), dict.fromkeys(positions, licences))

    def each(self) -> Iterator[Row]:
        """In the order of deadlines. Kept in memory: a licence of this kind is for a thousand seats, there are never many."""
        yield from sorted(self._told(self.rows), key=_order)

    def some(self, first: int, size: int) -> list[Row]:
        """So many from the first on. Of deadlines that none of them has nothing is read."""
        whole: set[date] = set()
        before, ids = 0, list[int]()
        for _day, starts, count, _concluded in self.by_deadline:
            start, stop = max(first - before, 0), min(first + size - before, count)
            if start == 0 and stop == count:
                whole |= starts
            elif start < stop:
                ids += self._began_on(starts).order_by(Bytewise("number"))[start:stop]
            before += count
        if whole:
            ids += self._began_on(whole)
        return sorted(self._told(Target.objects.filter(pk__in=ids), few=True), key=_order)

    def _began_on(self, days: set[date]) -> QuerySet[Any]:
        return self.rows.filter(billing_starts_on__in=days).values_list("pk", flat=True)

    def _changes(self) -> QuerySet[Any]:
        return Change.objects.standing().filter(what=What.QUANTITY, effective_on__lt=self.period.stop)

    def _numbered(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        newest = self._changes().filter(target=OuterRef("pk")).order_by(*LAST_FIRST)
        licences = Coalesce(Subquery(newest.values("to_number")[:1]), "term_licences")
        found: QuerySet[Any] = rows.annotate(licences=licences)
        return found

    def _told(self, rows: QuerySet[Any], *, few: bool = False) -> Iterator[Row]:
        named = of.named(self.asked, self._numbered(rows), "unit__customer", few=few)
        # Many begin on one day, and the terms go by the day alone.
        term_on, deadline_of = cache(term_of), cache(renewal_deadline)
        last = self.period.last
        columns = (*of.OWNER, "billing_starts_on", "ends_on", "licences")
        for *owner, starts_on, end, licences in named.values_list(*columns).iterator(chunk_size=ROWS_AT_ONCE):
            term = term_on(starts_on, last)
            deadline = deadline_of(term)
            state = "ends" if end and end <= term.last else "open" if last <= deadline else "renews"
            yield (deadline, *owner, licences, term.first, term.last, term.renewals, state, end, "10-9")


def _order(row: Row) -> tuple[date, str]:
    """By deadline, then by number."""
    return row[0], row[4]


def _rows(asked: ReportAsked) -> Computed:
    licences = _Licences(asked)
    return Computed(licences.each, licences.sums, licences.some)


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
    rows=_rows,
    of_ledger=False,
)
