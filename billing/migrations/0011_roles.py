"""役割: the groups of people who work here, each with what it may see and do. It lives here because billing may know contracts."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ENTERS = [
    *(
        "enter_application",
        "add_consent",
        "change_consent",
        "add_customer",
        "add_managementunit",
        "change_managementunit",
    ),
    *("add_linkedservicestate", "change_contract", "add_settingchange", "change_settingchange", "change_workitem"),
    *("add_notice", "add_price", "change_price"),
    *("add_outage", "change_outage", "add_breach", "change_breach"),
]
RUNS = ["change_job", "change_digest"]
EXPORTS = ["export_report"]
DECIDES = [*ENTERS, "decide_application", "change_notice", "add_abolition", "decide_claim", *RUNS, *EXPORTS]
FINANCE = [
    *EXPORTS,
    *("decide_heldsettlement", "issue_invoice", "change_billinggroup", "propose_month", "close_month", "decide_claim"),
]
PEOPLE = ["add_user", "change_user", "view_user", "add_group", "change_group", "view_group"]
SEES_ALL = ["contracts", "billing"]

# What a role may do beside looking; and of which applications it sees everything.
ROLES = {
    "営業担当": (ENTERS, SEES_ALL),
    "営業責任者": (DECIDES, SEES_ALL),
    "経理": (FINANCE, SEES_ALL),
    "監査": (EXPORTS, SEES_ALL),
    "管理者": ([*DECIDES, *PEOPLE], SEES_ALL),
}


def forwards(apps, schema_editor):
    # Permissions are made once all migrations have run; the roles need them now.
    for label in ("auth", "contracts", "billing"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    for name, (codes, seen) in ROLES.items():
        group, _created = Group.objects.get_or_create(name=name)
        may = Permission.objects.filter(content_type__app_label__in=["auth", *seen], codename__in=codes)
        looks = Permission.objects.filter(content_type__app_label__in=seen, codename__startswith="view_")
        group.permissions.set([*may, *looks])


def backwards(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0010_facts_guards"),
        ("contracts", "0007_claims"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(forwards, backwards)]
