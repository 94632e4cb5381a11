"""送信: each form that wrote something, by its one-time key. The same form sent twice is found here, and writes once."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Submission(models.Model):
    """One form that was sent: its key, whose it was, and the page that what it wrote led to.

    Stored in the transaction of what it wrote (contracts.operations.submissions), so that neither is there without the other.
    """

    key = models.CharField(_("鍵"), max_length=36, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("送信者"), related_name="+")
    led_to = models.CharField(_("記録したものの画面"), max_length=2000, blank=True)
    at = models.DateTimeField(_("日時"), auto_now_add=True)

    class Meta:
        verbose_name = _("送信")
        verbose_name_plural = _("送信")
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="submission_key_given")]

    def __str__(self) -> str:
        return self.key
