"""検索の索引: by what the names of customers and units are found."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.plain_code import Bytewise


class NameKey(models.Model):
    """A key of a name (contracts.facts.folding.tails): a name from one of its letters on, so that part of it is the beginning of a key.

    Derived, written by contracts.facts.name_keys in the transaction of the names, and checked by ``check_ledger``. ``of`` is the
    id of the customer or of the unit that is, or was, called so; ``place`` is 0 where the name begins with the key.
    """

    kind = models.CharField(_("区分"), max_length=8, choices=[("customer", _("契約者")), ("unit", _("管理単位"))])
    of = models.PositiveBigIntegerField(_("記録番号"))
    place = models.PositiveSmallIntegerField(_("位置"))
    key = models.CharField(_("検索の鍵"), max_length=24)

    class Meta:
        verbose_name = _("検索の索引")
        verbose_name_plural = _("検索の索引")
        default_permissions = ()
        indexes = [
            models.Index("kind", Bytewise("key"), "place", "of", name="name_key_found"),
            models.Index(fields=["kind", "of"], name="name_key_of"),
        ]

    def __str__(self) -> str:
        return self.key
