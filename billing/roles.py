"""役割: the groups of people who work here, each with what it may see and do. Here, because billing may know contracts."""

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
CHECKS = ["ask_ledgercheck"]
DECIDES = [
    *ENTERS,
    "decide_application",
    "change_notice",
    "decide_correction",
    "confirm_asked",
    "add_abolition",
    "decide_claim",
    "take_bookupload",
    "decide_rightschange",
    *RUNS,
    *EXPORTS,
    "compute_forecast",
]
FINANCE = [
    *EXPORTS,
    *CHECKS,
    "decide_heldsettlement",
    "issue_invoice",
    "change_billinggroup",
    "change_billingparty",
    "mark_invoice",
    "propose_month",
    "close_month",
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
    "監査": ([*EXPORTS, *CHECKS], SEES_ALL),
    "管理者": ([*DECIDES, *PEOPLE, *CHECKS], SEES_ALL),
}
