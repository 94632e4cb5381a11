"""対応サービス, with its states and the contracts that link it."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin import contract
from contracts.admin.base import FactAdmin, Related
from contracts.admin.columns import Column, choice, column, day, iso, plain
from contracts.admin.search import begins
from contracts.models import LinkedService, LinkedServiceState

STATE_COLUMNS = (
    day("from_on", _("適用日")),
    choice("service", _("サービス")),
    plain("kind", _("種類")),
    plain("item", _("品目")),
    plain("holder", _("名義")),
    day("module_consent_on", _("連携同意日")),
    day("premium_consent_on", _("設定変更同意日")),
    day("bypass_option_on", _("バイパスオプション利用開始日")),
    day("advanced_support_on", _("アドバンストサポート利用開始日")),
    day("ends_on", _("終了日")),
)


def _now(row: LinkedService) -> LinkedServiceState | None:
    """The state that stands today; of one that begins later, the first."""
    states = list(row.states.all())
    begun = [state for state in states if state.from_on <= clock.today()]
    return begun[-1] if begun else states[0] if states else None


def _of_now(name: str, label: Any, value: Column) -> Column:
    return column(name, label, lambda row: value(state) if (state := _now(row)) else None)


@admin.register(LinkedService)
class LinkedServiceAdmin(FactAdmin):
    """Linked services as they stand today."""

    list_display = (
        "code",
        _of_now("service", _("サービス"), lambda state: state.get_service_display()),
        _of_now("kind", _("種類・品目"), lambda state: " ".join(filter(None, (state.kind, state.item))) or None),
        _of_now("holder", _("名義"), lambda state: state.holder),
        _of_now("ends_on", _("終了日"), lambda state: iso(state.ends_on)),
    )
    sortable_by = ("code",)
    search_fields = ("code",)
    search_help_text = _("対応サービスコードの先頭から検索します")
    fieldsets = ((None, {"fields": ("code",)}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        states = Prefetch("states", LinkedServiceState.objects.order_by("from_on"))
        return super().get_queryset(request).prefetch_related(states)

    def found(self, term: str) -> Q:
        return begins("code", term)

    def related(self, row: Any) -> list[Related]:
        states = LinkedServiceState.objects.filter(linked_service=row).order_by("from_on")
        return [Related(states, STATE_COLUMNS), Related(contract.rows(linked_service=row), contract.COLUMNS)]
