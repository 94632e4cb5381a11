"""同意・前提: who consented to what, from when until when, on which document (第7条第3項〜第7項, 第17条第1項)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.choices import ASSENTS
from contracts.models.fact import Fact
from contracts.models.linked_service import LinkedService
from contracts.models.target import Contract


class Consent(Fact):
    """One consent or prerequisite, with its evidence: of a linked service, or (第17条第1項) of a tier contract.

    A row of the same kind and day as a date of the book is that date's evidence, and tells when it ended
    (contracts.terms.consents).
    """

    linked_service = models.ForeignKey(
        LinkedService, models.PROTECT, null=True, blank=True, verbose_name=_("対応サービス"), related_name="consents"
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, null=True, blank=True, verbose_name=_("契約番号"), related_name="consents"
    )
    assent = models.CharField(_("同意・前提"), max_length=24, choices=ASSENTS)
    given_on = models.DateField(_("同意日・開始日"))
    ends_on = models.DateField(_("終了日"), null=True, blank=True, help_text=_("この日まで有効"))
    given_by = models.CharField(_("同意した者"), max_length=255)
    document = models.CharField(_("文書番号"), max_length=255)
    ended_by_document = models.CharField(_("終了の文書番号"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("同意・前提")
        verbose_name_plural = _("同意・前提")
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(linked_service__isnull=False, contract__isnull=True) & ~Q(assent="own_premium_consent")
                | Q(linked_service__isnull=True, contract__isnull=False, assent="own_premium_consent"),
                name="consent_of_service_or_tier",
            ),
            models.UniqueConstraint(
                fields=["linked_service", "assent", "given_on"],
                condition=Q(linked_service__isnull=False, withdrawn_on__isnull=True),
                name="consent_of_service_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["contract", "given_on"],
                condition=Q(contract__isnull=False, withdrawn_on__isnull=True),
                name="consent_of_tier_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("given_on")), name="consent_ends_after_given"
            ),
            models.CheckConstraint(condition=~Q(document="") & ~Q(given_by=""), name="consent_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.get_assent_display()} {self.given_on}"
