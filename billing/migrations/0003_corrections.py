"""Lines name the policy they were computed under and what they correct; months are sealed by a hash; finance decides on what is held."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

GUARDS = import_module("billing.migrations.0002_guards")


def take_off_guards(apps, schema_editor):
    """SQLite changes a table by making it anew, which its triggers neither survive nor allow; billing.0005 puts them on again."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in GUARDS.sqlite():
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {statement.split()[2]}", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guards"),
    ]

    operations = [
        migrations.RunPython(take_off_guards),
        migrations.CreateModel(
            name="HeldDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "decision",
                    models.CharField(
                        choices=[("billed", "請求する"), ("waived", "免除する")], max_length=8, verbose_name="決定"
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("decided_by", models.CharField(max_length=150, verbose_name="決定者")),
                ("decided_on", models.DateField(verbose_name="決定日")),
            ],
            options={
                "verbose_name": "保留の決定",
                "verbose_name_plural": "保留の決定",
            },
        ),
        migrations.RemoveConstraint(
            model_name="heldsettlement",
            name="held_once",
        ),
        migrations.AddField(
            model_name="chargeline",
            name="corrects_fee",
            field=models.CharField(
                blank=True,
                choices=[
                    ("initial", "初期費用"),
                    ("monthly", "月額費用"),
                    ("one_time", "一時費用"),
                    ("settlement", "解除調定金"),
                    ("outage", "利用不能の減額"),
                    ("sla", "品質保証の減額"),
                    ("correction", "訂正"),
                ],
                db_default="",
                max_length=10,
                verbose_name="訂正する費目",
            ),
        ),
        migrations.AddField(
            model_name="chargeline",
            name="corrects_month",
            field=models.DateField(blank=True, help_text="月の初日", null=True, verbose_name="訂正する月"),
        ),
        migrations.AddField(
            model_name="chargeline",
            name="policy",
            field=models.CharField(
                default="2019-10", help_text="計算したときの財務設定", max_length=16, verbose_name="財務設定の版"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="heldsettlement",
            name="policy",
            field=models.CharField(
                default="2019-10", help_text="計算したときの財務設定", max_length=16, verbose_name="財務設定の版"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="month",
            name="entries_seen",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="締めた時の最後の履歴の番号。より新しい履歴は次の月の訂正になる",
                verbose_name="締めた時の履歴",
            ),
        ),
        migrations.AddField(
            model_name="month",
            name="sha256",
            field=models.CharField(
                blank=True, help_text="明細と前月のSHA-256から計算", max_length=64, verbose_name="締めのSHA-256"
            ),
        ),
        migrations.AddField(
            model_name="monthchunk",
            name="sha256",
            field=models.CharField(default="", max_length=64, verbose_name="明細のSHA-256"),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="chargeline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("fee", "correction")),
                fields=("target", "month", "corrects_month", "corrects_fee"),
                name="line_corrects_once_a_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrects_month__isnull", False),
                        ("fee", "correction"),
                        models.Q(("corrects_fee", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("fee", "correction"), _negated=True),
                        ("corrects_fee", ""),
                        ("corrects_month__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="line_correction_names_what_it_corrects",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldsettlement",
            constraint=models.UniqueConstraint(fields=("target", "month", "from_on"), name="held_once"),
        ),
        migrations.AddField(
            model_name="helddecision",
            name="held",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decided",
                to="billing.heldsettlement",
                verbose_name="保留した解除調定金",
            ),
        ),
        migrations.AddConstraint(
            model_name="helddecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["billed", "waived"])), name="held_decision_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="helddecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="held_decision_has_reason"
            ),
        ),
    ]
