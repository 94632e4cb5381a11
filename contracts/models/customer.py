"""契約者 and 管理単位."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.plain_code import plain_index


class Customer(models.Model):
    """契約者: the party to the contracts.

    ``name`` and ``kana`` are what it is called as of the last morning: where it was ever called otherwise they follow from its
    Name rows (contracts.facts.party_names), and papers of a day ask those.
    """

    code = models.CharField(_("契約者コード"), max_length=64, unique=True)
    name = models.CharField(_("契約者名"), max_length=255)
    kana = models.CharField(_("フリガナ"), max_length=255, blank=True, default="")

    class Meta:
        verbose_name = _("契約者")
        verbose_name_plural = _("契約者")
        indexes = [plain_index("code", "customer_code_plain")]
        constraints = [models.CheckConstraint(condition=~models.Q(code=""), name="customer_code_given")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ManagementUnit(models.Model):
    """管理単位: what eligibility (第7条) is judged on, and what a tier contract is for (第6条第1項). ``name`` is what it is called
    as of the last morning, as a customer's is.
    """

    code = models.CharField(_("管理単位コード"), max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("契約者"), related_name="units")
    name = models.CharField(_("管理単位名"), max_length=255)
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("営業担当"), related_name="+"
    )

    contracts_moved = models.BooleanField(
        _("移動の記録"), default=False, help_text=_("契約の移動が記録されたことがある")
    )
    """Whether a move of a contract into it or out of it was ever recorded: only then are moves asked for."""

    class Meta:
        verbose_name = _("管理単位")
        verbose_name_plural = _("管理単位")
        indexes = [plain_index("code", "unit_code_plain")]
        constraints = [models.CheckConstraint(condition=~models.Q(code=""), name="unit_code_given")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
