"""異動一覧: what began, changed, ended and renewed in the month, computed from the facts as they stand."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.reports import line_columns as line
from billing.reports import target_rows as of
from billing.reports.filters import Filters
from billing.reports.month_sets import CHANGED, ENDED, NEW, RENEWED, MonthSets, Moved
from billing.reports.report import Kind, Report, ReportAsked, ReportColumn, Row, Told
from contracts.facts.change_order import LAST_FIRST, before_the_outer
from contracts.facts.names import names_of, value_said
from contracts.models import Change, Target
from contracts.models.bulk import slices
from contracts.models.choices import CHANGED as CHANGED_THINGS
from contracts.models.choices import GROUNDS
from contracts.terms.art10_options import term_of
from contracts.terms.art12_termination import End
from contracts.terms.days import month_period
from contracts.terms.unit import What

KINDS = {NEW: _("新規"), CHANGED: _("変更"), ENDED: _("解除"), RENEWED: _("更新")}
CLAUSES = {What.CATEGORY: "9-1(1)", What.ITEM: "9-1(2)", What.RETENTION_YEARS: "10-5", What.QUANTITY: "10-2(8)"}


def _told(asked: ReportAsked, found: Iterable[Moved]) -> Iterator[Row]:
    """Each movement with whose its target is and what it was called on that day, some hundreds at a time."""
    last = month_period(asked.month).last
    for some in slices(found):
        targets = {moved.target_id for moved in some}
        owned = of.named(asked, Target.objects.filter(pk__in=targets), "unit__customer", few=True)
        owners = {pk: row for pk, *row in owned.values_list("pk", *of.OWNER, "billing_starts_on", "unit_id")}
        names = names_of(Q(pk__in=targets))
        ends = of.ends_of({owners[moved.target_id][-1] for moved in some if moved.kind == ENDED})
        changes = _changes({moved.change_id for moved in some if moved.change_id})
        for moved in some:
            *owner, starts_on, _unit = owners[moved.target_id]
            if moved.kind == NEW:
                why = (gettext("%(day)sから課金されます") % {"day": moved.on.isoformat()}, "13")
            elif moved.kind == RENEWED:
                why = _renewed(starts_on, last)
            elif moved.change_id:
                why = changes[moved.change_id]
            else:
                end = ends.get(owner[3])
                why = (_why(end), end.clause) if end else ("", "")
            yield (moved.on, moved.kind, *owner, names.on(moved.target_id, moved.on).line, *why)


def _changes(ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """What each of those changes says, from what to what, and its clause."""
    if not ids:
        return {}
    before = (
        Change.objects.standing()
        .filter(before_the_outer(), target=OuterRef("target"), what=OuterRef("what"))
        .order_by(*LAST_FIRST)
    )
    rows = Change.objects.filter(pk__in=ids).annotate(
        old_name=Subquery(before.values("to_name")[:1]), old_number=Subquery(before.values("to_number")[:1])
    )
    names = ("contract__category", "contract__item", "option__retention_years", "option__quantity")
    concluded = (f"target__{path}" for path in names)
    labels = {code: str(name) for code, name in CHANGED_THINGS}
    found = {}
    for pk, *first, what, old_name, old_number, name, number in rows.values_list(
        "pk", *concluded, "what", "old_name", "old_number", "to_name", "to_number"
    ):
        old = first[list(CLAUSES).index(what)] if old_name is None and old_number is None else old_name or old_number
        shown = {"what": labels[what], "old": _value(what, old), "new": _value(what, name or number)}
        found[pk] = (gettext("%(what)s：%(old)s → %(new)s") % shown, CLAUSES[What(what)])
    return found


def _renewed(starts_on: date, last: date) -> tuple[str, str]:
    """What the term of a 期間ライセンス that the month's last day lies in is (第10条第9項)."""
    term = term_of(starts_on, last)
    shown = {"count": term.renewals, "until": term.last.isoformat()}
    return gettext("%(count)s回目の更新、契約期間は%(until)sまで") % shown, "10-9"


def _why(end: End) -> str:
    shown = {"ground": dict(GROUNDS)[end.ground], "arrived": end.notice.arrived_on.isoformat(), "other": end.after}
    if end.after:
        return gettext("%(other)sとともに終了（%(ground)s、到達日%(arrived)s）") % shown
    return gettext("%(ground)sにより終了（到達日%(arrived)s）") % shown


def _value(what: str, value: Any) -> str:
    """A category, an item, years or licences as people read them."""
    return value_said(What(what), value)


def _rows(asked: ReportAsked) -> Told:
    sets = MonthSets(asked)
    return Told(sets.each, sets.some, sets.count, partial(_told, asked))


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
    rows=_rows,
    of_ledger=False,
)
