"""見通しの帳票: the rows of the newest forecast — what is billed in a month ahead, how MRR moves, and what happens on its days."""

from typing import Any, ClassVar

import django_filters
from django.contrib.auth.models import User
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.models import Forecast, ForecastEvent, ForecastMovement, ForecastRow, Month
from billing.models.forecast import COMING, MOVEMENTS, OTHER_SERIES, SERIES
from billing.reports import line_columns as of
from billing.reports.filters import EVERY, CustomerFilters, Filters
from billing.reports.report import Kind, Queried, Report, ReportAsked, ReportColumn
from contracts.models import FactsRevision
from contracts.terms.catalog import CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES, Category
from contracts.terms.days import next_month

KINDS = {
    str(code): name
    for names in (CATEGORY_NAMES, MODULE_TYPE_NAMES, OPTION_NAMES)
    for code, name in names.items()
    if code is not Category.MODULE
}
BILLED = [code for code, _name in SERIES]
MONTHLY = ("committed", "expected", "renewal")
FALL_DUE_ONCE = [code for code in BILLED if code not in MONTHLY]
ONCE = ("once", _("単発の費用・減額"))
"""All of the fees that fall due once, and reductions, together."""
KIND = ReportColumn("kind", _("種別"), width=26, names=KINDS)
MANAGER = ReportColumn("manager", _("営業担当"), width=12)
NUMBER = ReportColumn("target", _("対象番号"), width=16)


def newest() -> Forecast | None:
    """The newest forecast that is done: the one whose rows there are."""
    return Forecast.objects.filter(state="done").order_by("-asked_at", "-pk").first()


def first_month() -> str:
    """The first month of the newest forecast; '' where there is none."""
    row = newest()
    return f"{row}" if row else ""


def stale(row: Forecast) -> bool:
    """Whether a fact was written, or a month of it closed, since the forecast was computed."""
    closed = Month.objects.filter(month__gte=row.first_month).exclude(closed_at=None)
    return row.facts_revision != FactsRevision.current() or closed.exists()


def state(asked: ReportAsked) -> str:
    """On what the rows rest."""
    row = newest()
    if row is None:
        return gettext("見通しはまだ計算されていません。")
    said = {"on": row.on.isoformat(), "revision": row.facts_revision}
    if stale(row):
        return gettext("%(on)sの見通しです（事実の版%(revision)s）。その後に事実又は締めた月が変わっています。") % said
    return gettext("%(on)sの見通しです（事実の版%(revision)s）。") % said


class AheadFilters(django_filters.FilterSet):  # type: ignore[misc]
    """What narrows rows of contracts and options."""

    month = Filters.base_filters["month"]
    customer = Filters.base_filters["customer"]
    unit = Filters.base_filters["unit"]
    kind = django_filters.ChoiceFilter(label=_("種別"), choices=[*KINDS.items()], empty_label=EVERY)
    manager = django_filters.CharFilter(label=_("営業担当"), method="of_manager")
    customer_path: ClassVar[str] = "customer"
    unit_path: ClassVar[str] = "unit"
    as_it_is = Filters.as_it_is
    of_customer = Filters.of_customer
    of_unit = Filters.of_unit

    def of_manager(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Units of the person of that user name; of nobody where it is 「-」."""
        if value.strip() == NOBODY:
            return queryset.filter(unit__account_manager=None)
        return queryset.filter(unit__account_manager__in=User.objects.filter(username=value.strip()))


NOBODY = "-"
"""In the place of a user name: units that nobody looks after."""


class RowFilters(AheadFilters):
    """And by what the yen are."""

    series = django_filters.ChoiceFilter(
        label=_("区分"), choices=[*SERIES, ONCE, *OTHER_SERIES], method="as_it_is", empty_label=_("請求のすべて")
    )


class MovementFilters(CustomerFilters):
    """What narrows movements of customers."""

    movement = django_filters.ChoiceFilter(label=_("増減"), choices=MOVEMENTS, empty_label=EVERY)


class EventFilters(AheadFilters):
    """And by what happens."""

    what = django_filters.ChoiceFilter(label=_("出来事"), choices=COMING, empty_label=EVERY)


def _of_newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    row = newest()
    return rows.filter(forecast=row) if row is not None else rows.none()


def _named(asked: ReportAsked, rows: QuerySet[Any]) -> QuerySet[Any]:
    manager = Coalesce(NullIf(F("unit__account_manager__last_name"), Value("")), "unit__account_manager__username")
    found: QuerySet[Any] = of.owned(asked, asked.narrow(_of_newest(rows)))
    answered: QuerySet[Any] = found.annotate(manager=Coalesce(manager, Value("")))
    return answered


_WHOSE = ("customer__code", "customer_called", "unit__code", "target__number", "kind")


def _billed(asked: ReportAsked) -> Queried:
    """The largest first. Of MRR and its risks only where they are asked for: they are no bills."""
    series = asked.given.get("series")
    wanted = FALL_DUE_ONCE if series == ONCE[0] else [series] if series else BILLED
    rows = _named(asked, ForecastRow.objects.filter(series__in=wanted))
    rows = rows.filter(first_month__lte=asked.month, last_month__gte=asked.month)
    found = rows.annotate(month_name=of.named_month(asked.month)).order_by("-yen", "pk")
    return Queried(found, ("month_name", *_WHOSE, "series", "yen", "manager"))


def _moved(asked: ReportAsked) -> Queried:
    rows = of.owned(asked, asked.narrow(_of_newest(ForecastMovement.objects.filter(month=asked.month))))
    found = rows.annotate(month_name=of.named_month(asked.month)).order_by("-yen", "pk")
    yen = ("before_yen", "yen", "after_yen")
    return Queried(found, ("month_name", "customer__code", "customer_called", "movement", *yen))


def _happening(asked: ReportAsked) -> Queried:
    """In the order of days."""
    days = {"on__gte": asked.month, "on__lt": next_month(asked.month)}
    rows = _named(asked, ForecastEvent.objects.filter(**days)).order_by("on", "pk")
    return Queried(rows, ("on", "what", *_WHOSE[:2], *_WHOSE[3:], "before_yen", "after_yen", "last_day", "term_yen"))


FORECAST = Report(
    name="forecast",
    title=_("見通しの明細"),
    about=_("先の月に請求される見通しの額を、契約・オプションごとに。締めと同じ計算です（I-67）。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME, of.UNIT, NUMBER, KIND),
        ReportColumn("series", _("区分"), width=16, names=dict([*SERIES, *OTHER_SERIES])),
        ReportColumn("yen", _("金額（円）"), Kind.YEN, totalled=True),
        MANAGER,
    ),
    filters=RowFilters,
    rows=_billed,
    amount="yen",
    of_ledger=False,
    begins=first_month,
    state=state,
)
MRR = Report(
    name="mrr",
    title=_("MRRの増減"),
    about=_("月末に有効な月額費用（MRR）が前の月末から動いた額を、契約者ごとに（I-68）。"),
    columns=(
        *(of.MONTH, of.CUSTOMER, of.CUSTOMER_NAME),
        ReportColumn("movement", _("増減"), width=10, names=dict(MOVEMENTS)),
        ReportColumn("before_yen", _("前月末のMRR（円）"), Kind.YEN, 16),
        ReportColumn("yen", _("増減額（円）"), Kind.YEN, totalled=True),
        ReportColumn("after_yen", _("当月末のMRR（円）"), Kind.YEN, 16),
    ),
    filters=MovementFilters,
    rows=_moved,
    amount="yen",
    of_ledger=False,
    begins=first_month,
    state=state,
)
COMING_DAYS = Report(
    name="coming",
    title=_("先の出来事"),
    about=_("先の月に始まる、終わる、変わる、更新される月額と、更新を止める通知の期限（第10条第9項）。"),
    columns=(
        ReportColumn("on", _("日"), Kind.DAY, 12),
        ReportColumn("event", _("出来事"), width=16, names=dict(COMING)),
        *(of.CUSTOMER, of.CUSTOMER_NAME, NUMBER, KIND),
        ReportColumn("before_yen", _("前の月額（円）"), Kind.YEN, totalled=True),
        ReportColumn("after_yen", _("後の月額（円）"), Kind.YEN, totalled=True),
        ReportColumn("last_day", _("通知の期限"), Kind.DAY, 12),
        ReportColumn("term_yen", _("契約期間の額（円）"), Kind.YEN, 16, totalled=True),
    ),
    filters=EventFilters,
    rows=_happening,
    of_ledger=False,
    begins=first_month,
    state=state,
)
