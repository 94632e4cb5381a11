"""The tables of contracts as the migrations up to 0014 left them: an installation begins with them, one that had those goes on."""

import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from contracts.models.plain_code import Bytewise, plain_index

REPLACED = (
    "0001_initial",
    "0002_when_units_are_looked_at_again",
    "0003_book_uploads",
    "0004_applications_put_right",
    "0005_corrections",
    "0006_kinds_of_work",
    "0007_numbers_of_the_terms_leave_the_database",
    "0008_transfers",
    "0009_when_each_revision_began",
    "0010_found_by_names",
    "0011_names_over_time",
    "0012_work_to_do",
    "0013_journals_are_taken_out",
    "0014_the_history_is_chained",
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("contracts", name) for name in REPLACED]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BookImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="ファイル名")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("imported_at", models.DateTimeField(auto_now_add=True, verbose_name="取込日時")),
                ("imported_by", models.CharField(max_length=150, verbose_name="取込者")),
                ("rows_added", models.PositiveIntegerField(verbose_name="追加した行数")),
                ("rows_known", models.PositiveIntegerField(verbose_name="既にあった行数")),
                ("warnings", models.JSONField(default=list, verbose_name="警告")),
            ],
            options={
                "verbose_name": "台帳の取込",
                "verbose_name_plural": "台帳の取込",
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True, verbose_name="契約者コード")),
                ("name", models.CharField(max_length=255, verbose_name="契約者名")),
                ("kana", models.CharField(blank=True, default="", max_length=255, verbose_name="フリガナ")),
            ],
            options={
                "verbose_name": "契約者",
                "verbose_name_plural": "契約者",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="customer_code_given")
                ],
                "indexes": [plain_index("code", "customer_code_plain")],
            },
        ),
        migrations.CreateModel(
            name="ManagementUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True, verbose_name="管理単位コード")),
                ("name", models.CharField(max_length=255, verbose_name="管理単位名")),
                (
                    "account_manager",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="営業担当",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "contracts_moved",
                    models.BooleanField(
                        default=False, help_text="契約の移動が記録されたことがある", verbose_name="移動の記録"
                    ),
                ),
            ],
            options={
                "verbose_name": "管理単位",
                "verbose_name_plural": "管理単位",
                "indexes": [plain_index("code", "unit_code_plain")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("code", ""), _negated=True), name="unit_code_given")
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True, verbose_name="申込番号")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "下書き"),
                            ("received", "受付済み"),
                            ("accepted", "承諾"),
                            ("rejected", "拒絶"),
                            ("withdrawn", "取下げ"),
                        ],
                        default="accepted",
                        max_length=16,
                        verbose_name="状態",
                    ),
                ),
                (
                    "applied_on",
                    models.DateField(
                        blank=True,
                        help_text="台帳から取り込んだ変更の申込では空欄です",
                        null=True,
                        verbose_name="申込日",
                    ),
                ),
                ("received_on", models.DateField(blank=True, null=True, verbose_name="受付日")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="承諾日")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="拒絶・取下げ日")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                ("four_eyes", models.BooleanField(default=False, verbose_name="二人での確認")),
                ("lines", models.JSONField(blank=True, default=list, verbose_name="申込の内容")),
                ("version", models.PositiveIntegerField(default=0, verbose_name="版")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="決定者",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="入力者",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                ("acknowledged_on", models.DateField(blank=True, null=True, verbose_name="拒絶を確認した日")),
                ("known", models.JSONField(blank=True, default=list, verbose_name="承知している指摘")),
                (
                    "received_because",
                    models.CharField(blank=True, max_length=500, verbose_name="承諾できないまま受け付けた理由"),
                ),
                (
                    "returned",
                    models.CharField(
                        blank=True,
                        choices=[("sent_back", "差戻し"), ("reopened", "決定前の訂正")],
                        max_length=16,
                        verbose_name="戻した経緯",
                    ),
                ),
                ("returned_because", models.CharField(blank=True, max_length=500, verbose_name="戻した理由")),
                (
                    "returned_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="戻した人",
                    ),
                ),
                ("returned_on", models.DateField(blank=True, null=True, verbose_name="下書きに戻した日")),
            ],
            options={
                "verbose_name": "申込",
                "verbose_name_plural": "申込",
                "permissions": [
                    ("enter_application", "申込を入力し、受け付ける"),
                    ("decide_application", "申込を承諾又は拒絶する"),
                ],
                "indexes": [
                    models.Index(fields=["accepted_on"], name="application_accepted_on"),
                    models.Index(
                        condition=models.Q(("state__in", ["draft", "received"])),
                        fields=["state"],
                        name="application_open",
                    ),
                    plain_index("number", "application_number_plain"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="application_number_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_on__isnull", True), ("closed_on__isnull", True), ("state", "draft")),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("closed_on__isnull", True),
                                ("received_on__isnull", False),
                                ("state", "received"),
                            ),
                            models.Q(
                                ("accepted_on__isnull", False), ("closed_on__isnull", True), ("state", "accepted")
                            ),
                            models.Q(
                                ("accepted_on__isnull", True),
                                ("closed_on__isnull", False),
                                ("state__in", ["rejected", "withdrawn"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_state_and_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            models.Q(("state", "accepted"), _negated=True),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("entered_by__isnull", False),
                                models.Q(("decided_by", models.F("entered_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("returned", ""), ("returned_because", ""), ("returned_by", None), ("returned_on", None)
                            ),
                            models.Q(
                                ("returned", "sent_back"),
                                ("returned_by__isnull", False),
                                ("returned_on__isnull", False),
                                models.Q(("returned_because", ""), _negated=True),
                            ),
                            models.Q(
                                ("returned", "reopened"), ("returned_by__isnull", False), ("returned_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="application_returned_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("acknowledged_on", None), ("state", "rejected"), _connector="OR"),
                        name="application_acknowledged_rejection",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=64, unique=True, verbose_name="対象番号")),
                (
                    "kind",
                    models.CharField(
                        choices=[("tier", "カテゴリの契約"), ("module", "モジュールの契約"), ("option", "オプション")],
                        max_length=8,
                        verbose_name="区分",
                    ),
                ),
                ("billing_starts_on", models.DateField(blank=True, null=True, verbose_name="課金開始日")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="通知から計算した日（第10条、第12条）", null=True, verbose_name="終了日"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="contracts.application",
                        verbose_name="申込",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "対象",
                "verbose_name_plural": "対象",
                "indexes": [
                    models.Index(fields=["billing_starts_on"], name="target_billing_starts_on"),
                    models.Index(fields=["ends_on"], name="target_ends_on"),
                    plain_index("number", "target_number_plain"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", ""), _negated=True), name="target_number_given"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["tier", "module", "option"])), name="target_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkedService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=64, unique=True, verbose_name="対応サービスコード")),
            ],
            options={
                "verbose_name": "対応サービス",
                "verbose_name_plural": "対応サービス",
                "indexes": [plain_index("code", "linked_service_code_plain")],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=16, unique=True, verbose_name="接頭辞")),
                ("last", models.PositiveBigIntegerField(default=0, verbose_name="最後の番号")),
            ],
            options={
                "verbose_name": "番号",
                "verbose_name_plural": "番号",
            },
        ),
        migrations.CreateModel(
            name="Abolition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("announced_on", models.DateField(verbose_name="告知日")),
                ("ends_on", models.DateField(verbose_name="廃止日")),
                ("reference", models.CharField(max_length=255, verbose_name="文書番号")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                (
                    "declared_on",
                    models.DateField(
                        help_text="この日からの申込は、廃止日以後も続くことができない（I-43）", verbose_name="登録日"
                    ),
                ),
                ("declared_by", models.CharField(max_length=150, verbose_name="登録者")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.abolition",
                        verbose_name="置き換えた記録",
                    ),
                ),
                ("withdrawal", models.CharField(blank=True, max_length=255, verbose_name="訂正の文書番号")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
            ],
            options={
                "verbose_name": "EDRオプションの廃止",
                "verbose_name_plural": "EDRオプションの廃止",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("announced_on"))),
                        name="abolition_announced_before",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reference", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                        ),
                        name="abolition_has_evidence",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("ends_on",),
                        name="abolition_one_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replaced_by", None), ("withdrawn_on", None)),
                            models.Q(
                                ("withdrawn_on__isnull", False), models.Q(("withdrawn_because", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="abolition_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "target",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="contract",
                        serialize=False,
                        to="contracts.target",
                        verbose_name="契約番号",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("premium", "プレミアム"),
                            ("advanced", "アドバンスト"),
                            ("basic", "ベーシック"),
                            ("module", "モジュール"),
                        ],
                        max_length=16,
                        verbose_name="カテゴリ",
                    ),
                ),
                (
                    "module_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("swg", "IIJセキュアWebゲートウェイ連携モジュール"),
                            ("ips_ids", "IIJマネージドIPS/IDS連携モジュール"),
                            ("firewall", "IIJマネージドファイアウォール連携モジュール"),
                            ("mx", "IIJセキュアMX連携モジュール"),
                            ("endpoint", "IIJセキュアエンドポイント連携モジュール"),
                            ("waf", "IIJマネージドWAF連携モジュール"),
                            ("secure_access", "IIJセキュアアクセス連携モジュール"),
                            ("device_log", "個別ログ収集モジュール"),
                            ("cloud_log", "クラウドログ収集モジュール"),
                            ("m365_log", "Microsoft 365ログ収集モジュール"),
                        ],
                        max_length=16,
                        verbose_name="モジュール種別",
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=64, verbose_name="種類")),
                ("item", models.CharField(blank=True, max_length=64, verbose_name="品目")),
                (
                    "premium_consent_on",
                    models.DateField(blank=True, help_text="第17条第1項", null=True, verbose_name="特則同意日"),
                ),
                (
                    "ready_on",
                    models.DateField(blank=True, help_text="第8条第1項", null=True, verbose_name="通信環境準備完了日"),
                ),
                (
                    "linked_service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="contracts.linkedservice",
                        verbose_name="対応サービス",
                    ),
                ),
            ],
            options={
                "verbose_name": "契約",
                "verbose_name_plural": "契約",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("category", "module"), models.Q(("module_type", ""), _negated=True)),
                            models.Q(
                                ("category__in", ["premium", "advanced", "basic"]),
                                ("item", ""),
                                ("kind", ""),
                                ("module_type", ""),
                            ),
                            _connector="OR",
                        ),
                        name="contract_tier_or_module",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("module_type", ""),
                            (
                                "module_type__in",
                                [
                                    "swg",
                                    "ips_ids",
                                    "firewall",
                                    "mx",
                                    "endpoint",
                                    "waf",
                                    "secure_access",
                                    "device_log",
                                    "cloud_log",
                                    "m365_log",
                                ],
                            ),
                            _connector="OR",
                        ),
                        name="contract_module_type_known",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("category", "module"), _negated=True),
                        fields=["category", "target"],
                        name="contract_of_tier",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FactsRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("revision", models.PositiveBigIntegerField(default=0, verbose_name="版")),
            ],
            options={
                "verbose_name": "事実の版",
                "verbose_name_plural": "事実の版",
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="facts_revision_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("effects", "効力の記録"),
                            ("worklist", "作業一覧の更新"),
                            ("dated", "名称と担当の引継ぎの適用"),
                            ("digest", "期限のお知らせ"),
                            ("abolition", "EDRオプションの廃止"),
                        ],
                        max_length=16,
                        verbose_name="処理",
                    ),
                ),
                ("on", models.DateField(verbose_name="対象日")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待機中"), ("running", "実行中"), ("done", "完了"), ("stopped", "停止")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="進まなかった試行")),
                ("cursor", models.BigIntegerField(default=0, verbose_name="続きの位置")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="処理済み")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="全体")),
                ("count", models.PositiveIntegerField(default=0, verbose_name="結果の件数")),
                ("failed", models.JSONField(blank=True, default=list, verbose_name="処理できなかったもの")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("asked_by", models.CharField(blank=True, max_length=150, verbose_name="依頼者")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="開始日時")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="終了日時")),
            ],
            options={
                "verbose_name": "定時処理",
                "verbose_name_plural": "定時処理",
                "constraints": [
                    models.UniqueConstraint(fields=("name", "on"), name="job_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "running", "done", "stopped"])),
                        name="job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", False), ("state__in", ["done", "stopped"])),
                            models.Q(("finished_at__isnull", True), ("state__in", ["waiting", "running"])),
                            _connector="OR",
                        ),
                        name="job_finished_when_over",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                ("actor", models.CharField(max_length=150, verbose_name="行為者")),
                (
                    "operation",
                    models.CharField(
                        choices=[
                            ("import", "台帳の取込"),
                            ("bring_book", "台帳の持込"),
                            ("send_book", "台帳の提出"),
                            ("reject_book", "台帳の却下"),
                            ("take_book", "台帳の取込の決定"),
                            ("register", "登録"),
                            ("rename", "名称の変更"),
                            ("assign", "担当の変更"),
                            ("plan_hand_over", "引継ぎの予定"),
                            ("draft", "下書きの保存"),
                            ("receive", "受付"),
                            ("send_back", "差戻し"),
                            ("reopen", "決定前の訂正"),
                            ("accept", "承諾"),
                            ("reject", "拒絶"),
                            ("acknowledge", "拒絶の確認"),
                            ("withdraw", "取下げ"),
                            ("consent", "同意・前提の記録"),
                            ("end_consent", "同意・前提の終了"),
                            ("readiness", "通信環境の準備の記録"),
                            ("start", "課金開始日の決定"),
                            ("setting_change", "設定変更の記録"),
                            ("tell", "設定変更の報告"),
                            ("take", "作業の引受け"),
                            ("settle", "作業の済み"),
                            ("unsettle", "作業の済みの取消し"),
                            ("close", "月次の締め"),
                            ("quote", "料金の登録"),
                            ("keep_price", "料金据置の記録"),
                            ("change_price", "料金の変更"),
                            ("withdraw_price", "料金の取下げ"),
                            ("correct_price", "料金の訂正"),
                            ("correct", "訂正"),
                            ("take_back", "取消し"),
                            ("ask", "確認の依頼"),
                            ("confirm", "二人目の確定"),
                            ("hand_back", "依頼の差戻し"),
                            ("notice", "解約通知の受付"),
                            ("withdraw_notice", "解約通知の撤回"),
                            ("correct_notice", "解約通知の訂正"),
                            ("move_end", "終了日の決定"),
                            ("take_effect", "効力の発生"),
                            ("undo_effect", "効力の記録の取消し"),
                            ("abolish", "EDRオプションの廃止"),
                            ("run_again", "再実行の依頼"),
                            ("resend", "再送の依頼"),
                            ("propose", "月次の提案"),
                            ("ask_close", "締めの依頼"),
                            ("issue", "請求書の発行"),
                            ("group", "請求先グループの変更"),
                            ("bill_held", "保留の解除調定金の請求"),
                            ("waive_held", "保留の解除調定金の免除"),
                            ("export", "書出し"),
                            ("record_outage", "利用不能の記録"),
                            ("restore", "復旧の記録"),
                            ("record_uptime", "稼働率の記録"),
                            ("record_notification", "通知の遅れの記録"),
                            ("decide_fault", "帰責の決定"),
                            ("receive_claim", "減額の請求の受付"),
                            ("grant_claim", "減額の請求を認める決定"),
                            ("refuse_claim", "減額の請求を認めない決定"),
                            ("transfer", "契約の移転"),
                            ("hold", "契約者の変更"),
                            ("move", "管理単位の移動"),
                            ("settle", "管理単位の変更"),
                        ],
                        max_length=32,
                        verbose_name="操作",
                    ),
                ),
                (
                    "record",
                    models.CharField(
                        choices=[
                            ("customer", "契約者"),
                            ("unit", "管理単位"),
                            ("name", "名称"),
                            ("linked_service", "対応サービス"),
                            ("application", "申込"),
                            ("contract", "契約"),
                            ("option", "オプション"),
                            ("change", "変更"),
                            ("price", "料金"),
                            ("notice", "解約通知"),
                            ("outage", "利用不能"),
                            ("breach", "品質保証の違背"),
                            ("consent", "同意・前提"),
                            ("setting_change", "設定変更"),
                            ("work_item", "作業"),
                            ("month", "月次"),
                            ("effect", "効力の記録"),
                            ("job", "定時処理"),
                            ("abolition", "EDRオプションの廃止"),
                            ("held_settlement", "保留した解除調定金"),
                            ("invoice", "請求書"),
                            ("billing_group", "請求先グループ"),
                            ("export", "帳票の書出し"),
                            ("journal_file", "会計ソフトへの仕訳"),
                            ("asked", "確認待ちの操作"),
                            ("hand_over", "引継ぎ"),
                            ("book", "台帳の持込"),
                            ("book_export", "台帳の書出し"),
                            ("transfer", "契約の移転"),
                            ("move", "管理単位の移動"),
                        ],
                        max_length=24,
                        verbose_name="記録の種別",
                    ),
                ),
                ("subject", models.CharField(max_length=128, verbose_name="番号")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                (
                    "before",
                    models.JSONField(
                        blank=True,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="変更前",
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        blank=True,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="変更後",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "履歴",
                "verbose_name_plural": "履歴",
                "indexes": [
                    models.Index(
                        fields=["subject", "-id"],
                        name="entry_of_subject",
                        opclasses=["varchar_pattern_ops", "int8_ops"],
                    ),
                    models.Index(
                        fields=["actor", "-id"], name="entry_of_actor", opclasses=["varchar_pattern_ops", "int8_ops"]
                    ),
                    models.Index(fields=["unit", "-id"], name="entry_of_unit"),
                    models.Index(fields=["record", "-id"], name="entry_of_record"),
                    models.Index(fields=["operation", "-id"], name="entry_of_operation"),
                    models.Index(fields=["at"], name="entry_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("arrived_on", models.DateField(verbose_name="到達日")),
                ("requested_for", models.DateField(blank=True, null=True, verbose_name="指定日")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("notice", "解約通知"),
                            ("gp28_2", "一般規程第28条第2項"),
                            ("gp28_3", "一般規程第28条第3項"),
                            ("company", "当社による解除"),
                            ("abolished", "廃止（第10条第11項）"),
                        ],
                        default="notice",
                        max_length=16,
                        verbose_name="根拠",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="解約申込書の番号")),
                ("withdrawal", models.CharField(blank=True, max_length=255, verbose_name="撤回の文書番号")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.notice",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
                ("letter", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="通知書")),
            ],
            options={
                "verbose_name": "解約通知",
                "verbose_name_plural": "解約通知",
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
                        name="contracts_notice_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("target", "arrived_on", "ground"),
                        name="notice_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ground", "notice"),
                            models.Q(
                                ("ground__in", ["gp28_2", "gp28_3", "company", "abolished"]),
                                ("requested_for__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notice_day_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawal", ""), ("withdrawn_on__isnull", True)),
                            models.Q(("withdrawn_on__isnull", False), models.Q(("withdrawal", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="notice_withdrawn_by_document",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("letter__isnull", False)), fields=["letter"], name="notice_of_letter"
                    ),
                    plain_index("reference", "notice_reference_plain"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "fee",
                    models.CharField(
                        choices=[("initial", "初期費用"), ("monthly", "月額費用"), ("one_time", "一時費用")],
                        max_length=8,
                        verbose_name="費目",
                    ),
                ),
                ("amount_yen", models.PositiveBigIntegerField(help_text="円、税抜", verbose_name="金額")),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="適用日")),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="備考")),
                ("reference", models.CharField(blank=True, max_length=255, verbose_name="見積書番号")),
                (
                    "application",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="contracts.application",
                        verbose_name="申込",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.price",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "料金",
                "verbose_name_plural": "料金",
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
                        name="contracts_price_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("fee", "initial"), ("withdrawn_on__isnull", True)),
                        fields=("target",),
                        name="price_one_initial",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("fee", "monthly"), ("withdrawn_on__isnull", True)),
                        fields=("target", "from_on"),
                        name="price_one_monthly_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("fee", "one_time"), ("withdrawn_on__isnull", True)),
                        fields=("target", "from_on", "reference", "note"),
                        name="price_one_time_told_apart",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee", "initial"),
                            models.Q(("fee__in", ["monthly", "one_time"]), ("from_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="price_from_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("withdrawn_on__isnull", True),
                            models.Q(("withdrawn_because", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="price_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WorkItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=300, unique=True, verbose_name="鍵")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("application", "申込の決定"),
                            ("returned", "差し戻された申込"),
                            ("rejected", "拒絶された申込"),
                            ("asked", "二人目の確認"),
                            ("handed_back", "差し戻された依頼"),
                            ("accepted", "承諾された申込"),
                            ("confirmed", "確定された依頼"),
                            ("eligibility", "利用資格"),
                            ("consent", "同意・前提"),
                            ("readiness", "通信環境の準備"),
                            ("untold", "設定変更の報告"),
                            ("start", "課金開始日"),
                            ("contradiction", "事実の矛盾"),
                            ("renewal", "期間ライセンスの更新"),
                            ("ending", "終了の予定"),
                            ("minimum_term", "最低利用期間の満了"),
                            ("pair", "同日に終了する対"),
                            ("alone", "残された監視"),
                            ("price", "料金の未登録"),
                            ("claim", "減額の請求"),
                            ("claim_due", "減額の請求の期限"),
                        ],
                        max_length=16,
                        verbose_name="種別",
                    ),
                ),
                ("subject", models.CharField(max_length=64, verbose_name="対象番号")),
                ("clause", models.CharField(max_length=16, verbose_name="条項")),
                ("text", models.CharField(max_length=500, verbose_name="内容")),
                ("values", models.JSONField(blank=True, default=dict, verbose_name="値")),
                ("shown_from", models.DateField(blank=True, null=True, verbose_name="表示開始日")),
                ("from_on", models.DateField(blank=True, null=True, verbose_name="開始日")),
                ("until_on", models.DateField(blank=True, null=True, verbose_name="最終日")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="期限")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="メモ")),
                (
                    "taken_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="担当者",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="work",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                (
                    "due_on",
                    models.DateField(
                        blank=True, help_text="期限の日。期限がなければ開始日", null=True, verbose_name="期限・開始日"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="宛先",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="済みとした人",
                    ),
                ),
                ("settled_on", models.DateField(blank=True, null=True, verbose_name="済みとした日")),
                ("stake_yen", models.BigIntegerField(blank=True, null=True, verbose_name="関わる額（円）")),
            ],
            options={
                "verbose_name": "作業",
                "verbose_name_plural": "作業一覧",
                "indexes": [
                    models.Index(fields=["due_on", "id"], name="work_item_due_on"),
                    models.Index(fields=["kind", "due_on", "id"], name="work_item_kind_due"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "application",
                                    "returned",
                                    "rejected",
                                    "asked",
                                    "handed_back",
                                    "accepted",
                                    "confirmed",
                                    "eligibility",
                                    "consent",
                                    "readiness",
                                    "untold",
                                    "start",
                                    "contradiction",
                                    "renewal",
                                    "ending",
                                    "minimum_term",
                                    "pair",
                                    "alone",
                                    "price",
                                    "claim",
                                    "claim_due",
                                ],
                            )
                        ),
                        name="work_item_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=500, verbose_name="変更した設定")),
                ("why", models.CharField(max_length=500, verbose_name="変更の理由")),
                ("changed_at", models.DateTimeField(verbose_name="変更日時")),
                ("changed_by", models.CharField(max_length=150, verbose_name="記録者")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="報告日時")),
                ("told_how", models.CharField(blank=True, max_length=255, verbose_name="報告の方法")),
                ("told_by", models.CharField(blank=True, max_length=150, verbose_name="報告者")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="setting_changes",
                        to="contracts.contract",
                        verbose_name="契約番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "設定変更",
                "verbose_name_plural": "設定変更",
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_at__isnull", True)),
                        fields=["changed_at"],
                        name="setting_change_untold",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("told_at__isnull", True), ("told_how", "")),
                            models.Q(
                                ("told_at__gte", models.F("changed_at")),
                                ("told_at__isnull", False),
                                models.Q(("told_how", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="setting_change_told_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("what", ""), _negated=True), models.Q(("why", ""), _negated=True)),
                        name="setting_change_what_and_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "source",
                    models.CharField(
                        blank=True, choices=[("recorded", "画面での記録")], max_length=8, verbose_name="記録の由来"
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("company", "当社の責に帰すべき事由"),
                            ("customer", "契約者の義務違反（第11条第2項）"),
                            ("not_company", "当社の責に帰さない事由（第11条第2項）"),
                        ],
                        max_length=12,
                        verbose_name="帰責",
                    ),
                ),
                ("fault_reason", models.CharField(blank=True, max_length=500, verbose_name="帰責の理由")),
                ("claimed_on", models.DateField(blank=True, null=True, verbose_name="請求日")),
                ("claim_document", models.CharField(blank=True, max_length=255, verbose_name="請求の文書番号")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("granted", "認めた"), ("refused", "認めない")],
                        max_length=8,
                        verbose_name="認否",
                    ),
                ),
                ("decision_reason", models.CharField(blank=True, max_length=500, verbose_name="認否の理由")),
                ("decided_by", models.CharField(blank=True, max_length=150, verbose_name="決定者")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="決定日")),
                ("known_at", models.DateTimeField(verbose_name="覚知日時")),
                ("restored_at", models.DateTimeField(blank=True, null=True, verbose_name="復旧日時")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.outage",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outages",
                        to="contracts.contract",
                        verbose_name="契約番号",
                    ),
                ),
                ("event", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="事象")),
            ],
            options={
                "verbose_name": "利用不能",
                "verbose_name_plural": "利用不能",
                "permissions": [("decide_claim", "減額の請求を認めるか決める")],
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
                        name="contracts_outage_stands_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fault", ""),
                            models.Q(
                                ("fault__in", ["company", "customer", "not_company"]),
                                models.Q(("fault_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outage_fault_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", True), ("decision", "")),
                            models.Q(
                                ("claimed_on__isnull", False),
                                ("decided_on__isnull", False),
                                ("decision__in", ["granted", "refused"]),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="outage_decision_on_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "refused"), _negated=True),
                            models.Q(("decision_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outage_refused_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "granted"), _negated=True), ("fault", "company"), _connector="OR"
                        ),
                        name="outage_granted_for_fault",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["", "recorded"])), name="outage_source_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("contract", "known_at"),
                        name="outage_known_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("restored_at__gte", models.F("known_at"))),
                        name="outage_restored_after_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("restored_at__isnull", False),
                            models.Q(
                                models.Q(("decision", "granted"), _negated=True),
                                models.Q(
                                    ("claimed_on__isnull", True),
                                    models.Q(("source", ""), _negated=True),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="outage_granted_once_restored",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("event__isnull", False)), fields=["event"], name="outage_of_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "assent",
                    models.CharField(
                        choices=[
                            ("module_consent", "連携への同意（第7条第3項）"),
                            ("premium_consent", "設定変更への同意（第7条第4項）"),
                            ("bypass_option", "バイパスオプション（第7条第6項）"),
                            ("advanced_support", "アドバンストサポートオプション（第7条第7項）"),
                            ("own_premium_consent", "特則への契約者の同意（第17条第1項）"),
                        ],
                        max_length=24,
                        verbose_name="同意・前提",
                    ),
                ),
                ("given_on", models.DateField(verbose_name="同意日・開始日")),
                ("ends_on", models.DateField(blank=True, help_text="この日まで有効", null=True, verbose_name="終了日")),
                ("given_by", models.CharField(max_length=255, verbose_name="同意した者")),
                ("document", models.CharField(max_length=255, verbose_name="文書番号")),
                ("ended_by_document", models.CharField(blank=True, max_length=255, verbose_name="終了の文書番号")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.consent",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "linked_service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="contracts.linkedservice",
                        verbose_name="対応サービス",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="contracts.contract",
                        verbose_name="契約番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "同意・前提",
                "verbose_name_plural": "同意・前提",
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
                        name="contracts_consent_stands_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("contract__isnull", True),
                                ("linked_service__isnull", False),
                                models.Q(("assent", "own_premium_consent"), _negated=True),
                            ),
                            models.Q(
                                ("assent", "own_premium_consent"),
                                ("contract__isnull", False),
                                ("linked_service__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="consent_of_service_or_tier",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("linked_service__isnull", False), ("withdrawn_on__isnull", True)),
                        fields=("linked_service", "assent", "given_on"),
                        name="consent_of_service_once_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("contract__isnull", False), ("withdrawn_on__isnull", True)),
                        fields=("contract", "given_on"),
                        name="consent_of_tier_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("given_on")), _connector="OR"
                        ),
                        name="consent_ends_after_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), _negated=True), models.Q(("given_by", ""), _negated=True)
                        ),
                        name="consent_has_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "source",
                    models.CharField(
                        blank=True, choices=[("recorded", "画面での記録")], max_length=8, verbose_name="記録の由来"
                    ),
                ),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("company", "当社の責に帰すべき事由"),
                            ("customer", "契約者の義務違反（第11条第2項）"),
                            ("not_company", "当社の責に帰さない事由（第11条第2項）"),
                        ],
                        max_length=12,
                        verbose_name="帰責",
                    ),
                ),
                ("fault_reason", models.CharField(blank=True, max_length=500, verbose_name="帰責の理由")),
                ("claimed_on", models.DateField(blank=True, null=True, verbose_name="請求日")),
                ("claim_document", models.CharField(blank=True, max_length=255, verbose_name="請求の文書番号")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("granted", "認めた"), ("refused", "認めない")],
                        max_length=8,
                        verbose_name="認否",
                    ),
                ),
                ("decision_reason", models.CharField(blank=True, max_length=500, verbose_name="認否の理由")),
                ("decided_by", models.CharField(blank=True, max_length=150, verbose_name="決定者")),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="決定日")),
                (
                    "guarantee",
                    models.CharField(
                        choices=[("uptime", "稼働率"), ("notification", "通知")], max_length=16, verbose_name="保証事項"
                    ),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="発生日時")),
                (
                    "measured_percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="稼働率（%）"
                    ),
                ),
                ("detected_at", models.DateTimeField(blank=True, null=True, verbose_name="検知日時")),
                ("notified_at", models.DateTimeField(blank=True, null=True, verbose_name="通知日時")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.breach",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="breaches",
                        to="contracts.contract",
                        verbose_name="契約番号",
                    ),
                ),
                ("event", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="事象")),
            ],
            options={
                "verbose_name": "品質保証の違背",
                "verbose_name_plural": "品質保証の違背",
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
                        name="contracts_breach_stands_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fault", ""),
                            models.Q(
                                ("fault__in", ["company", "customer", "not_company"]),
                                models.Q(("fault_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="breach_fault_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on__isnull", True), ("decision", "")),
                            models.Q(
                                ("claimed_on__isnull", False),
                                ("decided_on__isnull", False),
                                ("decision__in", ["granted", "refused"]),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="breach_decision_on_claim",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "refused"), _negated=True),
                            models.Q(("decision_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="breach_refused_with_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "granted"), _negated=True), ("fault", "company"), _connector="OR"
                        ),
                        name="breach_granted_for_fault",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["", "recorded"])), name="breach_source_known"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("contract", "guarantee", "occurred_at"),
                        name="breach_occurred_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("guarantee__in", ["uptime", "notification"])), name="breach_guarantee_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("measured_percent__isnull", True),
                            models.Q(
                                ("guarantee", "uptime"), ("measured_percent__gte", 0), ("measured_percent__lt", 100)
                            ),
                            _connector="OR",
                        ),
                        name="breach_uptime_below",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("detected_at__isnull", True), ("notified_at__isnull", True)),
                            models.Q(
                                ("detected_at__isnull", False),
                                ("guarantee", "notification"),
                                ("notified_at__isnull", False),
                                ("notified_at__gt", models.F("detected_at")),
                            ),
                            _connector="OR",
                        ),
                        name="breach_notified_late",
                    ),
                ],
                "indexes": [
                    models.Index(condition=models.Q(("event__isnull", False)), fields=["event"], name="breach_of_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                (
                    "target",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="option",
                        serialize=False,
                        to="contracts.target",
                        verbose_name="オプション番号",
                    ),
                ),
                (
                    "option",
                    models.CharField(
                        choices=[
                            ("on_site_report", "現地報告オプション"),
                            ("device_log_monitoring", "個別ログ監視オプション"),
                            ("cloud_log_monitoring", "クラウドログ監視オプション"),
                            ("m365_log_monitoring", "Microsoft 365ログ監視オプション"),
                            ("log_retention", "ログ保管オプション"),
                            ("incident_response", "インシデント対応支援オプション"),
                            ("edr_operation", "EDR運用オプション"),
                            ("edr_licence", "EDRライセンス"),
                        ],
                        max_length=24,
                        verbose_name="オプション",
                    ),
                ),
                (
                    "licence_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("mssp", "MSSPライセンス"),
                            ("term", "期間ライセンス"),
                            ("customer", "顧客ライセンス"),
                        ],
                        max_length=16,
                        verbose_name="ライセンス種別",
                    ),
                ),
                (
                    "product",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("insight", "Falcon Insight"),
                            ("insight_prevent", "Falcon Insight及びFalcon Prevent"),
                        ],
                        max_length=16,
                        verbose_name="EDR製品",
                    ),
                ),
                ("retention_years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="保管年数")),
                ("quantity", models.PositiveIntegerField(blank=True, null=True, verbose_name="ライセンス数")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="contracts.contract",
                        verbose_name="契約",
                    ),
                ),
            ],
            options={
                "verbose_name": "オプション",
                "verbose_name_plural": "オプション",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "option__in",
                                [
                                    "on_site_report",
                                    "device_log_monitoring",
                                    "cloud_log_monitoring",
                                    "m365_log_monitoring",
                                    "log_retention",
                                    "incident_response",
                                    "edr_operation",
                                    "edr_licence",
                                ],
                            )
                        ),
                        name="option_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("option", "log_retention"),
                                ("retention_years__isnull", False),
                                ("retention_years__range", (1, 10)),
                            ),
                            models.Q(
                                models.Q(("option", "log_retention"), _negated=True), ("retention_years__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="option_retention_1_to_10_years",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("option", "edr_licence"), _negated=True),
                                ("licence_type", ""),
                                ("product", ""),
                                ("quantity__isnull", True),
                            ),
                            models.Q(
                                ("option", "edr_licence"),
                                ("quantity__isnull", False),
                                models.Q(
                                    models.Q(("licence_type", "mssp"), ("quantity__gte", 100)),
                                    models.Q(("licence_type", "term"), ("quantity__gte", 1000)),
                                    models.Q(("licence_type", "customer"), ("quantity__gte", 1)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="option_minimum_licences",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("category", "カテゴリ"),
                            ("item", "品目"),
                            ("retention_years", "保管年数"),
                            ("quantity", "ライセンス数"),
                        ],
                        max_length=16,
                        verbose_name="変更事項",
                    ),
                ),
                (
                    "to_name",
                    models.CharField(blank=True, help_text="カテゴリ又は品目", max_length=64, verbose_name="変更後"),
                ),
                (
                    "to_number",
                    models.PositiveIntegerField(
                        blank=True, help_text="年又はライセンス", null=True, verbose_name="変更後の数"
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="変更日")),
                (
                    "price_kept",
                    models.BooleanField(
                        default=False, help_text="月額費用は変わらない（I-41）", verbose_name="料金据置"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="contracts.application",
                        verbose_name="申込",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.change",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "変更",
                "verbose_name_plural": "変更",
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
                        name="contracts_change_stands_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("to_name__in", ["premium", "advanced"]),
                                ("to_number__isnull", True),
                                ("what", "category"),
                            ),
                            models.Q(
                                ("to_number__isnull", True), ("what", "item"), models.Q(("to_name", ""), _negated=True)
                            ),
                            models.Q(
                                ("to_name", ""),
                                ("to_number__isnull", False),
                                ("to_number__range", (1, 10)),
                                ("what", "retention_years"),
                            ),
                            models.Q(
                                ("to_name", ""),
                                ("to_number__gte", 1),
                                ("to_number__isnull", False),
                                ("what", "quantity"),
                            ),
                            _connector="OR",
                        ),
                        name="change_in_range",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("target", "what", "effective_on", "application"),
                        name="change_once_a_day_and_application",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingStart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("starts_on", models.DateField(verbose_name="課金開始日")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.billingstart",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="starts",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "課金開始日",
                "verbose_name_plural": "課金開始日",
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
                        name="contracts_billingstart_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("target",),
                        name="billing_start_one_stands",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField(verbose_name="対象日")),
                ("subject", models.CharField(max_length=255, verbose_name="件名")),
                ("body", models.TextField(verbose_name="本文")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "未送信"),
                            ("sending", "送信中"),
                            ("sent", "送信済み"),
                            ("failed", "送信失敗"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="試行")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="送信日時")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="宛先",
                    ),
                ),
            ],
            options={
                "verbose_name": "期限のお知らせ",
                "verbose_name_plural": "期限のお知らせ",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["waiting", "sending"])), fields=["id"], name="digest_not_sent"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("person", "on"), name="digest_once_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="digest_sent_when_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("ended", "終了"), ("renewed", "更新"), ("changed", "変更")],
                        max_length=8,
                        verbose_name="効力",
                    ),
                ),
                ("on", models.DateField(verbose_name="効力の生じた日")),
                ("of", models.CharField(blank=True, max_length=16, verbose_name="変更事項")),
                ("value", models.CharField(blank=True, max_length=64, verbose_name="結果")),
                ("after", models.CharField(blank=True, max_length=64, verbose_name="伴った対象")),
                ("clause", models.CharField(blank=True, max_length=16, verbose_name="条項")),
                ("readings", models.CharField(blank=True, max_length=64, verbose_name="解釈")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                (
                    "target",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="effects",
                        to="contracts.target",
                        verbose_name="対象番号",
                    ),
                ),
            ],
            options={
                "verbose_name": "効力の記録",
                "verbose_name_plural": "効力の記録",
                "indexes": [models.Index(fields=["on", "id"], name="effect_on")],
                "constraints": [
                    models.UniqueConstraint(fields=("target", "kind", "on", "of"), name="effect_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ended", "renewed", "changed"])), name="effect_kind_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkedServiceState",
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
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("swg", "IIJセキュアWebゲートウェイサービス"),
                            ("ips_ids", "IIJマネージドIPS/IDSサービス"),
                            ("firewall", "IIJマネージドファイアウォールサービス"),
                            ("fms", "IIJ Firewall Management Service"),
                            ("mx", "IIJセキュアMXサービス"),
                            ("endpoint", "IIJセキュアエンドポイントサービス"),
                            ("waf", "IIJマネージドWAFサービス"),
                            ("secure_access", "IIJセキュアアクセスサービス"),
                        ],
                        max_length=32,
                        verbose_name="サービス",
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=128, verbose_name="種類")),
                ("item", models.CharField(blank=True, max_length=128, verbose_name="品目")),
                (
                    "holder",
                    models.CharField(help_text="契約者コード、又は第三者の名称", max_length=255, verbose_name="名義"),
                ),
                (
                    "module_consent_on",
                    models.DateField(blank=True, help_text="第7条第3項", null=True, verbose_name="連携同意日"),
                ),
                (
                    "premium_consent_on",
                    models.DateField(blank=True, help_text="第7条第4項", null=True, verbose_name="設定変更同意日"),
                ),
                (
                    "bypass_option_on",
                    models.DateField(
                        blank=True, help_text="第7条第6項", null=True, verbose_name="バイパスオプション利用開始日"
                    ),
                ),
                (
                    "advanced_support_on",
                    models.DateField(
                        blank=True, help_text="第7条第7項", null=True, verbose_name="アドバンストサポート利用開始日"
                    ),
                ),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="終了日")),
                ("known_on", models.DateField(blank=True, null=True, verbose_name="記録日")),
                (
                    "linked_service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="states",
                        to="contracts.linkedservice",
                        verbose_name="対応サービス",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.linkedservicestate",
                        verbose_name="置き換えた記録",
                    ),
                ),
            ],
            options={
                "verbose_name": "対応サービスの状態",
                "verbose_name_plural": "対応サービスの状態",
                "indexes": [models.Index(fields=["holder"], name="linked_state_holder")],
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
                        name="contracts_linkedservicestate_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("linked_service", "from_on"),
                        name="linked_state_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("holder", ""), _negated=True), name="linked_state_holder_given"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitLook",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="look",
                        serialize=False,
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
                ("judged_on", models.DateField(verbose_name="見直した日")),
                ("judged_by", models.CharField(max_length=16, verbose_name="判定の版")),
                ("changes_on", models.DateField(blank=True, null=True, verbose_name="次に変わる日")),
                ("effects_on", models.DateField(blank=True, null=True, verbose_name="次に効力が生じる日")),
            ],
            options={
                "verbose_name": "管理単位の見直し",
                "verbose_name_plural": "管理単位の見直し",
                "indexes": [
                    models.Index(fields=["judged_on"], name="unit_look_judged_on"),
                    models.Index(fields=["judged_by"], name="unit_look_judged_by"),
                    models.Index(fields=["changes_on"], name="unit_look_changes_on"),
                    models.Index(fields=["effects_on"], name="unit_look_effects_on"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64, unique=True, verbose_name="見出しの組")),
                ("headings", models.JSONField(default=list, verbose_name="見出し")),
                ("columns", models.JSONField(default=dict, verbose_name="列の読み方")),
                ("said", models.JSONField(default=dict, verbose_name="述べた値")),
                ("used_by", models.CharField(max_length=150, verbose_name="使った人")),
                ("used_on", models.DateField(verbose_name="使った日")),
            ],
            options={
                "verbose_name": "一覧の読み方",
                "verbose_name_plural": "一覧の読み方",
            },
        ),
        migrations.CreateModel(
            name="BookUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255, verbose_name="ファイル名")),
                ("size", models.PositiveBigIntegerField(verbose_name="大きさ（バイト）")),
                ("sha256", models.CharField(max_length=64, verbose_name="ファイルのSHA-256")),
                ("brought_at", models.DateTimeField(auto_now_add=True, verbose_name="持込日時")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "受付済み"),
                            ("running", "試行中"),
                            ("tried", "試行済み"),
                            ("sent", "提出済み"),
                            ("taking", "取込中"),
                            ("taken", "取込済み"),
                            ("rejected", "却下"),
                            ("failed", "失敗"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("said", models.JSONField(blank=True, default=dict, verbose_name="一覧について述べた値")),
                ("columns", models.JSONField(blank=True, default=dict, verbose_name="一覧の列の読み方")),
                ("phase", models.CharField(blank=True, max_length=100, verbose_name="進み具合")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="読んだ行数")),
                ("facts_revision", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="事実の版")),
                ("tried_at", models.DateTimeField(blank=True, null=True, verbose_name="試行日時")),
                ("result", models.JSONField(blank=True, default=dict, verbose_name="試行の結果")),
                ("error", models.CharField(blank=True, max_length=500, verbose_name="エラー")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="提出日時")),
                ("four_eyes", models.BooleanField(default=False, verbose_name="二人での確認")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="決定日時")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="理由")),
                (
                    "book_import",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="contracts.bookimport",
                        verbose_name="台帳の取込",
                    ),
                ),
                (
                    "brought_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="持ち込んだ人",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="決定した人",
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提出した人",
                    ),
                ),
            ],
            options={
                "verbose_name": "台帳の持込",
                "verbose_name_plural": "台帳の持込",
                "permissions": [("take_bookupload", "提出された台帳を取り込み、又は却下する")],
                "indexes": [models.Index(fields=["sha256"], name="book_upload_sha256")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["waiting", "running", "tried", "sent", "taking", "taken", "rejected", "failed"],
                            )
                        ),
                        name="book_upload_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["sent", "taking", "taken"]), _negated=True),
                            ("sent_by__isnull", False),
                            _connector="OR",
                        ),
                        name="book_upload_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["taking", "taken", "rejected"]), _negated=True),
                            ("decided_by__isnull", False),
                            _connector="OR",
                        ),
                        name="book_upload_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("four_eyes", False),
                            models.Q(("state__in", ["taking", "taken"]), _negated=True),
                            models.Q(("decided_by", models.F("sent_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="book_upload_four_eyes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookUploadPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="番号")),
                ("data", models.BinaryField(verbose_name="内容")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="contracts.bookupload",
                        verbose_name="台帳の持込",
                    ),
                ),
            ],
            options={
                "verbose_name": "持ち込まれた台帳の内容",
                "verbose_name_plural": "持ち込まれた台帳の内容",
                "constraints": [models.UniqueConstraint(fields=("upload", "number"), name="book_upload_part_once")],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=36, unique=True, verbose_name="鍵")),
                ("led_to", models.CharField(blank=True, max_length=2000, verbose_name="記録したものの画面")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="送信者",
                    ),
                ),
            ],
            options={
                "verbose_name": "送信",
                "verbose_name_plural": "送信",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("key", ""), _negated=True), name="submission_key_given")
                ],
            },
        ),
        migrations.CreateModel(
            name="Asked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                ("asked_on", models.DateField(verbose_name="依頼日")),
                ("screen", models.CharField(max_length=64, verbose_name="画面")),
                ("verb", models.CharField(max_length=32, verbose_name="操作")),
                ("row", models.CharField(max_length=32, verbose_name="記録")),
                ("subject", models.CharField(max_length=128, verbose_name="番号")),
                ("form", models.TextField(verbose_name="入力")),
                ("shown", models.JSONField(default=list, verbose_name="依頼の時に示した内容")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "確認待ち"), ("done", "確定済み"), ("refused", "差戻し済み")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状態",
                    ),
                ),
                ("decided_on", models.DateField(blank=True, null=True, verbose_name="確認日")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="差戻しの理由")),
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
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="確認者",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "確認待ちの操作",
                "verbose_name_plural": "確認待ちの操作",
                "permissions": [("confirm_asked", "確認待ちの操作を確定し、又は差し戻す")],
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["unit"], name="asked_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", None), ("decided_on", None), ("state", "waiting")),
                            models.Q(
                                ("decided_by__isnull", False),
                                ("decided_on__isnull", False),
                                ("state__in", ["done", "refused"]),
                            ),
                            _connector="OR",
                        ),
                        name="asked_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "done"), _negated=True),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="asked_confirmed_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="asked_refused_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FactCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                ("on", models.DateField(verbose_name="訂正日")),
                ("by", models.CharField(max_length=150, verbose_name="訂正者")),
                (
                    "ground",
                    models.CharField(
                        choices=[("agreed", "契約者との合意（I-50）"), ("slip", "当社の誤記（I-51）")],
                        max_length=16,
                        verbose_name="訂正の根拠",
                    ),
                ),
                ("document", models.CharField(blank=True, max_length=255, verbose_name="訂正の文書番号")),
                ("reason", models.CharField(max_length=500, verbose_name="理由")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("name", "名称"),
                            ("change", "変更"),
                            ("start", "課金開始日"),
                            ("price", "料金"),
                            ("linked_service", "対応サービスの状態"),
                            ("consent", "同意・前提"),
                            ("outage", "利用不能"),
                            ("breach", "品質保証の違背"),
                            ("abolition", "EDRオプションの廃止"),
                            ("transfer", "契約の移転"),
                            ("move", "管理単位の移動"),
                        ],
                        max_length=24,
                        verbose_name="訂正した記録",
                    ),
                ),
                ("subject", models.CharField(max_length=128, verbose_name="番号")),
                ("revision", models.PositiveBigIntegerField(verbose_name="版")),
                ("was", models.PositiveBigIntegerField(verbose_name="訂正前の記録")),
                ("now", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="訂正後の記録")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "訂正の記録",
                "verbose_name_plural": "訂正の記録",
                "permissions": [("decide_correction", "契約者を拘束する事実を訂正する")],
                "indexes": [models.Index(fields=["subject", "-id"], name="correction_of_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ground", "slip"),
                            models.Q(("ground", "agreed"), models.Q(("document", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="correction_has_ground",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("by", ""), _negated=True)
                        ),
                        name="correction_has_reason",
                    ),
                    models.UniqueConstraint(fields=("kind", "was"), name="correction_once_a_row"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("from_on", models.DateField(help_text="移動先の管理単位での最初の日", verbose_name="移動日")),
                ("agreed_on", models.DateField(verbose_name="合意日")),
                ("document", models.CharField(max_length=255, verbose_name="文書番号")),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="contracts.contract",
                        verbose_name="契約番号",
                    ),
                ),
                (
                    "origin",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moved_out",
                        to="contracts.managementunit",
                        verbose_name="移動元",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.move",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moved_in",
                        to="contracts.managementunit",
                        verbose_name="移動先",
                    ),
                ),
            ],
            options={
                "verbose_name": "管理単位の移動",
                "verbose_name_plural": "管理単位の移動",
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
                        name="contracts_move_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("contract", "from_on"),
                        name="move_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin", models.F("unit")), _negated=True), name="move_to_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True), name="move_has_evidence"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                (
                    "kind",
                    models.CharField(
                        choices=[("transfer", "契約上の地位の移転"), ("merger", "合併")],
                        max_length=8,
                        verbose_name="移転の種類",
                    ),
                ),
                ("from_on", models.DateField(help_text="移転先の契約となる最初の日", verbose_name="移転日")),
                ("agreed_on", models.DateField(help_text="合併のときは、合併の契約の日", verbose_name="合意日")),
                ("document", models.CharField(max_length=255, verbose_name="文書番号")),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="given",
                        to="contracts.customer",
                        verbose_name="移転元",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received",
                        to="contracts.customer",
                        verbose_name="移転先",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.transfer",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "契約の移転",
                "verbose_name_plural": "契約の移転",
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
                        name="contracts_transfer_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_on__isnull", True)),
                        fields=("unit", "from_on"),
                        name="transfer_once_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("receiver")), _negated=True), name="transfer_to_another"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["transfer", "merger"])), name="transfer_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True), name="transfer_has_evidence"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisionMoment",
            fields=[
                ("revision", models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="版")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
            ],
            options={
                "verbose_name": "版の日時",
                "verbose_name_plural": "版の日時",
                "indexes": [models.Index(fields=["at"], name="revision_moment_at")],
            },
        ),
        migrations.CreateModel(
            name="ListChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(max_length=64, verbose_name="一覧")),
                ("query", models.CharField(max_length=500, verbose_name="選択")),
                ("person", models.CharField(max_length=150, verbose_name="利用者")),
            ],
            options={
                "verbose_name": "一覧の選択",
                "verbose_name_plural": "一覧の選択",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("person", "list"), name="list_choice_one_a_person")],
            },
        ),
        migrations.CreateModel(
            name="NameKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("customer", "契約者"), ("unit", "管理単位")], max_length=8, verbose_name="区分"
                    ),
                ),
                ("of", models.PositiveBigIntegerField(verbose_name="記録番号")),
                ("place", models.PositiveSmallIntegerField(verbose_name="位置")),
                ("key", models.CharField(max_length=24, verbose_name="検索の鍵")),
            ],
            options={
                "verbose_name": "検索の索引",
                "verbose_name_plural": "検索の索引",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        models.F("kind"), Bytewise("key"), models.F("place"), models.F("of"), name="name_key_found"
                    ),
                    models.Index(fields=["kind", "of"], name="name_key_of"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                ("asked_on", models.DateField(verbose_name="記録日")),
                ("asked_by", models.CharField(max_length=150, verbose_name="記録者")),
                ("from_on", models.DateField(verbose_name="引継日")),
                ("codes", models.JSONField(blank=True, default=list, verbose_name="管理単位コード")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "予定"), ("done", "実施済み"), ("taken_back", "取消し済み")],
                        default="waiting",
                        max_length=16,
                        verbose_name="状態",
                    ),
                ),
                ("handed", models.JSONField(blank=True, default=list, verbose_name="引き継いだ管理単位")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="実施日・取消日")),
                ("closed_by", models.CharField(blank=True, max_length=150, verbose_name="実施者・取消者")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="今の営業担当",
                    ),
                ),
                (
                    "to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="引き継ぐ人",
                    ),
                ),
            ],
            options={
                "verbose_name": "引継ぎ",
                "verbose_name_plural": "引継ぎ",
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["from_on"], name="hand_over_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_on", None), ("state", "waiting")),
                            models.Q(("closed_on__isnull", False), ("state__in", ["done", "taken_back"])),
                            _connector="OR",
                        ),
                        name="hand_over_closed_on_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Name",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="記録日時")),
                ("recorded_by", models.CharField(blank=True, max_length=150, verbose_name="記録者")),
                ("recorded_in", models.PositiveBigIntegerField(default=0, verbose_name="記録した版")),
                ("withdrawn_on", models.DateField(blank=True, null=True, verbose_name="取消日")),
                ("withdrawn_by", models.CharField(blank=True, max_length=150, verbose_name="取消者")),
                ("withdrawn_in", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="取消した版")),
                ("withdrawn_because", models.CharField(blank=True, max_length=500, verbose_name="取消の理由")),
                ("name", models.CharField(max_length=255, verbose_name="名称")),
                ("kana", models.CharField(blank=True, max_length=255, verbose_name="フリガナ")),
                (
                    "from_on",
                    models.DateField(blank=True, help_text="空欄は初めからの名称", null=True, verbose_name="適用日"),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="contracts.customer",
                        verbose_name="契約者",
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="contracts.name",
                        verbose_name="置き換えた記録",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="contracts.managementunit",
                        verbose_name="管理単位",
                    ),
                ),
            ],
            options={
                "verbose_name": "名称",
                "verbose_name_plural": "名称",
                "indexes": [models.Index(fields=["from_on"], name="name_from_on")],
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
                        name="contracts_name_stands_or_not",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("from_on__isnull", False), ("withdrawn_on__isnull", True)),
                        fields=("customer", "from_on"),
                        name="name_of_customer_once_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("from_on__isnull", False), ("withdrawn_on__isnull", True)),
                        fields=("unit", "from_on"),
                        name="name_of_unit_once_a_day",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("from_on__isnull", True), ("withdrawn_on__isnull", True)),
                        fields=("customer",),
                        name="name_of_customer_one_first",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("from_on__isnull", True), ("withdrawn_on__isnull", True)),
                        fields=("unit",),
                        name="name_of_unit_one_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("customer__isnull", False), ("unit__isnull", True)),
                            models.Q(("customer__isnull", True), ("kana", ""), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="name_of_one",
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="name_given"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryLink",
            fields=[
                (
                    "position",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="鎖の位置"),
                ),
                ("entry", models.PositiveBigIntegerField(unique=True, verbose_name="履歴の番号")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
            ],
            options={
                "verbose_name": "履歴の鎖",
                "verbose_name_plural": "履歴の鎖",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ChainHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveBigIntegerField(default=0, verbose_name="鎖の位置")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                ("swept_to", models.PositiveBigIntegerField(default=0, verbose_name="調べ終えた履歴の番号")),
            ],
            options={
                "verbose_name": "履歴の鎖の末尾",
                "verbose_name_plural": "履歴の鎖の末尾",
                "default_permissions": (),
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="chain_head_one_row")],
            },
        ),
        migrations.CreateModel(
            name="RowMarks",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=80, verbose_name="表と列")),
                ("block", models.PositiveBigIntegerField(verbose_name="範囲")),
                ("marks", models.BinaryField(verbose_name="控え")),
            ],
            options={
                "verbose_name": "行の控え",
                "verbose_name_plural": "行の控え",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=("what", "block"), name="row_marks_once")],
            },
        ),
    ]
