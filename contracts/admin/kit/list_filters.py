"""Filters of lists by what people look for: whose it is, whether it runs, its tier as it stands today."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.models import Change, ManagementUnit, Target
from contracts.models.among import among
from contracts.models.choices import CATEGORIES
from contracts.terms.catalog import Category
from contracts.terms.unit import What

OWN, NOBODY = "own", "none"
RUNNING, ENDING, ENDED, WAITING = "running", "ending", "ended", "waiting"
MOST_MANAGERS = 50


class ManagerFilter(admin.SimpleListFilter):
    """Rows of the units that a person looks after: one's own, nobody's, or another's."""

    title = _("営業担当")
    parameter_name = "manager"
    unit_path: ClassVar[str] = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.person = request.user
        looking_after = Exists(ManagementUnit.objects.filter(account_manager=OuterRef("pk")))
        people = (
            User.objects.filter(looking_after)
            .exclude(username=request.user.get_username())
            .order_by("username")[:MOST_MANAGERS]
        )
        names = [(person.username, person.get_full_name() or person.username) for person in people]
        return [(OWN, _("自分")), *names, (NOBODY, _("担当なし"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value, manager = self.value(), "__".join(filter(None, (self.unit_path, "account_manager")))
        if not value:
            return queryset
        if value == NOBODY:
            return queryset.filter(**{manager: None})
        if value == OWN:
            return queryset.filter(**{manager: request.user.pk})
        return queryset.filter(**{f"{manager}__username": value})


class StateFilter(admin.SimpleListFilter):
    """Contracts and options by whether they run: not begun yet, running, running with an end known, ended."""

    title = _("利用状態")
    parameter_name = "running"
    target_path: ClassVar[str] = "target"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(RUNNING, _("利用中")), (ENDING, _("終了予定")), (ENDED, _("終了")), (WAITING, _("開始前"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(self.condition(self.value() or "", f"{self.target_path}__"))

    @staticmethod
    def condition(state: str, path: str) -> Q:
        """The condition on a target at a path."""
        today = clock.today()
        starts, ends = f"{path}billing_starts_on", f"{path}ends_on"
        if state == RUNNING:
            return Q(**{f"{starts}__lte": today, ends: None})
        if state == ENDING:
            return Q(**{f"{ends}__gte": today})
        if state == ENDED:
            return Q(**{f"{ends}__lt": today})
        if state == WAITING:
            return (Q(**{starts: None}) | Q(**{f"{starts}__gt": today})) & Q(**{ends: None})
        return Q()


class UnitStateFilter(StateFilter):
    """Units by whether anything of theirs runs; that all has ended is kept with the unit, since few have and every one would be asked."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value, targets = self.value(), Target.objects.filter(unit=OuterRef("pk"))
        if value == ENDED:
            return queryset.filter(look__ended=True)
        if value not in (RUNNING, ENDING, WAITING):
            return queryset
        return queryset.filter(Exists(targets.filter(self.condition(value, ""))))


class TierFilter(admin.SimpleListFilter):
    """Contracts by their category as it stands today: what an upgrade made of it, where one has taken effect (第9条)."""

    title = _("カテゴリ（今日）")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(CATEGORIES)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(self.of_tier(value)) if value in dict(CATEGORIES) else queryset

    @staticmethod
    def of_tier(tier: str) -> Q:
        """The condition that a contract is of the tier today. What was upgraded is few, and asked for by its ids."""
        changes = Change.objects.standing().filter(what=What.CATEGORY.value, effective_on__lte=clock.today())
        now = dict(changes.order_by("effective_on", "pk").values_list("target_id", "to_name"))
        others = [pk for pk, name in now.items() if name != tier]
        concluded = Q(category=tier) & ~Q(among("pk", others)) if others else Q(category=tier)
        became = [pk for pk, name in now.items() if name == tier]
        return concluded | Q(among("pk", became)) if became else concluded


class UnitTierFilter(TierFilter):
    """Units by the category of the tier contract that runs today, which is kept with the unit (contracts.judge.listed)."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, name) for code, name in CATEGORIES if code != Category.MODULE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(look__tier=value) if value in dict(CATEGORIES) else queryset


def manager_at(unit_path: str) -> type[ManagerFilter]:
    """The filter by account manager, of rows whose unit stands at the path; '' for units themselves."""
    return type("OfManager", (ManagerFilter,), {"unit_path": unit_path})
