"""A part of a proposal says from where to where it goes: processes beside each other leave gaps until all are done."""

from typing import Any

from django.db import migrations, models
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce


def one_after_the_other(apps: Any, schema_editor: Any) -> None:
    """Until now each part began where the one before it ended."""
    parts = apps.get_model("billing", "ProposalPart").objects
    before = parts.filter(proposal=OuterRef("proposal"), last_unit__lt=OuterRef("last_unit")).order_by()
    ends = before.values("proposal").annotate(end=Max("last_unit")).values("end")
    for part in parts.annotate(begins=Coalesce(Subquery(ends), 0)).only("pk"):
        parts.filter(pk=part.pk).update(after_unit=part.begins)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0006_invoices_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="proposalpart",
            name="after_unit",
            field=models.BigIntegerField(default=0, verbose_name="この管理単位の次から"),
            preserve_default=False,
        ),
        migrations.RunPython(one_after_the_other, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="proposalpart", name="proposal_part_once"),
        migrations.AddConstraint(
            model_name="proposalpart",
            constraint=models.UniqueConstraint(fields=("proposal", "after_unit"), name="proposal_part_once"),
        ),
    ]
