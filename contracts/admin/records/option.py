"""オプション, each with its minimum term or, for a 期間ライセンス, its term and the last day to stop its renewal."""

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit import about
from contracts.admin.kit.base import OfTargetAdmin, Related, by_code
from contracts.admin.kit.columns import choice, column, day, iso, link, plain, thousands
from contracts.admin.kit.list_filters import StateFilter, manager_at
from contracts.admin.kit.lists import WorkingList, sorted_by
from contracts.admin.kit.search import FINDS
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records import price
from contracts.admin.unit import start
from contracts.facts.change_order import IN_ORDER
from contracts.facts.names import Content, changed, content_on
from contracts.models import Change, Option
from contracts.terms.art10_options import Term, minimum_term_months, renewal_deadline, term_of
from contracts.terms.catalog import LicenceType, OptionType
from contracts.terms.days import last_day

CHANGES = Prefetch("target__changes", Change.objects.standing().order_by(*IN_ORDER))


def _minimum_term(row: Option) -> str | None:
    starts_on, concluded_on = row.target.billing_starts_on, row.target.application.accepted_on
    if starts_on is None or concluded_on is None:
        return None
    licence = LicenceType(row.licence_type) if row.licence_type else None
    months = minimum_term_months(OptionType(row.option), licence, concluded_on=concluded_on)
    return iso(last_day(starts_on, months=months)) if months else None


def _term(row: Option, on: date) -> Term | None:
    """The term of a 期間ライセンス that runs on a day; its last term once it has ended."""
    starts_on = row.target.billing_starts_on
    if row.licence_type != LicenceType.TERM or not starts_on:
        return None
    return term_of(starts_on, min(on, row.target.ends_on or on))


def _term_days(row: Option) -> str | None:
    term = _term(row, clock.today())
    return f"{iso(term.first)} – {iso(term.last)}" if term else None


def _last_day(row: Option) -> str | None:
    """The last day of the minimum term or, for a 期間ライセンス, of the term that runs."""
    term = _term(row, clock.today())
    return iso(term.last) if term else _minimum_term(row)


def _content(row: Option) -> str:
    """Licence type, licences, years and product, as they stand today."""
    return _today(row).detail


def _deadline(row: Option) -> str | None:
    term = _term(row, clock.today())
    return iso(renewal_deadline(term)) if term and not row.target.ends_on else None


def concluded(row: Option) -> Content:
    """What the option was for when it was concluded."""
    return Content(
        option=row.option,
        licence_type=row.licence_type,
        product=row.product,
        retention_years=row.retention_years,
        quantity=row.quantity,
    )


def _today(row: Option) -> Content:
    return content_on(concluded(row), map(changed, row.target.changes.all()), clock.today())


def rows(**narrowed: Any) -> QuerySet[Option]:
    """Options with all that their columns ask for."""
    found = Option.objects.filter(**narrowed).select_related("target__application", "contract__target")
    return found.prefetch_related(CHANGES).order_by("pk")


NUMBER = column("number", _("オプション番号"), lambda row: row.target.number)
CONTRACT = link("contract__target", _("契約番号"), name="contract")
UNIT = link("target__unit", _("管理単位"))
OPTION = choice("option", _("オプション"))
LICENCE = choice("licence_type", _("ライセンス種別"))
YEARS = column("years", _("保管年数"), lambda row: _today(row).retention_years)
QUANTITY = column("licences", _("ライセンス数"), lambda row: thousands(_today(row).quantity))
STARTS = day("target__billing_starts_on", _("課金開始日"))
MINIMUM = column("minimum_term", _("最低利用期間満了日"), _minimum_term)
TERM = column("term", _("契約期間"), _term_days)
LAST_DAY = column("last_day", _("期間満了日"), _last_day)
CONTENT = column("content", _("内容"), _content)
DEADLINE = column("deadline", _("更新停止の通知期限"), _deadline)
ENDS = day("target__ends_on", _("終了日"))
APPLICATION = link("target__application", _("申込番号"))
LINKED = link("target", _("オプション番号"), name="number")
OF_CONTRACT = (LINKED, OPTION, CONTENT, STARTS, LAST_DAY, DEADLINE, ENDS)
COLUMNS = (LINKED, CONTRACT, *OF_CONTRACT[1:])


VERBS = (start.START, price.QUOTE)
"""What is done with an option day by day: offered on the page of its unit too."""


@admin.register(Option)
class OptionAdmin(WorkingList, ActingAdmin, OfTargetAdmin):
    """Options, newest first, as they stand today."""

    subject_path = "target__number"
    verbs = (*VERBS, start.CORRECT_START, start.TAKE_START_BACK)

    unit_path = "target__unit"
    list_display = (
        *(sorted_by(NUMBER, "target__number"), CONTRACT, UNIT, OPTION, CONTENT),
        *(sorted_by(STARTS, "target__billing_starts_on"), LAST_DAY, DEADLINE, ENDS, APPLICATION),
    )
    sortable_by: ClassVar[Any] = (list_display[0], list_display[5])
    list_select_related = ("target__unit", "target__application", "contract__target")
    list_filter = (
        manager_at("target__unit"),
        StateFilter,
        "option",
        "licence_type",
        by_code("contract", _("契約番号"), "contract__target__number"),
        by_code("unit", _("管理単位コード"), "target__unit__code"),
    )
    search_help_text = FINDS
    fieldsets = (
        (None, {"fields": (NUMBER, CONTRACT, UNIT, link("target__unit__customer", _("契約者")), APPLICATION)}),
        (_("内容"), {"fields": (OPTION, LICENCE, choice("product", _("EDR製品")), YEARS, QUANTITY)}),
        (_("期間"), {"fields": (STARTS, MINIMUM, TERM, DEADLINE, ENDS)}),
        (
            _("締結時の内容"),
            {"fields": (plain("retention_years", _("保管年数")), plain("quantity", _("ライセンス数")))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related(CHANGES)

    def related(self, row: Any) -> list[Related]:
        return about.target(row.target)

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return about.lines(row.target)
