"""保留した解除調定金, and finance's decision on each: billed or waived, with the reason (I-18)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing.admin.kit.filters import ALL, AnyMonthFilter
from billing.admin.month.line import AMOUNT, BASIS, CLAUSE, CUSTOMER, DAYS, MONTH, TARGET, UNIT, LinesAdmin
from billing.models import HeldDecision, HeldSettlement
from billing.operations.decide_held import WAITS, bill_held, can_be_decided, waive_held, with_later
from contracts import clock
from contracts.admin.kit.columns import column, thousands
from contracts.admin.kit.fields import reason_field
from contracts.admin.kit.following import Rehearsal
from contracts.admin.kit.verb import Given, Verb
from contracts.admin.kit.verbs import ActingAdmin
from contracts.admin.kit.words import LISTED, MODELS

# The history names a decision's values, and leads to what it decided.
MODELS["held_settlement"] = HeldDecision
LISTED["held_settlement"] = (HeldSettlement, "target")


WAITING = "no"


class ReasonForm(forms.Form):
    """Why finance decides so."""

    reason = reason_field(_("理由"))


def _bill(row: HeldSettlement, given: Given, by: User) -> HeldDecision:
    return bill_held(row, by=by, on=clock.today(), **given)


def _waive(row: HeldSettlement, given: Given, by: User) -> HeldDecision:
    return waive_held(row, by=by, on=clock.today(), **given)


def _follows_bill(row: HeldSettlement, given: Given, rehearsal: Rehearsal) -> list[str]:
    said = {"yen": thousands(rehearsal.decided), "month": f"{rehearsal.next_month:%Y-%m}"}
    return [gettext("次に締める月（%(month)s）に、解除調定金%(yen)s円の明細ができます。後から取り消せません。") % said]


def _follows_waive(row: HeldSettlement, given: Given, rehearsal: Rehearsal) -> list[str]:
    amount = thousands(row.amount_yen)
    return [gettext("解除調定金%(yen)s円は請求しません。後から取り消せません。") % {"yen": amount}]


def _verb(name: str, label: Any, do: Any, follows: Any, done: Any, weight: str = "") -> Verb:
    return Verb(
        name=name,
        label=label,
        permission="billing.decide_heldsettlement",
        form=ReasonForm,
        do=do,
        done=done,
        clause="14-1",
        offered=can_be_decided,
        follows=follows,
        units=lambda row, given: [row.unit_id],
        weight=weight,
        # Either way it is said once and for good.
        second=lambda row, given, rehearsal: True,
    )


BILL = _verb("bill", _("請求する"), _bill, _follows_bill, _("請求することに決めました。"), "main")
WAIVE = _verb("waive", _("免除する"), _waive, _follows_waive, _("免除することに決めました。"))


def _decision(row: Any) -> HeldDecision | None:
    return getattr(row, "decided", None)


def _standing(row: Any) -> str:
    decided = _decision(row)
    if decided is not None:
        return str(decided.get_decision_display())
    if row.replaced or not row.amount_yen:
        return gettext("後の月の計算に置換え") if row.replaced else gettext("取消")
    return gettext("未決定") if row.month.closed_at else gettext("計算中")


def _of(name: str, label: Any) -> Any:
    return column(f"decided_{name}", label, lambda row: getattr(_decision(row), name, None))


STANDING = column("decision", _("決定"), _standing)
DECIDED = (STANDING, _of("reason", _("理由")), _of("decided_by", _("決定者")), _of("decided_on", _("決定日")))


NARROWING = ("month", "target", "unit", "customer", "q")
"""Parameters of addresses that ask for certain rows: of these all are shown, decided or not."""


class DecidedFilter(admin.SimpleListFilter):
    """What waits for finance's decision, which is what is shown first, whatever month it was held in; or what was decided."""

    title = _("決定")
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        self.narrowed = any(request.GET.get(name) for name in NARROWING)
        return [(WAITING, _("未決定")), ("billed", _("請求する")), ("waived", _("免除する")), (ALL, _("すべて"))]

    def choices(self, changelist: Any) -> Any:
        for code, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: code})
            yield {"selected": code == self._asked(), "query_string": query, "display": label}

    def _asked(self) -> str:
        return self.value() or (ALL if self.narrowed else WAITING)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self._asked()
        if asked == WAITING:
            return queryset.filter(WAITS)
        return queryset if asked == ALL else queryset.filter(decided__decision=asked)


@admin.register(HeldSettlement)
class HeldSettlementAdmin(ActingAdmin, LinesAdmin):
    """Settlements held for finance to decide on."""

    subject_path = "target__number"
    list_display = (MONTH, TARGET, UNIT, CUSTOMER, DAYS, AMOUNT, STANDING, CLAUSE, BASIS)
    list_select_related = ("month", "target", "unit", "customer", "decided")
    list_filter = (DecidedFilter, AnyMonthFilter, *LinesAdmin.list_filter[1:])
    fieldsets = (*LinesAdmin.fieldsets, (_("決定"), {"fields": DECIDED}))
    verbs = (BILL, WAIVE)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_later(super().get_queryset(request))
