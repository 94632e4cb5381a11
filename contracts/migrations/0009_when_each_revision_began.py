"""When each revision of the facts began. For what is on record already it is told by the facts' own stamps."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.db import migrations, models
from django.db.models import Min
from django.utils import timezone

FACTS = ("billingstart", "change", "notice", "price", "consent", "linkedservicestate", "outage", "breach")
ROWS_AT_ONCE = 2000


def tell_from_stamps(apps: Any, schema_editor: Any) -> None:
    """A revision began no later than the first row recorded in it; one that only withdrew, on the day that it names."""
    began: dict[int, datetime] = {}
    for name in FACTS:
        rows = apps.get_model("contracts", name)._base_manager.order_by()
        for revision, at in rows.values_list("recorded_in").annotate(at=Min("recorded_at")):
            began[revision] = min(began.get(revision, at), at)
    for name in FACTS:
        rows = apps.get_model("contracts", name)._base_manager.exclude(withdrawn_in=None).order_by()
        for revision, day in rows.values_list("withdrawn_in").annotate(day=Min("withdrawn_on")):
            began.setdefault(revision, timezone.make_aware(datetime.combine(day, time(12))))
    moments = apps.get_model("contracts", "revisionmoment")
    rows = [moments(revision=revision, at=at) for revision, at in sorted(began.items())]
    moments.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    # What is stamped with the moment of its writing is stamped anew: put back what it was.
    for some in _batches(rows, began):
        moments.objects.bulk_update(some, ["at"], batch_size=ROWS_AT_ONCE)


def _batches(rows: list[Any], began: dict[int, datetime]) -> Iterable[list[Any]]:
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first : first + ROWS_AT_ONCE]
        for row in some:
            row.at = began[row.revision]
        yield some


class Migration(migrations.Migration):
    dependencies = [("contracts", "0008_transfers")]

    operations = [
        migrations.CreateModel(
            name="RevisionMoment",
            fields=[
                (
                    "revision",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="版"),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
            ],
            options={
                "verbose_name": "版の日時",
                "verbose_name_plural": "版の日時",
                "indexes": [models.Index(fields=["at"], name="revision_moment_at")],
            },
        ),
        migrations.RunPython(tell_from_stamps, migrations.RunPython.noop),
    ]
