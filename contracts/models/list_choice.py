"""一覧の選択: how a person last narrowed and sorted a list."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListChoice(models.Model):
    """What a person chose of a list: filters and order, as the list's address says them. Found there again at the
    next visit. By the name of the log-in: who is deleted is not asked for by it.
    """

    person = models.CharField(_("利用者"), max_length=150)
    list = models.CharField(_("一覧"), max_length=64)
    query = models.CharField(_("選択"), max_length=500)

    class Meta:
        verbose_name = _("一覧の選択")
        verbose_name_plural = _("一覧の選択")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "list"], name="list_choice_one_a_person")]

    def __str__(self) -> str:
        return f"{self.list} {self.query}"
