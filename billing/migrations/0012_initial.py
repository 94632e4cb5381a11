"""The tables of bills as the migrations up to 0012 left them: an installation begins with them, one that had those goes on."""

import django.core.serializers.json
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from contracts.models.plain_code import plain_index

REPLACED = (
    "0001_initial",
    "0002_lines_by_month",
    "0003_moved_units",
    "0004_sums_are_kept",
    "0005_lines_and_invoices_of_two_customers",
    "0006_invoices_found",
    "0007_parts_by_their_beginning",
    "0009_journals_of_packages",
    "0010_whom_we_bill",
    "0011_the_months_ahead",
    "0012_documents_are_kept",
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("billing", name) for name in REPLACED]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("contracts", "0014_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32, unique=True, verbose_name="グループコード")),
                ("addressee", models.CharField(max_length=255, verbose_name="請求書の宛名")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billing_groups",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
            ],
            options={
                "verbose_name": "請求先グループ",
                "verbose_name_plural": "請求先グループ",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), _negated=True), models.Q(("addressee", ""), _negated=True)
                        ),
                        name="billing_group_named",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingGroupUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="billing.billinggroup",
                        verbose_name="請求先グループ",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billing_groups",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                ("from_on", models.DateField(blank=True, help_text="空欄は初めから", null=True, verbose_name="開始日")),
                (
                    "recorded_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="記録日時"),
                ),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="billing.billinggroupunit",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "until_on",
                    models.DateField(blank=True, help_text="空欄は期限なし", null=True, verbose_name="終了日の翌日"),
                ),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
            ],
            options={
                "verbose_name": "グループの管理単位",
                "verbose_name_plural": "グループの管理単位",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_by", None), ("withdrawn_in", None), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_in__gte", models.F("recorded_in")),
                                ("withdrawn_in__isnull", False),
                                ("withdrawn_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_billinggroupunit_stands_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_on__isnull", True),
                            ("until_on__isnull", True),
                            ("until_on__gt", models.F("from_on")),
                            _connector="OR",
                        ),
                        name="billing_group_unit_lasts",
                    ),
                ],
            },
        ),
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
                            ("forecast", "見通しの明細"),
                            ("mrr", "MRRの増減"),
                            ("coming", "先の出来事"),
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
                ("sha256", models.CharField(max_length=64, verbose_name="ファイルのSHA-256")),
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
        migrations.CreateModel(
            name="Month",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="月の初日", unique=True, verbose_name="月")),
                (
                    "facts_revision",
                    models.PositiveBigIntegerField(help_text="明細を計算したときの版", verbose_name="事実の版"),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="締め日時")),
                ("closed_by", models.CharField(blank=True, max_length=150, verbose_name="締めた人")),
                ("left_out", models.JSONField(blank=True, default=list, verbose_name="除外した対象")),
                ("line_count", models.PositiveBigIntegerField(default=0, verbose_name="明細数")),
                ("total_yen", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="合計")),
                (
                    "entries_seen",
                    models.PositiveBigIntegerField(
                        default=0,
                        help_text="締めた時の最後の履歴の番号。より新しい履歴は次の月の訂正になる",
                        verbose_name="締めた時の履歴",
                    ),
                ),
                (
                    "sha256",
                    models.CharField(
                        blank=True, help_text="明細と前月のSHA-256から計算", max_length=64, verbose_name="締めのSHA-256"
                    ),
                ),
            ],
            options={
                "verbose_name": "月次",
                "verbose_name_plural": "月次",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="month_named_by_first_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="HeldSettlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fee",
                    models.CharField(
                        choices=[
                            ("initial", "初期費用"),
                            ("monthly", "月額費用"),
                            ("one_time", "一時費用"),
                            ("settlement", "解除調定金"),
                            ("outage", "利用不能の減額"),
                            ("sla", "品質保証の減額"),
                            ("correction", "訂正"),
                        ],
                        max_length=10,
                        verbose_name="費目",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="開始日")),
                ("to_on", models.DateField(verbose_name="終了日")),
                ("quantity", models.PositiveIntegerField(verbose_name="数量")),
                ("unit_price_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="単価")),
                ("amount_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="金額")),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("taxable", "課税"),
                            ("taxable_return", "課税（対価の返還）"),
                            ("out_of_scope", "不課税"),
                        ],
                        max_length=16,
                        verbose_name="税区分",
                    ),
                ),
                ("clause", models.CharField(max_length=16, verbose_name="条項")),
                ("basis", models.TextField(verbose_name="計算根拠")),
                ("cause", models.CharField(max_length=64, verbose_name="発生事由")),
                (
                    "policy",
                    models.CharField(help_text="計算したときの経理方針", max_length=16, verbose_name="経理方針の版"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="held",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
            ],
            options={
                "verbose_name": "保留した解除調定金",
                "verbose_name_plural": "保留した解除調定金",
                "permissions": [("decide_heldsettlement", "保留した解除調定金を請求又は免除する")],
                "constraints": [models.UniqueConstraint(fields=("target", "month", "from_on"), name="held_once")],
            },
        ),
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
                (
                    "held",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided",
                        to="billing.heldsettlement",
                        verbose_name="保留した解除調定金",
                    ),
                ),
            ],
            options={
                "verbose_name": "保留の決定",
                "verbose_name_plural": "保留の決定",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["billed", "waived"])), name="held_decision_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="held_decision_has_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=32, unique=True, verbose_name="請求書番号")),
                ("addressee", models.CharField(max_length=255, verbose_name="宛名")),
                ("issuer", models.CharField(max_length=255, verbose_name="発行者")),
                ("registration", models.CharField(max_length=14, verbose_name="登録番号")),
                ("issued_on", models.DateField(verbose_name="発行日")),
                ("due_on", models.DateField(verbose_name="お支払期限")),
                ("line_count", models.PositiveIntegerField(verbose_name="明細数")),
                ("out_of_scope_yen", models.BigIntegerField(verbose_name="不課税の額")),
                ("tax_yen", models.BigIntegerField(verbose_name="消費税額")),
                ("total_yen", models.BigIntegerField(help_text="円、税込", verbose_name="請求金額")),
                ("policy", models.CharField(max_length=16, verbose_name="経理方針の版")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.billinggroup",
                        verbose_name="請求先グループ",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="入金日")),
                ("paper", models.JSONField(default=dict, verbose_name="記載した宛先と発行者")),
                (
                    "sending",
                    models.CharField(
                        choices=[("post", "郵送"), ("mail", "メール"), ("other", "その他")],
                        default="post",
                        max_length=8,
                        verbose_name="送付方法",
                    ),
                ),
                ("sent_on", models.DateField(blank=True, null=True, verbose_name="送付日")),
            ],
            options={
                "verbose_name": "請求書",
                "verbose_name_plural": "請求書",
                "permissions": [("issue_invoice", "請求書を発行する")],
                "indexes": [
                    models.Index(fields=["month", "number"], name="invoice_of_month"),
                    plain_index("number", "invoice_number_plain"),
                    models.Index(fields=["issued_on", "id"], name="invoice_by_day"),
                    models.Index(fields=["total_yen", "id"], name="invoice_by_amount"),
                    models.Index(
                        condition=models.Q(("paid_on__isnull", True)), fields=["due_on", "id"], name="invoice_unpaid"
                    ),
                    models.Index(
                        condition=models.Q(("sent_on__isnull", True)), fields=["number"], name="invoice_unsent"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", True)),
                        fields=("month", "customer"),
                        name="invoice_once_a_customer",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", False)),
                        fields=("month", "group"),
                        name="invoice_once_a_group",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("registration__startswith", "T")), name="invoice_registered"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("percent", models.PositiveSmallIntegerField(verbose_name="税率")),
                ("taxable_yen", models.BigIntegerField(verbose_name="課税対象額")),
                ("returned_yen", models.BigIntegerField(verbose_name="対価の返還額")),
                ("tax_yen", models.BigIntegerField(verbose_name="消費税額")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rates", to="billing.invoice"
                    ),
                ),
            ],
            options={
                "verbose_name": "税率ごとの額",
                "verbose_name_plural": "税率ごとの額",
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "percent"), name="invoice_rate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("returned_yen__lte", 0)), name="invoice_returns_not_above_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, verbose_name="管理単位コード")),
                ("name", models.CharField(max_length=255, verbose_name="管理単位名")),
                ("lines", models.JSONField(default=list, verbose_name="記載した明細")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="units", to="billing.invoice"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.managementunit"
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.month"
                    ),
                ),
                ("order_number", models.CharField(blank=True, default="", max_length=64, verbose_name="注文番号")),
            ],
            options={
                "verbose_name": "請求書の管理単位",
                "verbose_name_plural": "請求書の管理単位",
                "constraints": [models.UniqueConstraint(fields=("invoice", "unit"), name="invoice_unit_once")],
            },
        ),
        migrations.CreateModel(
            name="ChargeLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "fee",
                    models.CharField(
                        choices=[
                            ("initial", "初期費用"),
                            ("monthly", "月額費用"),
                            ("one_time", "一時費用"),
                            ("settlement", "解除調定金"),
                            ("outage", "利用不能の減額"),
                            ("sla", "品質保証の減額"),
                            ("correction", "訂正"),
                        ],
                        max_length=10,
                        verbose_name="費目",
                    ),
                ),
                ("from_on", models.DateField(verbose_name="開始日")),
                ("to_on", models.DateField(verbose_name="終了日")),
                ("quantity", models.PositiveIntegerField(verbose_name="数量")),
                ("unit_price_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="単価")),
                ("amount_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="金額")),
                (
                    "tax_category",
                    models.CharField(
                        choices=[
                            ("taxable", "課税"),
                            ("taxable_return", "課税（対価の返還）"),
                            ("out_of_scope", "不課税"),
                        ],
                        max_length=16,
                        verbose_name="税区分",
                    ),
                ),
                ("clause", models.CharField(max_length=16, verbose_name="条項")),
                ("basis", models.TextField(verbose_name="計算根拠")),
                ("cause", models.CharField(max_length=64, verbose_name="発生事由")),
                (
                    "policy",
                    models.CharField(help_text="計算したときの経理方針", max_length=16, verbose_name="経理方針の版"),
                ),
                (
                    "corrects_month",
                    models.DateField(blank=True, help_text="月の初日", null=True, verbose_name="訂正する月"),
                ),
                (
                    "corrects_fee",
                    models.CharField(
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
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
            ],
            options={
                "verbose_name": "料金明細",
                "verbose_name_plural": "料金明細",
                "indexes": [models.Index(fields=["month", "id"], name="line_month")],
                "constraints": [
                    models.UniqueConstraint(fields=("target", "fee", "from_on", "cause"), name="line_once"),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(("to_on__gte", models.F("from_on"))), name="line_days_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee__in", ["initial", "monthly", "one_time", "settlement", "outage", "sla", "correction"])
                        ),
                        name="line_fee_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("fee", "correction")),
                        fields=("target", "month", "corrects_month", "corrects_fee", "customer", "unit"),
                        name="line_corrects_once_a_month",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after_unit", models.BigIntegerField(verbose_name="この管理単位の次から")),
                ("last_unit", models.BigIntegerField(verbose_name="この管理単位まで")),
                ("line_count", models.PositiveIntegerField(verbose_name="明細数")),
                ("total_yen", models.BigIntegerField(verbose_name="合計")),
                ("sha256", models.CharField(max_length=64, verbose_name="明細のSHA-256")),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
            ],
            options={
                "verbose_name": "計算済みの範囲",
                "verbose_name_plural": "計算済みの範囲",
                "constraints": [models.UniqueConstraint(fields=("month", "after_unit"), name="month_chunk_once")],
            },
        ),
        migrations.CreateModel(
            name="ParkedTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                ("clause", models.CharField(blank=True, max_length=16, verbose_name="条項")),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parked",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "計算できない対象",
                "verbose_name_plural": "計算できない対象",
                "constraints": [models.UniqueConstraint(fields=("month", "target"), name="parked_once_a_month")],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="月の初日", verbose_name="月")),
                ("facts_revision", models.PositiveBigIntegerField(verbose_name="事実の版")),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="提案日時")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待機中"),
                            ("running", "計算中"),
                            ("done", "提案済み"),
                            ("failed", "計算できませんでした"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="処理済み")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="全体")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("line_count", models.PositiveBigIntegerField(default=0, verbose_name="明細数")),
                ("total_yen", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="合計")),
                ("result", models.JSONField(default=dict, verbose_name="内容")),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提案者",
                    ),
                ),
            ],
            options={
                "verbose_name": "月次の提案",
                "verbose_name_plural": "月次の提案",
                "permissions": [("propose_month", "月次の提案を計算する"), ("close_month", "月次を締める")],
                "indexes": [models.Index(fields=["-month", "-id"], name="proposal_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="proposal_of_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                        name="proposal_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MonthClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("four_eyes", models.BooleanField(verbose_name="二人での確認")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="依頼日時")),
                ("leave_out", models.JSONField(blank=True, default=list, verbose_name="除外する対象")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="除外の理由")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待機中"),
                            ("running", "計算中"),
                            ("done", "締め済み"),
                            ("failed", "締められませんでした"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="処理済み")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="全体")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="依頼者",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提案者",
                    ),
                ),
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closing",
                        to="billing.proposal",
                        verbose_name="提案",
                    ),
                ),
            ],
            options={
                "verbose_name": "締めの依頼",
                "verbose_name_plural": "締めの依頼",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            models.Q(("asked_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="closing_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                        name="closing_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_unit", models.BigIntegerField(verbose_name="この管理単位まで")),
                ("sums", models.JSONField(verbose_name="内容")),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="billing.proposal",
                        verbose_name="提案",
                    ),
                ),
                ("after_unit", models.BigIntegerField(verbose_name="この管理単位の次から")),
            ],
            options={
                "verbose_name": "計算済みの提案の範囲",
                "verbose_name_plural": "計算済みの提案の範囲",
                "constraints": [models.UniqueConstraint(fields=("proposal", "after_unit"), name="proposal_part_once")],
            },
        ),
        migrations.CreateModel(
            name="MovedUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="月の初日", verbose_name="月")),
                ("facts_revision", models.PositiveBigIntegerField(verbose_name="事実の版")),
                ("written", models.BooleanField(help_text="前回の締めの後に事実が記録された", verbose_name="記録あり")),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "動いた管理単位",
                "verbose_name_plural": "動いた管理単位",
                "constraints": [
                    models.UniqueConstraint(fields=("month", "facts_revision", "unit"), name="moved_unit_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptSums",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=40, verbose_name="合計の名前")),
                ("sums", models.JSONField(verbose_name="合計")),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_sums",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
            ],
            options={
                "verbose_name": "取り置いた合計",
                "verbose_name_plural": "取り置いた合計",
                "constraints": [models.UniqueConstraint(fields=("month", "what"), name="kept_sums_once")],
            },
        ),
        migrations.CreateModel(
            name="JournalFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("yayoi", "弥生会計"),
                            ("freee", "freee会計"),
                            ("money_forward", "マネーフォワード クラウド会計"),
                            ("obc", "勘定奉行"),
                        ],
                        max_length=16,
                        verbose_name="会計ソフト",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("inclusive", "内税"),
                            ("separate", "別記"),
                            ("deals", "取引"),
                            ("journal", "仕訳"),
                            ("columns", "経理が定めた列"),
                        ],
                        max_length=16,
                        verbose_name="形式",
                    ),
                ),
                (
                    "mapping_from",
                    models.DateField(help_text="経理の設定の[[journal]]のfrom_on", verbose_name="対応の開始日"),
                ),
                ("exported_by", models.CharField(max_length=150, verbose_name="書き出した人")),
                ("exported_at", models.DateTimeField(auto_now_add=True, verbose_name="書出し日時")),
                ("slip_count", models.PositiveIntegerField(verbose_name="新しい伝票")),
                ("reversal_count", models.PositiveIntegerField(verbose_name="取消の伝票")),
                ("row_count", models.PositiveBigIntegerField(verbose_name="行数")),
                ("total_yen", models.BigIntegerField(help_text="円、税込", verbose_name="売掛金の増減")),
                ("size", models.PositiveBigIntegerField(help_text="バイト", verbose_name="大きさ")),
                ("sha256", models.CharField(max_length=64, verbose_name="ファイルのSHA-256")),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_files",
                        to="billing.month",
                        verbose_name="月",
                    ),
                ),
            ],
            options={
                "verbose_name": "会計ソフトへの仕訳",
                "verbose_name_plural": "会計ソフトへの仕訳",
            },
        ),
        migrations.CreateModel(
            name="JournalSlip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "package",
                    models.CharField(
                        choices=[
                            ("yayoi", "弥生会計"),
                            ("freee", "freee会計"),
                            ("money_forward", "マネーフォワード クラウド会計"),
                            ("obc", "勘定奉行"),
                        ],
                        max_length=16,
                        verbose_name="会計ソフト",
                    ),
                ),
                ("revision", models.PositiveIntegerField(verbose_name="版")),
                ("reversal", models.BooleanField(verbose_name="取消")),
                ("total_yen", models.BigIntegerField(help_text="円、税込", verbose_name="売掛金の増減")),
                (
                    "content",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="内容"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="slips",
                        to="billing.journalfile",
                        verbose_name="ファイル",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="journal_slips",
                        to="billing.invoice",
                        verbose_name="請求書",
                    ),
                ),
            ],
            options={
                "verbose_name": "仕訳の伝票",
                "verbose_name_plural": "仕訳の伝票",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("invoice", "package", "revision", "reversal"), name="journal_slip_taken_out_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("revision__gte", 1)), name="journal_slip_revision_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("from_on", models.DateField(verbose_name="適用日")),
                ("company", models.CharField(blank=True, default="", max_length=255, verbose_name="宛名（会社名）")),
                ("postal_code", models.CharField(blank=True, default="", max_length=8, verbose_name="郵便番号")),
                ("address", models.CharField(blank=True, default="", max_length=255, verbose_name="住所")),
                ("building", models.CharField(blank=True, default="", max_length=255, verbose_name="建物名・階")),
                ("department", models.CharField(blank=True, default="", max_length=255, verbose_name="部署")),
                ("person", models.CharField(blank=True, default="", max_length=255, verbose_name="担当者")),
                (
                    "honorific",
                    models.CharField(
                        choices=[("御中", "御中"), ("様", "様")], default="御中", max_length=2, verbose_name="敬称"
                    ),
                ),
                ("email", models.EmailField(blank=True, default="", max_length=254, verbose_name="メールアドレス")),
                (
                    "sending",
                    models.CharField(
                        choices=[("post", "郵送"), ("mail", "メール"), ("other", "その他")],
                        default="post",
                        max_length=8,
                        verbose_name="送付方法",
                    ),
                ),
                (
                    "due_months",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="請求する月の何か月後か", null=True, verbose_name="支払月"
                    ),
                ),
                (
                    "due_day",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="31は月末", null=True, verbose_name="支払日"
                    ),
                ),
                (
                    "due_holiday",
                    models.CharField(
                        choices=[("none", "動かさない"), ("previous", "前営業日"), ("next", "翌営業日")],
                        default="none",
                        max_length=8,
                        verbose_name="銀行休業日のとき",
                    ),
                ),
                ("bank", models.CharField(blank=True, default="", max_length=32, verbose_name="振込先")),
                ("customer_number", models.CharField(blank=True, default="", max_length=64, verbose_name="お客様番号")),
                ("order_number", models.CharField(blank=True, default="", max_length=64, verbose_name="注文番号")),
                (
                    "language",
                    models.CharField(
                        choices=[("ja", "日本語"), ("en", "英語")], default="ja", max_length=2, verbose_name="言語"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="billing_parties",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="billing.billinggroup",
                        verbose_name="請求先グループ",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="billing.billingparty",
                        verbose_name="置き換えた記録",
                    ),
                ),
            ],
            options={
                "verbose_name": "請求先",
                "verbose_name_plural": "請求先",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_by", None), ("withdrawn_in", None), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_in__gte", models.F("recorded_in")),
                                ("withdrawn_in__isnull", False),
                                ("withdrawn_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_billingparty_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", True), ("withdrawn_on__isnull", True)),
                        fields=("customer", "from_on"),
                        name="billing_party_of_customer_once_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", False), ("withdrawn_on__isnull", True)),
                        fields=("group", "from_on"),
                        name="billing_party_of_group_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("person", ""), ("honorific", "様"), _connector="OR"),
                        name="billing_party_person_is_addressed_as_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sending", "mail"), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="billing_party_mail_has_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_day__isnull", True), ("due_months__isnull", True)),
                            models.Q(("due_day__gte", 1), ("due_day__lte", 31), ("due_months__lte", 12)),
                            _connector="OR",
                        ),
                        name="billing_party_terms_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="ファイル名")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="ファイルのSHA-256")),
                ("rows", models.JSONField(default=list, verbose_name="行")),
                ("read_at", models.DateTimeField(auto_now_add=True, verbose_name="読込日時")),
                ("read_by", models.CharField(max_length=150, verbose_name="読み込んだ人")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="記録日時")),
                ("taken_by", models.CharField(blank=True, default="", max_length=150, verbose_name="記録した人")),
                ("doubtful", models.JSONField(default=list, verbose_name="記録しなかった行")),
            ],
            options={
                "verbose_name": "入金の一覧",
                "verbose_name_plural": "入金の一覧",
                "permissions": [("mark_invoice", "請求書の送付と入金を記録する")],
            },
        ),
        migrations.CreateModel(
            name="InvoiceMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("sent", "送付済み"), ("paid", "入金済み")], max_length=8, verbose_name="種別"
                    ),
                ),
                ("done_on", models.DateField(verbose_name="日")),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("post", "郵送"), ("mail", "メール"), ("other", "その他")],
                        default="",
                        max_length=8,
                        verbose_name="送付方法",
                    ),
                ),
                ("amount_yen", models.BigIntegerField(blank=True, null=True, verbose_name="入金額（円）")),
                ("note", models.CharField(blank=True, default="", max_length=255, verbose_name="メモ")),
                ("marked_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("marked_by", models.CharField(max_length=150, verbose_name="記録者")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="取消日時")),
                ("taken_back_by", models.CharField(blank=True, default="", max_length=150, verbose_name="取消者")),
                (
                    "taken_back_because",
                    models.CharField(blank=True, default="", max_length=500, verbose_name="取消の理由"),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="billing.invoice",
                        verbose_name="請求書",
                    ),
                ),
                (
                    "receipts",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="billing.receipts",
                        verbose_name="入金の一覧",
                    ),
                ),
            ],
            options={
                "verbose_name": "送付と入金",
                "verbose_name_plural": "送付と入金",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("invoice", "kind"),
                        name="invoice_marked_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_yen__isnull", True), ("kind", "sent")),
                            models.Q(("amount_yen__isnull", False), ("kind", "paid"), ("way", "")),
                            _connector="OR",
                        ),
                        name="invoice_mark_is_of_a_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="SHA-256")),
                ("media_type", models.CharField(max_length=32, verbose_name="種類")),
                ("content", models.BinaryField(verbose_name="内容")),
            ],
            options={
                "verbose_name": "印影",
                "verbose_name_plural": "印影",
            },
        ),
        migrations.CreateModel(
            name="OrderNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("number", models.CharField(blank=True, default="", max_length=64, verbose_name="注文番号")),
                ("from_on", models.DateField(verbose_name="適用日")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="billing.ordernumber",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_numbers",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "管理単位の注文番号",
                "verbose_name_plural": "管理単位の注文番号",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_by", None), ("withdrawn_in", None), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_in__gte", models.F("recorded_in")),
                                ("withdrawn_in__isnull", False),
                                ("withdrawn_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="billing_ordernumber_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("unit", "from_on"),
                        name="order_number_once_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Forecast",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_month", models.DateField(help_text="月の初日", verbose_name="最初の月")),
                ("months", models.PositiveSmallIntegerField(verbose_name="月数")),
                ("on", models.DateField(verbose_name="見通した日")),
                ("facts_revision", models.PositiveBigIntegerField(verbose_name="事実の版")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="依頼日時")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "待機中"),
                            ("running", "計算中"),
                            ("done", "提案済み"),
                            ("failed", "計算できませんでした"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="処理済み")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="全体")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("total_yen", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="請求の見通し")),
                (
                    "result",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="内容"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="依頼者",
                    ),
                ),
            ],
            options={
                "verbose_name": "見通し",
                "verbose_name_plural": "見通し",
                "permissions": [("compute_forecast", "見通しを計算する")],
                "indexes": [models.Index(fields=["-asked_at", "-id"], name="forecast_newest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("first_month__day", 1)), name="forecast_of_months"),
                    models.CheckConstraint(
                        condition=models.Q(("months__gte", 12), ("months__lte", 24)), name="forecast_of_so_many_months"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                        name="forecast_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32, verbose_name="種別")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("start", "課金開始"),
                            ("end", "終了"),
                            ("price", "料金の変更"),
                            ("quantity", "ライセンス数の変更"),
                            ("renewal", "更新"),
                            ("free", "期間の満了"),
                        ],
                        max_length=8,
                        verbose_name="出来事",
                    ),
                ),
                ("on", models.DateField(verbose_name="日")),
                ("last_day", models.DateField(blank=True, null=True, verbose_name="通知の期限")),
                ("before_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="前の月額")),
                ("after_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="後の月額")),
                (
                    "term_yen",
                    models.BigIntegerField(blank=True, help_text="円、税抜", null=True, verbose_name="契約期間の額"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "forecast",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="billing.forecast",
                        verbose_name="見通し",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "先の出来事",
                "verbose_name_plural": "先の出来事",
                "indexes": [models.Index(fields=["forecast", "on"], name="forecast_event_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ["start", "end", "price", "quantity", "renewal", "free"])),
                        name="forecast_event_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastMovement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="月")),
                (
                    "movement",
                    models.CharField(
                        choices=[
                            ("new", "新規"),
                            ("back", "復活"),
                            ("more", "増額"),
                            ("less", "減額"),
                            ("lost", "解約"),
                            ("passed", "移転"),
                        ],
                        max_length=8,
                        verbose_name="増減",
                    ),
                ),
                ("yen", models.BigIntegerField(help_text="円、税抜", verbose_name="金額")),
                ("before_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="前月末のMRR")),
                ("after_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="当月末のMRR")),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "forecast",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="billing.forecast",
                        verbose_name="見通し",
                    ),
                ),
            ],
            options={
                "verbose_name": "MRRの増減",
                "verbose_name_plural": "MRRの増減",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("forecast", "month", "movement", "customer"), name="forecast_movement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("movement__in", ["new", "back", "more", "less", "lost", "passed"])),
                        name="forecast_movement_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("after_unit", models.BigIntegerField(verbose_name="この管理単位の次から")),
                ("last_unit", models.BigIntegerField(verbose_name="この管理単位まで")),
                ("sums", models.JSONField(verbose_name="内容")),
                (
                    "forecast",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="billing.forecast",
                        verbose_name="見通し",
                    ),
                ),
            ],
            options={
                "verbose_name": "計算済みの見通しの範囲",
                "verbose_name_plural": "計算済みの見通しの範囲",
                "constraints": [models.UniqueConstraint(fields=("forecast", "after_unit"), name="forecast_part_once")],
            },
        ),
        migrations.CreateModel(
            name="ForecastRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32, verbose_name="種別")),
                (
                    "series",
                    models.CharField(
                        choices=[
                            ("committed", "契約済み"),
                            ("expected", "継続見込み"),
                            ("renewal", "更新見込み"),
                            ("initial", "初期費用"),
                            ("one_time", "一時費用"),
                            ("settlement", "解除調定金"),
                            ("outage", "利用不能の減額"),
                            ("sla", "品質保証の減額"),
                            ("correction", "訂正"),
                            ("mrr", "MRR"),
                            ("notice", "終了予定"),
                            ("eligibility", "利用資格・同意が未解決"),
                            ("renewal_open", "更新を止められる期間ライセンス"),
                            ("free", "最低利用期間を満了"),
                            ("soon", "見通しの間に最低利用期間が満了"),
                            ("bound", "見通しの後まで拘束"),
                        ],
                        max_length=16,
                        verbose_name="区分",
                    ),
                ),
                ("first_month", models.DateField(verbose_name="最初の月")),
                ("last_month", models.DateField(verbose_name="最後の月")),
                ("months", models.PositiveSmallIntegerField(verbose_name="月数")),
                ("yen", models.BigIntegerField(help_text="円、税抜。一か月の額", verbose_name="金額")),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "forecast",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="billing.forecast",
                        verbose_name="見通し",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "見通しの行",
                "verbose_name_plural": "見通しの行",
                "indexes": [
                    models.Index(fields=["forecast", "series", "first_month"], name="forecast_row_series"),
                    models.Index(fields=["forecast", "customer"], name="forecast_row_customer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_month__day", 1),
                            ("last_month__day", 1),
                            ("last_month__gte", models.F("first_month")),
                        ),
                        name="forecast_row_months_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "series__in",
                                [
                                    "committed",
                                    "expected",
                                    "renewal",
                                    "initial",
                                    "one_time",
                                    "settlement",
                                    "outage",
                                    "sla",
                                    "correction",
                                    "mrr",
                                    "notice",
                                    "eligibility",
                                    "renewal_open",
                                    "free",
                                    "soon",
                                    "bound",
                                ],
                            )
                        ),
                        name="forecast_row_series_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invoice", "請求書"),
                            ("start", "利用開始のご案内"),
                            ("leaving", "解約受付のご案内"),
                            ("renewal", "更新のご案内"),
                            ("quotation", "見積書"),
                        ],
                        max_length=12,
                        verbose_name="書面",
                    ),
                ),
                ("number", models.CharField(max_length=32, verbose_name="番号")),
                ("edition", models.PositiveSmallIntegerField(default=0, verbose_name="再発行の回数")),
                ("on", models.DateField(verbose_name="書面の日付")),
                ("subject", models.CharField(blank=True, max_length=64, verbose_name="対象の番号")),
                ("addressee", models.CharField(max_length=255, verbose_name="宛名")),
                ("told", models.JSONField(blank=True, default=dict, verbose_name="記載した内容")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("data", models.BinaryField(verbose_name="PDF")),
                ("size", models.PositiveIntegerField(verbose_name="大きさ（バイト）")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="作成日時")),
                ("made_by", models.CharField(max_length=150, verbose_name="作成した人")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="billing.invoice",
                        verbose_name="請求書",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "お客様への書面",
                "verbose_name_plural": "お客様への書面",
                "permissions": [
                    ("make_document", "お客様への書面を再発行し、メールで送る"),
                    ("make_letter", "お客様への案内と見積書を作る"),
                ],
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["customer", "-id"], name="document_of_customer"),
                    models.Index(fields=["subject"], name="document_of_subject"),
                    plain_index("number", "document_number_plain"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("number", "edition"), name="document_once"),
                    models.UniqueConstraint(fields=("invoice", "edition"), name="document_once_an_invoice"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invoice__isnull", False), ("kind", "invoice")),
                            models.Q(models.Q(("kind", "invoice"), _negated=True), ("invoice__isnull", True)),
                            _connector="OR",
                        ),
                        name="document_of_its_invoice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("edition", 0), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="document_made_again_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to", models.EmailField(max_length=254, verbose_name="宛先")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "未送信"),
                            ("sending", "送信中"),
                            ("sent", "送信済み"),
                            ("failed", "送信失敗"),
                            ("bounced", "不達"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="試行")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("asked_by", models.CharField(max_length=150, verbose_name="依頼した人")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="依頼日時")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="送信日時")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="billing.document",
                        verbose_name="書面",
                    ),
                ),
            ],
            options={
                "verbose_name": "書面のメール",
                "verbose_name_plural": "書面のメール",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])),
                        fields=["id"],
                        name="document_mail_not_sent",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "to"), name="document_mail_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state__in", ["sent", "bounced"])),
                            models.Q(
                                models.Q(("state__in", ["sent", "bounced"]), _negated=True), ("sent_at__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="document_mail_sent_when_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "sending", "sent", "failed", "bounced"])),
                        name="document_mail_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalCustomer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("stays", "続いている"), ("new", "新しい"), ("gone", "なくなった")],
                        max_length=5,
                        verbose_name="前月と比べて",
                    ),
                ),
                ("before_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="前月の額")),
                ("now_yen", models.BigIntegerField(help_text="円、税抜", verbose_name="この月の額")),
                ("yen", models.BigIntegerField(help_text="円、税抜", verbose_name="差")),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="customers",
                        to="billing.proposal",
                        verbose_name="提案",
                    ),
                ),
            ],
            options={
                "verbose_name": "提案の契約者ごとの差",
                "verbose_name_plural": "提案の契約者ごとの差",
                "indexes": [models.Index(fields=["proposal", "yen"], name="customers_by_difference")],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "customer"), name="proposal_customer_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["stays", "new", "gone"])), name="proposal_customer_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposalDifference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(max_length=18, verbose_name="原因")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        help_text="カテゴリ、モジュール種別又はオプションのコード",
                        max_length=24,
                        verbose_name="種類",
                    ),
                ),
                ("before_yen", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="前月の額")),
                ("now_yen", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="この月の額")),
                ("yen", models.BigIntegerField(help_text="円、税抜", verbose_name="差")),
                ("price_before", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="前月の単価")),
                ("price_now", models.BigIntegerField(default=0, help_text="円、税抜", verbose_name="この月の単価")),
                ("basis", models.TextField(blank=True, verbose_name="計算根拠")),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="differences",
                        to="billing.proposal",
                        verbose_name="提案",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "提案の前月との差",
                "verbose_name_plural": "提案の前月との差",
                "indexes": [
                    models.Index(fields=["proposal", "cause", "yen"], name="difference_by_cause"),
                    models.Index(fields=["proposal", "customer"], name="difference_by_customer"),
                ],
            },
        ),
    ]
