from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def number_of_licences(apps, schema_editor):
    """Of each 期間ライセンス the licences for which it was concluded."""
    option, target = apps.get_model("contracts", "Option"), apps.get_model("contracts", "Target")
    concluded = option.objects.filter(target=OuterRef("pk")).values("quantity")
    of_term = option.objects.filter(licence_type="term").values("target")
    target.objects.filter(pk__in=of_term).update(term_licences=Subquery(concluded))


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0019_who_may_confirm"),
    ]

    operations = [
        migrations.AddField(
            model_name="target",
            name="term_licences",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="期間ライセンスを申し込んだ数（第10条第2項第8号）",
                null=True,
                verbose_name="期間ライセンスの数",
            ),
        ),
        migrations.RunPython(number_of_licences, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="target",
            index=models.Index(fields=["billing_starts_on", "id", "ends_on"], name="target_began"),
        ),
        migrations.AddIndex(
            model_name="target",
            index=models.Index(
                condition=Q(ends_on__isnull=False),
                fields=["ends_on", "id", "billing_starts_on"],
                name="target_ended",
            ),
        ),
        migrations.AddIndex(
            model_name="target",
            index=models.Index(
                condition=Q(term_licences__isnull=False),
                fields=["billing_starts_on", "id", "ends_on", "term_licences", "number"],
                name="target_renews",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=Q(withdrawn_on__isnull=True),
                fields=["effective_on", "target", "what"],
                name="change_takes_effect",
            ),
        ),
    ]
