"""前月との差: what of a proposed month differs from the month before, row by row, so that every figure of the proposal opens its rows."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.models.proposal import Proposal
from contracts.models import Customer, ManagementUnit, Target

KINDS = [("stays", _("続いている")), ("new", _("新しい")), ("gone", _("なくなった"))]


def _of(model: type[models.Model], label: Any) -> models.ForeignKey:  # type: ignore[type-arg]
    """A reference without a constraint or an index of its own: the rows are written with the month's computation, like lines."""
    return models.ForeignKey(
        model, models.PROTECT, verbose_name=label, related_name="+", db_constraint=False, db_index=False
    )


class ProposalDifference(models.Model):
    """One cause (``billing.terms.bridge.Cause``, or held: what is computed and held, and no part of the month) for which one contract or option comes to more or less than the month before.

    Of monthly fees one row a target, unit and cause: ``yen`` are the cause's, ``before_yen`` and ``now_yen`` all monthly fees of the
    target in either month. Of other fees one row a line of the proposed month. The rows of a cause add up to its part of the bridge.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, verbose_name=_("提案"), related_name="differences")
    customer = _of(Customer, _("契約者"))
    unit = _of(ManagementUnit, _("管理単位"))
    target = _of(Target, _("対象番号"))
    cause = models.CharField(_("原因"), max_length=18)
    kind = models.CharField(
        _("種類"), max_length=24, blank=True, help_text=_("カテゴリ、モジュール種別又はオプションのコード")
    )
    before_yen = models.BigIntegerField(_("前月の額"), default=0, help_text=_("円、税抜"))
    now_yen = models.BigIntegerField(_("この月の額"), default=0, help_text=_("円、税抜"))
    yen = models.BigIntegerField(_("差"), help_text=_("円、税抜"))
    price_before = models.BigIntegerField(_("前月の単価"), default=0, help_text=_("円、税抜"))
    price_now = models.BigIntegerField(_("この月の単価"), default=0, help_text=_("円、税抜"))
    basis = models.TextField(_("計算根拠"), blank=True)

    class Meta:
        verbose_name = _("提案の前月との差")
        verbose_name_plural = _("提案の前月との差")
        indexes = [
            models.Index(fields=["proposal", "cause", "yen"], name="difference_by_cause"),
            models.Index(fields=["proposal", "customer"], name="difference_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.cause} {self.yen}"


class ProposalCustomer(models.Model):
    """One customer of a proposed month who comes to another amount than in the month before, to nothing, or to less than nothing."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, verbose_name=_("提案"), related_name="customers")
    customer = _of(Customer, _("契約者"))
    kind = models.CharField(_("前月と比べて"), max_length=5, choices=KINDS)
    before_yen = models.BigIntegerField(_("前月の額"), help_text=_("円、税抜"))
    now_yen = models.BigIntegerField(_("この月の額"), help_text=_("円、税抜"))
    yen = models.BigIntegerField(_("差"), help_text=_("円、税抜"))

    class Meta:
        verbose_name = _("提案の契約者ごとの差")
        verbose_name_plural = _("提案の契約者ごとの差")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "customer"], name="proposal_customer_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[code for code, _name in KINDS]), name="proposal_customer_kind"
            ),
        ]
        indexes = [models.Index(fields=["proposal", "yen"], name="customers_by_difference")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.yen}"
