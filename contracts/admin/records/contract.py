"""契約, with its options, changes, prices, notices and what reduces its charges."""

from datetime import date
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.kit import about
from contracts.admin.kit.base import OfTargetAdmin, Related, asks_for_one, by_code, list_of
from contracts.admin.kit.catalogue import catalogue
from contracts.admin.kit.clauses import clauses
from contracts.admin.kit.columns import choice, column, day, iso, link, plain
from contracts.admin.kit.list_filters import StateFilter, TierFilter, manager_at
from contracts.admin.kit.lists import WorkingList, sorted_by
from contracts.admin.kit.readings import readings
from contracts.admin.kit.search import FINDS
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.records import consent, option, price, setting_change
from contracts.admin.unit import start
from contracts.facts.change_order import IN_ORDER
from contracts.facts.names import Content, changed, content_on
from contracts.models import Breach, Change, Consent, Contract, Option, Outage, SettingChange
from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.catalog import CATEGORY_NAMES, Category
from contracts.terms.editions import edition_on
from contracts.terms.supplementary import name_on as name_on_day

FEW_HAVE: dict[str, Any] = {
    "outages": Outage,
    "breaches": Breach,
    "consents": Consent,
    "setting_changes": SettingChange,
}
"""Tables of which few contracts have a row, by their names on a contract: whether one has is asked with the contract itself."""
CHANGES = Prefetch("target__changes", Change.objects.standing().order_by(*IN_ORDER))


def name_on(row: Contract, on: date) -> str:
    """What the contract is for on a day, in one line: its tier, or its module with kind and item."""
    concluded = Content(row.category, row.module_type, row.kind, row.item)
    return content_on(concluded, map(changed, row.target.changes.all()), on).line


def _minimum_term(row: Contract) -> str | None:
    starts_on, concluded_on = row.target.billing_starts_on, row.target.application.accepted_on
    if starts_on is None or concluded_on is None:
        return None
    return iso(minimum_term_last_day(starts_on, concluded_on=concluded_on))


def _edition(row: Contract) -> str | None:
    """The edition of the terms that the contract was concluded under, and what it then was called if otherwise (附則)."""
    accepted_on = row.target.application.accepted_on
    edition = edition_on(accepted_on) if accepted_on else None
    if accepted_on is None or edition is None:
        return None
    concluded = CATEGORY_NAMES[Category(row.category)] if not row.module_type else row.item
    called = name_on_day(concluded, accepted_on, of=row.module_type)
    return iso(edition) if called == concluded else f"{iso(edition)}（{called}）"


def rows(**narrowed: Any) -> QuerySet[Contract]:
    """Contracts with all that their columns ask for."""
    found = Contract.objects.filter(**narrowed).select_related("target__application").prefetch_related(CHANGES)
    return found.order_by("pk")


NUMBER = column("number", _("契約番号"), lambda row: row.target.number)
NAME = column("name", _("カテゴリ／モジュール"), lambda row: name_on(row, clock.today()))
UNIT, CUSTOMER = link("target__unit", _("管理単位")), link("target__unit__customer", _("契約者"))
STARTS = day("target__billing_starts_on", _("課金開始日"))
EDITION = column("edition", _("締結時の規程の版"), _edition)
MINIMUM = column("minimum_term", _("最低利用期間満了日"), _minimum_term)
ENDS = day("target__ends_on", _("終了日"))
APPLICATION = link("target__application", _("申込番号"))
COLUMNS = (link("target", _("契約番号"), name="number"), NAME, STARTS, MINIMUM, ENDS, APPLICATION)


VERBS = (start.START, price.QUOTE, start.READY, consent.RECORD_OWN, setting_change.RECORD)
"""What is done with a contract day by day: offered on the page of its unit too."""


@admin.register(Contract)
class ContractAdmin(WorkingList, ActingAdmin, OfTargetAdmin):
    """Contracts, newest first, as they stand today."""

    subject_path = "target__number"
    verbs = (*VERBS, start.CORRECT_START, start.TAKE_START_BACK)

    unit_path = "target__unit"
    list_display = (
        *(sorted_by(NUMBER, "target__number"), UNIT, CUSTOMER, NAME, sorted_by(STARTS, "target__billing_starts_on")),
        *(MINIMUM, ENDS, APPLICATION),
    )
    sortable_by: ClassVar[Any] = (list_display[0], list_display[4])
    list_select_related = ("target__unit__customer", "target__application")
    list_filter = (
        manager_at("target__unit"),
        StateFilter,
        TierFilter,
        "module_type",
        by_code("unit", _("管理単位コード"), "target__unit__code"),
        by_code("customer", _("契約者コード"), "target__unit__customer__code"),
    )
    search_help_text = FINDS
    fieldsets = (
        (None, {"fields": (NUMBER, NAME, UNIT, CUSTOMER, APPLICATION)}),
        (_("期間"), {"fields": (STARTS, MINIMUM, ENDS)}),
        (
            _("締結時の内容"),
            {
                "fields": (
                    EDITION,
                    choice("category", _("カテゴリ")),
                    choice("module_type", _("モジュール種別")),
                    plain("kind", _("種類")),
                    plain("item", _("品目")),
                    link("linked_service", _("対応サービス")),
                    day("premium_consent_on", _("特則同意日")),
                    day("ready_on", _("通信環境準備完了日")),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).prefetch_related(CHANGES)
        if not asks_for_one(request):
            return rows
        has = {
            f"has_{table}": Exists(model._default_manager.filter(contract=OuterRef("pk")))
            for table, model in FEW_HAVE.items()
        }
        one: QuerySet[Any] = rows.select_related(*self.list_select_related, "linked_service").annotate(**has)
        return one

    def related(self, row: Any) -> list[Related]:
        of_contract = {"contract": row.target.number}
        of_target = "contract__target"
        few = {
            table: getattr(row, table).all() if getattr(row, f"has_{table}") else model._default_manager.none()
            for table, model in FEW_HAVE.items()
        }
        outages = few["outages"].standing().select_related(of_target).order_by("known_at")
        breaches = few["breaches"].standing().select_related(of_target).order_by("occurred_at")
        return [
            Related(option.rows(contract=row), option.OF_CONTRACT, list_of(Option, **of_contract)),
            *about.target(row.target),
            Related(few["consents"].standing().order_by("given_on"), consent.COLUMNS, list_of(Consent, **of_contract)),
            Related(
                few["setting_changes"].order_by("-changed_at"),
                setting_change.COLUMNS,
                list_of(SettingChange, **of_contract),
            ),
            Related(outages, more=list_of(Outage, **of_contract)),
            Related(breaches, more=list_of(Breach, **of_contract)),
        ]

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return about.lines(row.target)

    def get_urls(self) -> list[Any]:
        """The catalogue stands beside the contracts made from it."""
        page = path("catalogue/", self.admin_site.admin_view(catalogue), name="contracts_catalogue")
        of_readings = path("readings/", self.admin_site.admin_view(readings), name="contracts_readings")
        of_clauses = path("clauses/", self.admin_site.admin_view(clauses), name="contracts_clauses")
        return [page, of_readings, of_clauses, *super().get_urls()]
