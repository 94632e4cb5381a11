"""利用不能 and 品質保証の違背: recorded, their claims received and decided, each with the reduction that it would come to."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.admin.incident.claims import of_claims
from billing.admin.incident.columns import (
    BREACH_COLUMNS,
    CLAIMED_ON,
    CONTRACT,
    DEADLINE,
    FAULT,
    GUARANTEE,
    KNOWN,
    OCCURRED,
    OUTAGE_COLUMNS,
    RESTORED,
    SAFE,
    STANDING,
    UNIT,
)
from billing.admin.incident.corrections import OF_BREACHES, OF_OUTAGES
from billing.admin.incident.filters import ClaimFilter
from billing.admin.incident.verbs import RECORD_NOTIFICATION, RECORD_OUTAGE, RECORD_UPTIME, RESTORE
from billing.admin.incident.would import stands, would
from contracts.admin.kit.base import OfTargetAdmin, Related, by_code
from contracts.admin.kit.columns import Column, column, day, moment, plain
from contracts.admin.kit.search import FINDS
from contracts.admin.kit.verbs import ActingAdmin
from contracts.judge.claims import GRANTED
from contracts.models import Breach, Outage

WOULD = column("would", _("認めた場合の減額（円）"), would)
CAME_TO = column("granted", _("認めた減額（円）"), would)
FAULT_FIELDS = (FAULT, plain("fault_reason", _("帰責の理由")))
CLAIM_FIELDS = (STANDING, DEADLINE, SAFE, CLAIMED_ON, plain("claim_document", _("請求の文書番号")))
DECIDED_FIELDS = (
    WOULD,
    plain("decision_reason", _("認否の理由")),
    plain("decided_by", _("決定者")),
    day("decided_on", _("決定日")),
)


def _fieldsets(*own: Any) -> Any:
    return (
        (None, {"fields": (CONTRACT, UNIT, *own)}),
        (_("帰責"), {"fields": FAULT_FIELDS}),
        (_("減額の請求"), {"fields": CLAIM_FIELDS}),
        (_("減額"), {"fields": DECIDED_FIELDS}),
    )


class OfContractAdmin(ActingAdmin, OfTargetAdmin):
    """Facts about a contract."""

    subject_path = "contract__target__number"
    target_path = "contract"
    number_path = "contract__target__number"
    whose_path = "contract__target__unit__customer__name"
    list_select_related = ("contract__target__unit__customer",)
    search_fields = ("contract__target__number",)
    search_help_text = FINDS
    of_event: Sequence[Column] = ()
    """The columns of the other records of an event, on the page of one of them."""

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Of a claim that was granted, here or where the book comes from, the reduction is no longer what it would come to."""
        found: Any = super().get_fieldsets(request, obj)
        if obj is None or (obj.decision != "granted" and stands(obj) != GRANTED):
            return found
        return [(title, {"fields": [CAME_TO if one is WOULD else one for one in of["fields"]]}) for title, of in found]

    def related(self, row: Any) -> list[Related]:
        """The other contracts that the event struck: they can be judged, claimed and decided with this one."""
        if row.event is None or not row.stands:
            return []
        others = self.model.objects.standing().filter(event=row.event).exclude(pk=row.pk)
        others = others.select_related(*self.list_select_related).prefetch_related("contract__outages")
        if not others.exists():
            return []
        return [Related(others.order_by("contract__target__number"), self.of_event, heading=_("同じ事象の契約"))]


@admin.register(Outage)
class OutageAdmin(OfContractAdmin):
    """Outages, newest first."""

    beside = OUTAGE_COLUMNS
    of_event = (OUTAGE_COLUMNS[0], CONTRACT, UNIT, FAULT, CLAIMED_ON, STANDING)
    lists_standing = True
    list_display = (KNOWN, CONTRACT, UNIT, RESTORED, FAULT, CLAIMED_ON, DEADLINE, STANDING)
    list_filter = (ClaimFilter, "fault", by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = _fieldsets(KNOWN, RESTORED)
    general_verbs = (RECORD_OUTAGE,)
    verbs = (RESTORE, *of_claims("contracts.change_outage"), *OF_OUTAGES)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the other outages of each contract: the hours of a state count together (I-38)."""
        return super().get_queryset(request).prefetch_related("contract__outages")


@admin.register(Breach)
class BreachAdmin(OfContractAdmin):
    """Breaches of a guarantee, newest first."""

    beside = BREACH_COLUMNS
    of_event = (BREACH_COLUMNS[0], CONTRACT, UNIT, FAULT, CLAIMED_ON, STANDING)
    lists_standing = True
    list_display = (OCCURRED, CONTRACT, UNIT, GUARANTEE, FAULT, CLAIMED_ON, DEADLINE, STANDING)
    list_filter = ("guarantee", ClaimFilter, "fault", by_code("contract", _("契約番号"), "contract__target__number"))
    fieldsets = _fieldsets(
        OCCURRED,
        GUARANTEE,
        plain("measured_percent", _("稼働率（%）")),
        moment("detected_at", _("検知日時")),
        moment("notified_at", _("通知日時")),
    )
    general_verbs = (RECORD_UPTIME, RECORD_NOTIFICATION)
    verbs = (*of_claims("contracts.change_breach"), *OF_BREACHES)
