"""利用不能 and 品質保証の違背: what a customer may claim a reduction for, its claim and what was decided on it (第11条, 第15条)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import CLAIM_DECISIONS, FAULTS, GUARANTEES, INCIDENT_SOURCES
from contracts.models.fact import Fact
from contracts.models.target import Contract
from contracts.terms.art15_claims import EXCUSED, Responsibility

GRANTED = (Q(decision="granted") | Q(source="", decision="", claimed_on__isnull=False)) & ~Q(
    fault__in=[fault.value for fault in EXCUSED]
)
"""Claims that reduce fees: those granted, and those of the book, which was decided outside; never where 11-2 excuses."""


class Incident(Fact):
    """What an outage and a breach have in common. ``source`` is '' for a row of the book whose claim was settled outside.

    ``event`` joins the records of one event that struck several contracts: the revision in which it was recorded.
    """

    source = models.CharField(_("記録の由来"), max_length=8, choices=INCIDENT_SOURCES, blank=True)
    fault = models.CharField(_("帰責"), max_length=12, choices=FAULTS, blank=True)
    fault_reason = models.CharField(_("帰責の理由"), max_length=500, blank=True)
    claimed_on = models.DateField(_("請求日"), null=True, blank=True)
    claim_document = models.CharField(_("請求の文書番号"), max_length=255, blank=True)
    decision = models.CharField(_("認否"), max_length=8, choices=CLAIM_DECISIONS, blank=True)
    decision_reason = models.CharField(_("認否の理由"), max_length=500, blank=True)
    decided_by = models.CharField(_("決定者"), max_length=150, blank=True)
    decided_on = models.DateField(_("決定日"), null=True, blank=True)
    event = models.PositiveBigIntegerField(_("事象"), null=True, blank=True)

    class Meta:
        abstract = True
        indexes = [
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="%(class)s_of_event"),
        ]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(fault="") | Q(fault__in=[fault.value for fault in Responsibility]) & ~Q(fault_reason=""),
                name="%(class)s_fault_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True)
                | Q(decision__in=["granted", "refused"], claimed_on__isnull=False, decided_on__isnull=False)
                & ~Q(decided_by=""),
                name="%(class)s_decision_on_claim",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refused") | ~Q(decision_reason=""), name="%(class)s_refused_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(decision="granted") | Q(fault=Responsibility.COMPANY.value),
                name="%(class)s_granted_for_fault",
            ),
            models.CheckConstraint(condition=Q(source__in=["", "recorded"]), name="%(class)s_source_known"),
        ]


class Outage(Incident):
    """利用不能: from when the company knew of it to restoration (第15条第1項); not restored while it lasts."""

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="outages")
    known_at = models.DateTimeField(_("覚知日時"))
    restored_at = models.DateTimeField(_("復旧日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("利用不能")
        verbose_name_plural = _("利用不能")
        permissions = [("decide_claim", "減額の請求を認めるか決める")]
        indexes = Incident.Meta.indexes
        constraints = [
            *Incident.Meta.constraints,
            models.UniqueConstraint(
                fields=["contract", "known_at"], condition=Q(withdrawn_on__isnull=True), name="outage_known_once"
            ),
            models.CheckConstraint(condition=Q(restored_at__gte=F("known_at")), name="outage_restored_after_known"),
            models.CheckConstraint(
                condition=Q(restored_at__isnull=False)
                | ~Q(decision="granted") & (Q(claimed_on__isnull=True) | ~Q(source="")),
                name="outage_granted_once_restored",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.known_at}"


class Breach(Incident):
    """品質保証の違背 of one guarantee (第11条, 第15条第2項), with what was measured."""

    contract = models.ForeignKey(Contract, models.PROTECT, verbose_name=_("契約番号"), related_name="breaches")
    guarantee = models.CharField(_("保証事項"), max_length=16, choices=GUARANTEES)
    occurred_at = models.DateTimeField(_("発生日時"))
    measured_percent = models.DecimalField(_("稼働率（%）"), max_digits=5, decimal_places=2, null=True, blank=True)
    detected_at = models.DateTimeField(_("検知日時"), null=True, blank=True)
    notified_at = models.DateTimeField(_("通知日時"), null=True, blank=True)

    class Meta:
        verbose_name = _("品質保証の違背")
        verbose_name_plural = _("品質保証の違背")
        indexes = Incident.Meta.indexes
        constraints = [
            *Incident.Meta.constraints,
            models.UniqueConstraint(
                fields=["contract", "guarantee", "occurred_at"],
                condition=Q(withdrawn_on__isnull=True),
                name="breach_occurred_once",
            ),
            models.CheckConstraint(
                condition=Q(guarantee__in=["uptime", "notification"]), name="breach_guarantee_known"
            ),
            models.CheckConstraint(
                condition=Q(measured_percent__isnull=True)
                | Q(guarantee="uptime", measured_percent__gte=0, measured_percent__lt=100),
                name="breach_uptime_below",
            ),
            models.CheckConstraint(
                condition=Q(detected_at__isnull=True, notified_at__isnull=True)
                | Q(guarantee="notification", detected_at__isnull=False, notified_at__isnull=False)
                & Q(notified_at__gt=F("detected_at")),
                name="breach_notified_late",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.occurred_at}"
