from itertools import islice

from django.db import migrations, models

from contracts.facts.folding import tails
from contracts.models.plain_code import Bytewise, plain_index

AT_ONCE = 500


def make_keys(apps, schema_editor):
    """The keys of the names that are there already."""
    key_of = apps.get_model("contracts", "NameKey")
    for kind, model in (("customer", "Customer"), ("unit", "ManagementUnit")):
        named = apps.get_model("contracts", model).objects.order_by("pk").values_list("pk", "name").iterator()
        while some := list(islice(named, AT_ONCE)):
            key_of.objects.bulk_create(
                [
                    key_of(kind=kind, of=pk, place=place, key=key)
                    for pk, name in some
                    for place, key in enumerate(tails(name))
                ],
                batch_size=2000,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0009_when_each_revision_began"),
    ]

    operations = [
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
                "constraints": [
                    models.UniqueConstraint(fields=["person", "list"], name="list_choice_one_a_person"),
                ],
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
            },
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
        migrations.AddIndex("namekey", models.Index("kind", Bytewise("key"), "place", "of", name="name_key_found")),
        migrations.AddIndex("namekey", models.Index(fields=["kind", "of"], name="name_key_of")),
        migrations.AddIndex("application", plain_index("number", "application_number_plain")),
        migrations.AddIndex("customer", plain_index("code", "customer_code_plain")),
        migrations.AddIndex("linkedservice", plain_index("code", "linked_service_code_plain")),
        migrations.AddIndex("managementunit", plain_index("code", "unit_code_plain")),
        migrations.AddIndex("notice", plain_index("reference", "notice_reference_plain")),
        migrations.AddIndex(
            "contract",
            models.Index(
                fields=["category", "target"], condition=~models.Q(category="module"), name="contract_of_tier"
            ),
        ),
        migrations.AddIndex("target", plain_index("number", "target_number_plain")),
    ]
