"""異動一覧: what began, changed, ended and renewed in the month, computed from the facts as they stand."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, partial
from heapq import merge
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as line
from billing.reports import target_rows as of
from billing.reports.filters import Filters
from billing.reports.report import ROWS_AT_ONCE, Kind, Report, ReportAsked, ReportColumn, Row, Told
from contracts.facts.change_order import IN_ORDER, LAST_FIRST, before_the_outer
from contracts.facts.names import names_of, value_said
from contracts.models import Change
from contracts.models.bulk import slices
from contracts.models.choices import CHANGED, GROUNDS
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.catalog import LicenceType
from contracts.terms.days import Period, month_period
from contracts.terms.unit import What

KINDS = {"new": _("新規"), "changed": _("変更"), "ended": _("解除"), "renewed": _("更新")}
CLAUSES = {What.CATEGORY: "9-1(1)", What.ITEM: "9-1(2)", What.RETENTION_YEARS: "10-5", What.QUANTITY: "10-2(8)"}


class Movement(NamedTuple):
    """One movement of one target: on what day, which kind, said in one sentence, and its clause."""

    on: date
    target_id: int
    kind: str
    owner: tuple[str, ...]
    said: str
    clause: str


_TARGET = ("pk", *of.OWNER, "ends_on")
"""Of each target its id, whose it is, and the end stored with it, which leads to what has moved; why it ends is computed."""


def _found(asked: ReportAsked) -> Iterator[Movement]:
    """By day, then in the order of targets: three streams, each in that order, are made one."""
    return merge(*(stream(asked) for stream in (_began_or_renewed, _changed, _ended)))


def _told(found: Iterable[Movement]) -> Iterator[Row]:
    """Each movement with what its target was called on that day, some hundreds at a time."""
    for some in slices(found):
        names = names_of(Q(pk__in={moved.target_id for moved in some}))
        ends = of.ends_of({moved.target_id for moved in some if moved.kind == "ended"})
        for moved in some:
            what = names.on(moved.target_id, moved.on).line
            end = ends.get(moved.owner[3]) if moved.kind == "ended" else None
            why = (_why(end), end.clause) if end else (moved.said, moved.clause)
            yield (moved.on, moved.kind, *moved.owner, what, *why)


def _began_or_renewed(asked: ReportAsked) -> Iterator[Movement]:
    """Both in one query: 期間ライセンス that began earlier come before what begins in the month, and are few."""
    period = month_period(asked.month)
    renewing = Q(option__licence_type=LicenceType.TERM, billing_starts_on__lt=period.first)
    rows = of.targets(asked).filter(renewing | Q(billing_starts_on__range=(period.first, period.last)))
    found = _read(rows.order_by("billing_starts_on", "pk"), *_TARGET, "billing_starts_on")
    earlier: list[Row] = []
    for row in found:
        if row[-1] >= period.first:
            found = chain([row], found)
            break
        earlier.append(row)
    yield from merge(_renewed(earlier, period), _began(found))


def _began(rows: Iterable[Row]) -> Iterator[Movement]:
    """Those charged from a day of the month on; what ended before it began never did (I-16)."""
    for pk, *owner, ends_on, on in rows:
        if not _over(ends_on, on):
            said = gettext("%(day)sから課金されます") % {"day": on.isoformat()}
            yield Movement(on, pk, "new", tuple(owner), said, "13")


def _changed(asked: ReportAsked) -> Iterator[Movement]:
    """Changes that take effect in the month, from what to what."""
    period = month_period(asked.month)
    rows = Change.objects.standing().filter(
        target__in=of.targets(asked).values("pk"), effective_on__gte=period.first, effective_on__lt=period.stop
    )
    before = (
        Change.objects.standing()
        .filter(before_the_outer(), target=OuterRef("target"), what=OuterRef("what"))
        .order_by(*LAST_FIRST)
    )
    rows = rows.annotate(
        old_name=Subquery(before.values("to_name")[:1]), old_number=Subquery(before.values("to_number")[:1])
    )
    named = of.named(asked, rows, "target__unit__customer")
    of_target = (path if path == "customer_called" else f"target__{path}" for path in _TARGET)
    names = ("contract__category", "contract__item", "option__retention_years", "option__quantity")
    concluded = (f"target__{path}" for path in names)
    change = ("what", "effective_on", "old_name", "old_number", "to_name", "to_number")
    labels = {code: str(name) for code, name in CHANGED}
    for pk, *row in _read(named.order_by("effective_on", "target_id", *IN_ORDER[1:]), *of_target, *concluded, *change):
        owner, ends_on, first, (what, on, old_name, old_number, name, number) = row[:4], row[4], row[5:9], row[9:]
        if _over(ends_on, on):
            continue
        old = first[list(CLAUSES).index(what)] if old_name is None and old_number is None else old_name or old_number
        shown = {"what": labels[what], "old": _value(what, old), "new": _value(what, name or number)}
        said = gettext("%(what)s：%(old)s → %(new)s") % shown
        yield Movement(on, pk, "changed", tuple(owner), said, CLAUSES[What(what)])


def _ended(asked: ReportAsked) -> Iterator[Movement]:
    """Those whose last day lies in the month; why they end is told of those that are shown."""
    period = month_period(asked.month)
    within = of.targets(asked).filter(ends_on__range=(period.first, period.last), billing_starts_on__lte=F("ends_on"))
    for pk, *owner, ends_on in _read(within.order_by("ends_on", "pk"), *_TARGET):
        yield Movement(ends_on, pk, "ended", tuple(owner), "", "")


def _why(end: End) -> str:
    shown = {"ground": dict(GROUNDS)[end.ground], "arrived": end.notice.arrived_on.isoformat(), "other": end.after}
    if end.after:
        return gettext("%(other)sとともに終了（%(ground)s、到達日%(arrived)s）") % shown
    return gettext("%(ground)sにより終了（到達日%(arrived)s）") % shown


def _renewed(rows: Iterable[Row], period: Period) -> list[Movement]:
    """期間ライセンス of which a new term begins in the month (第10条第9項)."""
    movements = []
    # Many begin on one day, and the terms go by the day alone.
    term_on = cache(term_of)
    for pk, *owner, ends_on, starts_on in rows:
        term = term_on(starts_on, period.last)
        if term.first in period and term.renewals and not _over(ends_on, term.first):
            shown = {"count": term.renewals, "until": term.last.isoformat()}
            said = gettext("%(count)s回目の更新、契約期間は%(until)sまで") % shown
            movements.append(Movement(term.first, pk, "renewed", tuple(owner), said, "10-9"))
    return sorted(movements)


def _read(rows: QuerySet[Any], *paths: str) -> Iterator[Row]:
    return rows.values_list(*paths).iterator(chunk_size=ROWS_AT_ONCE)


def _over(ends_on: date | None, day: date) -> bool:
    """Whether what ends so has ended before the day."""
    return ends_on is not None and ends_on < day


def _value(what: str, value: Any) -> str:
    """A category, an item, years or licences as people read them."""
    return value_said(What(what), value)


MOVEMENTS = Report(
    name="movements",
    title=_("異動一覧"),
    about=_("月のうちに始まった、変わった、終わった、更新された契約とオプション。今の事実から計算します。"),
    columns=(
        ReportColumn("on", _("異動日"), Kind.DAY, 12),
        ReportColumn("kind", _("異動"), width=8, names=KINDS, beneath=True),
        *(line.CUSTOMER, line.CUSTOMER_NAME, line.UNIT, of.NUMBER, of.WHAT),
        ReportColumn("said", _("内容"), width=44),
        line.CLAUSE,
    ),
    filters=Filters,
    rows=lambda asked: Told(partial(_found, asked), _told),
    of_ledger=False,
)
