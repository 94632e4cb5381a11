"""What moved in a month, as sets: what began, changed, ended and renewed, found, counted and put in order by the database.

Each set is answered by an index of its own (contracts.models.Target, contracts.models.Change): a month costs what moved in it, and a page
of it the days that it shows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, CharField, Count, DateField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from billing.reports.report import ROWS_AT_ONCE, ReportAsked
from contracts.facts.change_order import IN_ORDER
from contracts.models import Change, Target
from contracts.terms.art10_options import term_of
from contracts.terms.days import ONE_DAY, Period, month_period

NEW, CHANGED, ENDED, RENEWED = "new", "changed", "ended", "renewed"

_NO_DAY = Cast(Value(None), DateField())


class Moved(NamedTuple):
    """One movement of one target. Told by day, target and kind; several changes of one day in the order in which they take effect (I-53)."""

    on: date
    target_id: int
    kind: str
    accepted_on: date | None
    application: str | None
    change_id: int | None


_COLUMNS = ("moved_on", "moved", "how", "accepted", "application_number", "change")
"""Of each set the columns of ``Moved``, in its order, which is that of the rows: by names that no column of a table has."""


class Found(NamedTuple):
    """How many movements each day of the month has; and of the days on which terms begin, the days on which those licences began."""

    days: Mapping[date, int]
    starts: Mapping[date, set[date]]


class MonthSets:
    """What moved in the month of those contracts and options that were asked for."""

    def __init__(self, asked: ReportAsked) -> None:
        self.asked, self.period = asked, month_period(asked.month)

    @cached_property
    def found(self) -> Found:
        """Counted day by day, in one query. When a term begins is the terms' to say (第10条第9項), once for all that began on one day."""
        whole = self.period
        licences = self._term_licences().filter(_runs_on(Value(whole.first)), billing_starts_on__lt=whole.first)
        ended = Case(When(ends_on__lte=whole.last, then="ends_on"), default=_NO_DAY)
        sets = [
            _counted(self._changed(whole), CHANGED, "effective_on"),
            _counted(self._began(whole), NEW, "billing_starts_on"),
            _counted(self._ended(whole), ENDED, "ends_on"),
            _counted(licences, RENEWED, "billing_starts_on", ended),
        ]
        days: Counter[date] = Counter()
        starts: defaultdict[date, set[date]] = defaultdict(set)
        for how, day, ends_on, count in _all_of(sets):
            on = day
            if how == RENEWED:
                term = term_of(day, whole.last)
                on = term.first
                if on not in whole or (ends_on is not None and ends_on < on):
                    continue
                starts[on].add(day)
            days[on] += count
        return Found(days, starts)

    def count(self) -> int:
        """How many movements there are."""
        return sum(self.found.days.values())

    def each(self) -> Iterator[Moved]:
        """Every movement in order; memory does not grow with them."""
        if self.found.days:
            yield from map(Moved._make, self._between(self.period).iterator(chunk_size=ROWS_AT_ONCE))

    def some(self, first: int, size: int) -> list[Moved]:
        """So many from the first on. Days that none of them is of are not read."""
        before, skipped, within = 0, 0, list[date]()
        for day, count in sorted(self.found.days.items()):
            if before < first + size and before + count > first:
                skipped = skipped if within else first - before
                within.append(day)
            before += count
        if not within:
            return []
        shown = self._between(Period(within[0], within[-1] + ONE_DAY))
        return [Moved(*row) for row in shown[skipped : skipped + size]]

    def _between(self, days: Period) -> QuerySet[Any]:
        """Every movement of those days, in order."""
        sets = [
            _moved(self._changed(days), CHANGED, "effective_on", "target_id"),
            _moved(self._began(days), NEW, "billing_starts_on"),
            _moved(self._ended(days), ENDED, "ends_on"),
        ]
        for on, starts in self.found.starts.items():
            if on in days:
                of_day = self._term_licences().filter(_runs_on(Value(on)), billing_starts_on__in=starts)
                sets.append(_moved(of_day, RENEWED, Value(on, DateField())))
        return _all_of(sets).order_by(*_COLUMNS)

    def _targets(self) -> QuerySet[Any]:
        return self.asked.narrow(Target.objects.order_by())

    def _term_licences(self) -> QuerySet[Any]:
        return self._targets().filter(term_licences__isnull=False)

    def _began(self, days: Period) -> QuerySet[Any]:
        """Those charged from one of the days on; what ended before it began never did (I-16)."""
        return self._targets().filter(
            _runs_on(F("billing_starts_on")), billing_starts_on__range=(days.first, days.last)
        )

    def _changed(self, days: Period) -> QuerySet[Any]:
        """Changes that take effect on one of the days, of what had not ended before."""
        rows = Change.objects.standing().order_by().filter(effective_on__range=(days.first, days.last))
        rows = rows.filter(_runs_on(F("effective_on"), "target__"))
        return rows.filter(target__in=self._targets().values("pk")) if self.asked.is_narrowed else rows

    def _ended(self, days: Period) -> QuerySet[Any]:
        """Those whose last day is one of the days."""
        return self._targets().filter(ends_on__range=(days.first, days.last), billing_starts_on__lte=F("ends_on"))


def _runs_on(day: Any, path: str = "") -> Q:
    """Whether a target has not ended before the day."""
    return Q(**{f"{path}ends_on": None}) | Q(**{f"{path}ends_on__gte": day})


def _counted(rows: QuerySet[Any], how: str, day: str, ended: Any = _NO_DAY) -> QuerySet[Any]:
    """How many of a set each day has, told apart by when they end where that counts."""
    each = rows.annotate(how=Value(how, CharField()), moved_on=F(day), ended=ended).values("how", "moved_on", "ended")
    found: QuerySet[Any] = each.annotate(rows=Count("pk")).values_list("how", "moved_on", "ended", "rows")
    return found


def _moved(rows: QuerySet[Any], how: str, day: Any, target: str = "pk") -> QuerySet[Any]:
    """A set as movements; of changes with what puts those of one day in order."""
    is_change = rows.model is Change
    accepted, number = IN_ORDER[1:]
    found: QuerySet[Any] = rows.annotate(
        moved_on=F(day) if isinstance(day, str) else day,
        moved=F(target),
        how=Value(how, CharField()),
        accepted=F(accepted) if is_change else _NO_DAY,
        application_number=F(number) if is_change else Cast(Value(None), CharField()),
        change=F("pk") if is_change else Cast(Value(None), BigIntegerField()),
    ).values_list(*_COLUMNS)
    return found


def _all_of(sets: list[QuerySet[Any]]) -> QuerySet[Any]:
    return sets[0].union(*sets[1:], all=True)
