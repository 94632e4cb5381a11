# 請求: who is at fault, the claim and what was decided on it, for outages and breaches (第11条, 第15条).

import datetime
from decimal import Decimal

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0006_prices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outage",
            options={
                "permissions": [("decide_claim", "減額の請求を認めるか決める")],
                "verbose_name": "利用不能",
                "verbose_name_plural": "利用不能",
            },
        ),
        migrations.RemoveConstraint(
            model_name="workitem",
            name="work_item_kind_known",
        ),
        migrations.AddField(
            model_name="breach",
            name="claim_document",
            field=models.CharField(blank=True, max_length=255, verbose_name="請求の文書番号"),
        ),
        migrations.AddField(
            model_name="breach",
            name="decided_by",
            field=models.CharField(blank=True, max_length=150, verbose_name="決定者"),
        ),
        migrations.AddField(
            model_name="breach",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="決定日"),
        ),
        migrations.AddField(
            model_name="breach",
            name="decision",
            field=models.CharField(
                blank=True, choices=[("granted", "認めた"), ("refused", "認めない")], max_length=8, verbose_name="認否"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="decision_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="認否の理由"),
        ),
        migrations.AddField(
            model_name="breach",
            name="detected_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="検知日時"),
        ),
        migrations.AddField(
            model_name="breach",
            name="fault",
            field=models.CharField(
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
        migrations.AddField(
            model_name="breach",
            name="fault_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="帰責の理由"),
        ),
        migrations.AddField(
            model_name="breach",
            name="measured_percent",
            field=models.DecimalField(
                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="稼働率（%）"
            ),
        ),
        migrations.AddField(
            model_name="breach",
            name="notified_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="通知日時"),
        ),
        migrations.AddField(
            model_name="breach",
            name="source",
            field=models.CharField(
                blank=True, choices=[("recorded", "画面での記録")], max_length=8, verbose_name="記録の由来"
            ),
        ),
        migrations.AddField(
            model_name="outage",
            name="claim_document",
            field=models.CharField(blank=True, max_length=255, verbose_name="請求の文書番号"),
        ),
        migrations.AddField(
            model_name="outage",
            name="decided_by",
            field=models.CharField(blank=True, max_length=150, verbose_name="決定者"),
        ),
        migrations.AddField(
            model_name="outage",
            name="decided_on",
            field=models.DateField(blank=True, null=True, verbose_name="決定日"),
        ),
        migrations.AddField(
            model_name="outage",
            name="decision",
            field=models.CharField(
                blank=True, choices=[("granted", "認めた"), ("refused", "認めない")], max_length=8, verbose_name="認否"
            ),
        ),
        migrations.AddField(
            model_name="outage",
            name="decision_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="認否の理由"),
        ),
        migrations.AddField(
            model_name="outage",
            name="fault",
            field=models.CharField(
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
        migrations.AddField(
            model_name="outage",
            name="fault_reason",
            field=models.CharField(blank=True, max_length=500, verbose_name="帰責の理由"),
        ),
        migrations.AddField(
            model_name="outage",
            name="source",
            field=models.CharField(
                blank=True, choices=[("recorded", "画面での記録")], max_length=8, verbose_name="記録の由来"
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="operation",
            field=models.CharField(
                choices=[
                    ("import", "台帳の取込"),
                    ("register", "登録"),
                    ("assign", "担当の変更"),
                    ("draft", "下書きの保存"),
                    ("receive", "受付"),
                    ("accept", "承諾"),
                    ("reject", "拒絶"),
                    ("withdraw", "取下げ"),
                    ("consent", "同意・前提の記録"),
                    ("end_consent", "同意・前提の終了"),
                    ("readiness", "通信環境の準備の記録"),
                    ("start", "課金開始日の決定"),
                    ("setting_change", "設定変更の記録"),
                    ("tell", "設定変更の報告"),
                    ("take", "作業の引受け"),
                    ("close", "月次の締め"),
                    ("quote", "料金の登録"),
                    ("change_price", "料金の変更"),
                    ("withdraw_price", "料金の取下げ"),
                    ("correct_price", "料金の訂正"),
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
                ],
                max_length=32,
                verbose_name="操作",
            ),
        ),
        migrations.AlterField(
            model_name="outage",
            name="restored_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="復旧日時"),
        ),
        migrations.AlterField(
            model_name="workitem",
            name="kind",
            field=models.CharField(
                choices=[
                    ("application", "申込の決定"),
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
                ],
                max_length=16,
                verbose_name="種別",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "refused"), _negated=True),
                    models.Q(("decision_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="breach_refused_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "granted"), _negated=True), ("fault", "company"), _connector="OR"
                ),
                name="breach_granted_for_fault",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["", "recorded"])), name="breach_source_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("measured_percent__isnull", True),
                    models.Q(
                        ("guarantee", "uptime"),
                        ("measured_percent__gte", 0),
                        ("measured_percent__lt", Decimal("99.90")),
                    ),
                    _connector="OR",
                ),
                name="breach_uptime_below",
            ),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("detected_at__isnull", True), ("notified_at__isnull", True)),
                    models.Q(
                        ("detected_at__isnull", False),
                        ("guarantee", "notification"),
                        ("notified_at__isnull", False),
                        (
                            "notified_at__gt",
                            django.db.models.expressions.CombinedExpression(
                                models.F("detected_at"), "+", models.Value(datetime.timedelta(seconds=900))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="breach_notified_late",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "refused"), _negated=True),
                    models.Q(("decision_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="outage_refused_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "granted"), _negated=True), ("fault", "company"), _connector="OR"
                ),
                name="outage_granted_for_fault",
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["", "recorded"])), name="outage_source_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="outage",
            constraint=models.CheckConstraint(
                condition=models.Q(("restored_at__isnull", False), ("claimed_on__isnull", True), _connector="OR"),
                name="outage_claimed_once_restored",
            ),
        ),
        migrations.AddConstraint(
            model_name="workitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "application",
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
                        ],
                    )
                ),
                name="work_item_kind_known",
            ),
        ),
    ]
