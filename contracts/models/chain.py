"""履歴の鎖: each entry of the history hashed with the one before it, and what each row said when it was last checked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class EntryLink(models.Model):
    """One link: the entry at a place of the chain, and the hash over the link before, the place and all that the entry says.

    Links stand in the order in which entries were found committed (contracts.facts.chain), not in that of their numbers. The
    database refuses to change or delete one.
    """

    position = models.PositiveBigIntegerField(_("鎖の位置"), primary_key=True)
    entry = models.PositiveBigIntegerField(_("履歴の番号"), unique=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("履歴の鎖")
        verbose_name_plural = _("履歴の鎖")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.position} {self.sha256}"


class ChainHead(models.Model):
    """The last link. One row, and the lock of whoever adds links; it only ever moves on.

    ``swept_to``: every entry up to that number is linked, or was rolled back.
    """

    position = models.PositiveBigIntegerField(_("鎖の位置"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    swept_to = models.PositiveBigIntegerField(_("調べ終えた履歴の番号"), default=0)

    class Meta:
        verbose_name = _("履歴の鎖の末尾")
        verbose_name_plural = _("履歴の鎖の末尾")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="chain_head_one_row")]

    def __str__(self) -> str:
        return f"{self.position} {self.sha256}"


class RowMarks(models.Model):
    """What the rows of a block of a table said when they were last checked: some bytes of a hash each, by the place in the block.

    ``what`` names the table, and which of its columns are meant (contracts.facts.marks).
    """

    what = models.CharField(_("表と列"), max_length=80)
    block = models.PositiveBigIntegerField(_("範囲"))
    marks = models.BinaryField(_("控え"))

    class Meta:
        verbose_name = _("行の控え")
        verbose_name_plural = _("行の控え")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["what", "block"], name="row_marks_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.block}"
