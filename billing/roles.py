"""役割: the groups of people who work here, each with what it may see and do. Here, because billing may know contracts."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

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
    *("add_name", "add_notice", "add_price", "change_price", "add_factcorrection", "add_transfer", "add_move"),
    *("add_outage", "change_outage", "add_breach", "change_breach", "add_bookupload"),
    *("make_letter",),
]
RUNS = ["change_job", "change_digest"]
EXPORTS = ["export_report"]
DECIDES = [
    *ENTERS,
    "decide_application",
    "change_notice",
    "decide_correction",
    "confirm_asked",
    "add_abolition",
    "decide_claim",
    "take_bookupload",
    *RUNS,
    *EXPORTS,
    "compute_forecast",
]
FINANCE = [
    *EXPORTS,
    "decide_heldsettlement",
    "issue_invoice",
    "change_billinggroup",
    "change_billingparty",
    "mark_invoice",
    "propose_month",
    "close_month",
    "check_ledger",
    "compute_forecast",
    "decide_claim",
    "confirm_asked",
    "make_document",
]
PEOPLE = ["add_user", "change_user", "view_user", "add_group", "change_group", "view_group"]
SEES_ALL = ["contracts", "billing"]

# What a role may do beside looking; and of which applications it sees everything.
ROLES = {
    "営業担当": (ENTERS, SEES_ALL),
    "営業責任者": (DECIDES, SEES_ALL),
    "経理": (FINANCE, SEES_ALL),
    "監査": ([*EXPORTS, "check_ledger"], SEES_ALL),
    "管理者": ([*DECIDES, *PEOPLE], SEES_ALL),
}


def make_roles(*, using: str, **_signal: Any) -> None:
    """Make the roles that are not there; called after every migrate. A role that is there is left as people have it."""
    for label in ("auth", *SEES_ALL):
        # Django makes an application's permissions after the migrate too, and later than this.
        create_permissions(apps.get_app_config(label), verbosity=0, interactive=False, using=using)
    there = set(Group.objects.using(using).values_list("name", flat=True))
    for name, (codes, seen) in ROLES.items():
        if name in there:
            continue
        permissions = Permission.objects.using(using)
        may = permissions.filter(content_type__app_label__in=["auth", *seen], codename__in=codes)
        looks = permissions.filter(content_type__app_label__in=seen, codename__startswith="view_")
        Group.objects.using(using).create(name=name).permissions.set([*may, *looks])
