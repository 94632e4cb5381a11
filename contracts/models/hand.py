"""関わった人: who had a hand in what waits for another person's decision, and who set whose password."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

HANDS = [
    ("application", _("申込")),
    ("proposal", _("月次の提案")),
    ("book", _("台帳の持込")),
    ("asked", _("確認待ちの操作")),
]


class Hand(models.Model):
    """One person who drafted, edited, received or corrected a record before its decision. Rows are only ever added.

    ``number`` is the primary key of the record, whose kind is ``record``; ``did`` is the verb.
    """

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    record = models.CharField(_("記録の種別"), max_length=16, choices=HANDS)
    number = models.PositiveBigIntegerField(_("記録の番号"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("関わった人"), related_name="+")
    did = models.CharField(_("行ったこと"), max_length=16)

    class Meta:
        verbose_name = _("関わった人")
        verbose_name_plural = _("関わった人")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["record", "number", "person", "did"], name="hand_once"),
            models.CheckConstraint(
                condition=models.Q(record__in=[code for code, _name in HANDS]), name="hand_record_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.number} {self.person} {self.did}"


class PasswordSet(models.Model):
    """A password that was set: by its person, or by another, who could then have been that person. Rows are only ever added."""

    at = models.DateTimeField(_("日時"), auto_now_add=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("利用者"), related_name="+")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("設定した人"), related_name="+")

    class Meta:
        verbose_name = _("パスワードの設定")
        verbose_name_plural = _("パスワードの設定")
        default_permissions = ()
        indexes = [models.Index(fields=["person", "-id"], name="password_set_of_person")]

    def __str__(self) -> str:
        return f"{self.person} {self.set_by} {self.at:%Y-%m-%d %H:%M}"
