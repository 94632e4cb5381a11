"""帳票の書出し: the record of each, which is only ever added to."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

PG_FUNCTION = """
CREATE FUNCTION billing_refuse_export_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM billing_exportrecord) THEN RETURN NULL; END IF;
    RAISE EXCEPTION 'exports are only added: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'export_only_added';
END $$;
"""
POSTGRESQL = [
    PG_FUNCTION,
    "CREATE TRIGGER billing_exportrecord_kept BEFORE UPDATE OR DELETE ON billing_exportrecord "
    "FOR EACH ROW EXECUTE FUNCTION billing_refuse_export_change()",
    "CREATE TRIGGER billing_exportrecord_kept_whole BEFORE TRUNCATE ON billing_exportrecord "
    "FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_export_change()",
]
SQLITE = [
    "CREATE TRIGGER billing_exportrecord_kept_update BEFORE UPDATE ON billing_exportrecord "
    "BEGIN SELECT RAISE(ABORT, 'export_only_added'); END",
    "CREATE TRIGGER billing_exportrecord_kept_delete BEFORE DELETE ON billing_exportrecord "
    "BEGIN SELECT RAISE(ABORT, 'export_only_added'); END",
]


def guards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_proposals"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "report",
                    models.CharField(
                        choices=[
                            ("invoices", "請求一覧"),
                            ("lines", "請求明細"),
                            ("journal", "仕訳"),
                            ("settlements", "解除調定金一覧"),
                            ("reductions", "減額一覧"),
                            ("movements", "異動一覧"),
                            ("renewals", "更新期限一覧"),
                        ],
                        max_length=16,
                        verbose_name="帳票",
                    ),
                ),
                ("month", models.DateField(help_text="月の初日", verbose_name="月")),
                (
                    "filters",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="絞り込み",
                    ),
                ),
                (
                    "format",
                    models.CharField(choices=[("csv", "CSV"), ("xlsx", "Excel")], max_length=4, verbose_name="形式"),
                ),
                (
                    "encoding",
                    models.CharField(
                        blank=True,
                        choices=[("utf-8", "UTF-8"), ("cp932", "Shift_JIS (cp932)")],
                        max_length=8,
                        verbose_name="文字コード",
                    ),
                ),
                (
                    "headings",
                    models.CharField(
                        choices=[("ja", "日本語"), ("en", "機械用の符号")],
                        default="ja",
                        max_length=2,
                        verbose_name="見出し",
                    ),
                ),
                ("exported_by", models.CharField(max_length=150, verbose_name="書き出した人")),
                ("exported_at", models.DateTimeField(auto_now_add=True, verbose_name="書出し日時")),
                ("row_count", models.PositiveBigIntegerField(verbose_name="行数")),
                ("total_yen", models.BigIntegerField(blank=True, help_text="円、税抜", null=True, verbose_name="合計")),
                ("size", models.PositiveBigIntegerField(help_text="バイト", verbose_name="大きさ")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("facts_revision", models.PositiveBigIntegerField(verbose_name="事実の版")),
                (
                    "closed",
                    models.BooleanField(help_text="書き出した時に月が締められていたか", verbose_name="締めた月"),
                ),
                (
                    "again_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="again",
                        to="billing.exportrecord",
                        verbose_name="元の書出し",
                    ),
                ),
            ],
            options={
                "verbose_name": "帳票の書出し",
                "verbose_name_plural": "帳票の書出し",
                "permissions": [("export_report", "帳票を書き出す")],
                "indexes": [models.Index(fields=["month", "-id"], name="export_of_month")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="export_month_named_by_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("encoding__in", ["utf-8", "cp932"]), ("format", "csv")),
                            models.Q(("encoding", ""), ("format", "xlsx")),
                            _connector="OR",
                        ),
                        name="export_encoding_of_csv",
                    ),
                ],
            },
        ),
        migrations.RunPython(guards),
    ]
