"""Which facts stand: a number that every writing operation moves on, and the books that were taken in."""

from datetime import datetime

from django.db import connection, models
from django.utils.translation import gettext_lazy as _


class FactsRevision(models.Model):
    """One row that counts the writes of facts. What was computed under another number may be stale."""

    revision = models.PositiveBigIntegerField(_("版"), default=0)

    class Meta:
        verbose_name = _("事実の版")
        verbose_name_plural = _("事実の版")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="facts_revision_one_row")]

    def __str__(self) -> str:
        return str(self.revision)

    @classmethod
    def current(cls) -> int:
        """The number under which facts stand now; 0 before anything was written."""
        return cls.objects.filter(pk=1).values_list("revision", flat=True).first() or 0

    @classmethod
    def hold(cls, *, wait: bool = True) -> None:
        """Keep facts from being written until the transaction ends: what is worked out from them stays true to its end.

        Without ``wait`` it raises OperationalError where others are writing facts.
        """
        held = cls.objects.select_for_update(no_key=True, nowait=not wait).filter(pk=1)
        if held.first() is None:
            cls.objects.get_or_create(pk=1)
            held.get()

    @classmethod
    def advance(cls) -> int:
        """Move the number on; to be called in the transaction that writes facts, which it also puts in a row."""
        revision = cls._moved_on()
        if not revision:
            # Before anything was written there is no row. Somebody else may be making it at this moment: they are waited for.
            FactsRevision.objects.bulk_create([FactsRevision(pk=1)], ignore_conflicts=True)
            revision = cls._moved_on()
        RevisionMoment.objects.create(revision=revision)
        return revision

    @classmethod
    def _moved_on(cls) -> int:
        """The number, moved on; 0 where there is no row yet. Its row is locked from then on: nobody moves it before it is read."""
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_ON)
            if not cursor.rowcount:
                return 0
            cursor.execute(_MOVED_TO)
            (revision,) = cursor.fetchone()
        return int(revision)


# RETURNING would do both, which SQLite knows from 3.35 on: Django asks for less.
_MOVE_ON = 'UPDATE "contracts_factsrevision" SET revision = revision + 1 WHERE id = 1'
_MOVED_TO = 'SELECT revision FROM "contracts_factsrevision" WHERE id = 1'


class RevisionMoment(models.Model):
    """版の日時: when a revision of the facts began. By it what was known on a day is told as of a revision."""

    revision = models.PositiveBigIntegerField(_("版"), primary_key=True)
    at = models.DateTimeField(_("日時"), auto_now_add=True)

    class Meta:
        verbose_name = _("版の日時")
        verbose_name_plural = _("版の日時")
        indexes = [models.Index(fields=["at"], name="revision_moment_at")]

    def __str__(self) -> str:
        return f"{self.revision} {self.at}"

    @classmethod
    def until(cls, moment: datetime) -> int:
        """The last revision that began before a moment; 0 where none had."""
        found = cls.objects.filter(at__lt=moment).order_by("-at", "-revision")
        return found.values_list("revision", flat=True).first() or 0


class BookImport(models.Model):
    """台帳の取込: which book was taken in, when, by whom, and how many rows were new."""

    name = models.CharField(_("ファイル名"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    imported_at = models.DateTimeField(_("取込日時"), auto_now_add=True)
    imported_by = models.CharField(_("取込者"), max_length=150)
    rows_added = models.PositiveIntegerField(_("追加した行数"))
    rows_known = models.PositiveIntegerField(_("既にあった行数"))
    warnings = models.JSONField(_("警告"), default=list)

    class Meta:
        verbose_name = _("台帳の取込")
        verbose_name_plural = _("台帳の取込")

    def __str__(self) -> str:
        return f"{self.name} {self.imported_at}"
