"""Every page and every verb asks for its permission, as every role: found by walking the addresses, not by a list of them."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from billing.reports import AHEAD, REPORTS
from tests.admin.conftest import signed_in
from tests.admin.walk import admin_addresses, admin_names

pytestmark = pytest.mark.usefixtures("book")

ROLES = ["営業担当", "営業責任者", "経理", "監査", "管理者", ""]
"""The last has no role at all."""
# Django's own pages, for everybody who is signed in; and what only leads elsewhere.
OF_EVERYBODY = {
    *("index", "login", "logout", "password_change", "password_change_done", "jsi18n", "app_list"),
    *("view_on_site", "autocomplete"),
}
OTHERS = {
    # Nothing is posted there, and yen are shown: whoever sees units sees their prices.
    "contracts_managementunit_leaving": "contracts.view_price",
    "contracts_managementunit_changing": "contracts.enter_application",
    "contracts_catalogue": "contracts.view_contract",
    "contracts_readings": "contracts.view_contract",
    "contracts_clauses": "contracts.view_contract",
    "contracts_entry_csv": "contracts.view_entry",
    "contracts_workitem_calendar": "contracts.view_workitem",
    "contracts_bookupload_bring": "contracts.add_bookupload",
    "contracts_bookupload_reading": "contracts.add_bookupload",
    "contracts_bookupload_template": "contracts.view_bookupload",
    "contracts_bookupload_marked": "contracts.view_bookupload",
    "contracts_bookupload_file": "contracts.view_bookupload",
    "contracts_bookupload_out": "billing.export_report",
    "contracts_application_new": "contracts.enter_application",
    "contracts_application_edit": "contracts.enter_application",
    "contracts_application_accept": "contracts.decide_application",
    "auth_user_password_change": "auth.change_user",
    "contracts_rights": "contracts.view_entry",
    "billing_journalfile_file": "billing.export_report",
    "billing_reports": "billing.view_chargeline",
    "billing_proposal_rows": "billing.view_proposal",
    **{f"billing_report_{report.name}": "billing.view_chargeline" for report in (*REPORTS, *AHEAD)},
    **{f"billing_report_{report.name}_export": "billing.export_report" for report in (*REPORTS, *AHEAD)},
}
NOBODY = "nobody"
VERBS = {
    "contracts_abolition_declare": "contracts.add_abolition",
    "contracts_bookupload_again": "contracts.add_bookupload",
    "contracts_bookupload_send": "contracts.add_bookupload",
    "contracts_bookupload_take": "contracts.take_bookupload",
    "contracts_bookupload_reject": "contracts.take_bookupload",
    "contracts_bookupload_go-on": "contracts.take_bookupload",
    "contracts_digest_resend": "contracts.change_digest",
    "contracts_contract_quote": "contracts.add_price",
    "contracts_option_quote": "contracts.add_price",
    **{
        f"contracts_{model}_{verb}": "contracts.add_factcorrection"
        for model in ("change", "price", "consent", "linkedservicestate")
        for verb in ("correct", "take-back")
    },
    **{
        f"contracts_{model}_{verb}": "contracts.add_factcorrection"
        for model in ("contract", "option")
        for verb in ("correct-start", "take-start-back")
    },
    **{
        f"contracts_{model}_{verb}": "contracts.add_factcorrection"
        for model in ("outage", "breach")
        for verb in ("correct", "correct-claim", "correct-decision", "take-back")
    },
    **{
        f"contracts_{model}_{verb}": "contracts.add_factcorrection"
        for model in ("transfer", "move")
        for verb in ("correct", "take-back")
    },
    "contracts_abolition_correct": "contracts.decide_correction",
    "contracts_abolition_take-back": "contracts.decide_correction",
    "contracts_rightschange_ask-person": "auth.change_user",
    "contracts_rightschange_ask-role": "auth.change_group",
    "contracts_rightschange_grant": "contracts.decide_rightschange",
    "contracts_rightschange_refuse": "contracts.decide_rightschange",
    "contracts_asked_confirm": "contracts.confirm_asked",
    "contracts_asked_send-back": "contracts.confirm_asked",
    "contracts_price_revise": "contracts.change_price",
    "contracts_price_withdraw": "contracts.change_price",
    "contracts_job_again": "contracts.change_job",
    "contracts_job_go-on": "contracts.change_job",
    "contracts_notice_correct": "contracts.change_notice",
    "contracts_notice_receive": "contracts.add_notice",
    "contracts_notice_withdraw": "contracts.change_notice",
    "billing_billinggroup_fill": "billing.change_billinggroup",
    "billing_billinggroup_make": "billing.change_billinggroup",
    "billing_billinggroup_billing-party": "billing.change_billingparty",
    "billing_billingparty_correct": "billing.change_billingparty",
    "billing_billingparty_take-back": "billing.change_billingparty",
    "contracts_customer_billing-party": "billing.change_billingparty",
    "contracts_managementunit_order-number": "billing.change_billingparty",
    "billing_invoice_sent": "billing.mark_invoice",
    "billing_invoice_paid": "billing.mark_invoice",
    "billing_invoicemark_take-back": "billing.mark_invoice",
    "billing_month_sent": "billing.mark_invoice",
    "billing_receipts_read": "billing.mark_invoice",
    "billing_receipts_take": "billing.mark_invoice",
    "billing_invoice_print": "billing.view_invoice",
    "billing_invoice_print-all": "billing.view_invoice",
    "billing_invoice_zip-all": "billing.view_invoice",
    "billing_invoice_mail": "billing.make_document",
    "billing_invoice_reissue": "billing.make_document",
    "billing_month_documents": "billing.make_document",
    "billing_month_mail": "billing.make_document",
    "billing_document_pdf": "billing.view_document",
    "billing_document_mail": "billing.make_document",
    "billing_documentmail_again": "billing.make_document",
    "billing_documentmail_bounced": "billing.make_document",
    "contracts_application_quotation": "billing.make_letter",
    "contracts_application_start-letter": "billing.make_letter",
    "contracts_managementunit_leaving-letter": "billing.make_letter",
    "contracts_managementunit_renewal-letter": "billing.make_letter",
    "billing_month_issue": "billing.issue_invoice",
    "billing_monthclosing_go-on": "billing.close_month",
    "billing_proposal_again": "billing.propose_month",
    "billing_proposal_close": "billing.close_month",
    "billing_proposal_compute-on": "billing.propose_month",
    "billing_proposal_propose": "billing.propose_month",
    "billing_ledgercheck_ask": "billing.ask_ledgercheck",
    "billing_ledgercheck_go-on": "billing.ask_ledgercheck",
    "contracts_outage_record": "contracts.add_outage",
    "contracts_outage_restore": "contracts.change_outage",
    "contracts_outage_decide-fault": "contracts.change_outage",
    "contracts_outage_receive-claim": "contracts.change_outage",
    "contracts_outage_grant": "contracts.decide_claim",
    "contracts_outage_refuse": "contracts.decide_claim",
    "contracts_breach_record-uptime": "contracts.add_breach",
    "contracts_breach_record-notification": "contracts.add_breach",
    "contracts_breach_decide-fault": "contracts.change_breach",
    "contracts_breach_receive-claim": "contracts.change_breach",
    "contracts_breach_grant": "contracts.decide_claim",
    "contracts_breach_refuse": "contracts.decide_claim",
    "billing_heldsettlement_bill": "billing.decide_heldsettlement",
    "billing_heldsettlement_waive": "billing.decide_heldsettlement",
    "billing_exportrecord_again": "billing.export_report",
    "billing_month_journal": "billing.export_report",
    "billing_forecast_again": "billing.compute_forecast",
    "billing_forecast_ask": "billing.compute_forecast",
    "billing_forecast_go-on": "billing.compute_forecast",
    "contracts_application_acknowledge": "contracts.enter_application",
    "contracts_application_send-back": "contracts.decide_application",
    "contracts_application_receive": "contracts.enter_application",
    "contracts_application_reject": "contracts.decide_application",
    "contracts_application_withdraw": "contracts.enter_application",
    "contracts_change_keep": "contracts.change_price",
    "contracts_consent_end": "contracts.change_consent",
    "contracts_contract_ready": "contracts.change_contract",
    "contracts_contract_record-consent": "contracts.add_consent",
    "contracts_contract_record-setting-change": "contracts.add_settingchange",
    "contracts_contract_start": "contracts.change_contract",
    "contracts_customer_first": "contracts.add_customer",
    "contracts_customer_register": "contracts.add_customer",
    "contracts_customer_register-unit": "contracts.add_managementunit",
    "contracts_linkedservice_add-state": "contracts.add_linkedservicestate",
    "contracts_linkedservice_record-consent": "contracts.add_consent",
    "contracts_linkedservice_register": "contracts.add_linkedservicestate",
    "contracts_managementunit_hand-over": "contracts.change_managementunit",
    "contracts_handover_take-back": "contracts.change_managementunit",
    "contracts_customer_rename": "contracts.add_name",
    "contracts_managementunit_rename": "contracts.add_name",
    "contracts_customer_correct-name": "contracts.add_factcorrection",
    "contracts_managementunit_correct-name": "contracts.add_factcorrection",
    "contracts_name_correct": "contracts.add_factcorrection",
    "contracts_name_take-back": "contracts.add_factcorrection",
    "contracts_notice_letter": "contracts.add_notice",
    "contracts_managementunit_assign": "contracts.change_managementunit",
    "contracts_managementunit_transfer": "contracts.add_transfer",
    "contracts_managementunit_move": "contracts.add_move",
    "contracts_customer_merge": "contracts.add_transfer",
    "contracts_option_start": "contracts.change_contract",
    "contracts_settingchange_tell": "contracts.change_settingchange",
    "contracts_workitem_done": "contracts.change_workitem",
    "contracts_workitem_not-done": "contracts.change_workitem",
    "contracts_workitem_give-back": "contracts.change_workitem",
    "contracts_workitem_note": "contracts.change_workitem",
    "contracts_workitem_take": "contracts.change_workitem",
}
"""Said here once more, and not asked of the verbs: a verb under a wrong permission is to be found."""
LEADS = {
    *("contracts.decide_application", "contracts.add_abolition", "contracts.change_notice"),
    *("contracts.change_job", "contracts.change_digest", "contracts.decide_claim", "contracts.take_bookupload"),
    *("contracts.decide_correction", "contracts.confirm_asked", "contracts.decide_rightschange"),
}
LOOKS = {"billing.view_invoice", "billing.view_document"}
EXPORTS = {"billing.export_report"}
CHECKS = {"billing.ask_ledgercheck"}
LETTERS = {"billing.make_letter"}
"""Letters to customers are made by whoever looks after them."""
FINANCE = {permission for permission in VERBS.values() if permission.startswith("billing.")} - LOOKS - LETTERS
FINANCE |= {"contracts.decide_claim", "contracts.confirm_asked"}
PEOPLE = {f"auth.{action}_{model}" for action in ("add", "change", "view") for model in ("user", "group")}
ENTERS = {*VERBS.values()} - LEADS - FINANCE - LOOKS - PEOPLE
DECIDES = {*ENTERS, *LEADS, *EXPORTS, "billing.compute_forecast"}
DOES = {
    "営業担当": ENTERS,
    "営業責任者": DECIDES,
    "経理": FINANCE,
    "監査": EXPORTS | CHECKS,
    "管理者": DECIDES | PEOPLE | CHECKS,
    "": set(),
}
"""What each role may do beside looking."""


def needed(name: str) -> str:
    """The permission that a page of that name asks for, '' where everybody may."""
    if name in OF_EVERYBODY:
        return ""
    if name in OTHERS:
        return OTHERS[name]
    for model in admin.site._registry:
        meta = model._meta
        prefix = f"{meta.app_label}_{meta.model_name}_"
        if not name.startswith(prefix):
            continue
        rest = name.removeprefix(prefix)
        if name in VERBS:
            return VERBS[name]
        if rest == "out":
            return "billing.export_report"
        if rest in ("changelist", "change", "history"):
            return f"{meta.app_label}.view_{meta.model_name}"
        if rest in ("add", "delete"):
            return f"auth.{rest}_{meta.model_name}" if meta.app_label == "auth" else NOBODY
    raise AssertionError(f"nobody has said which permission {name} asks for")


def person(role: str) -> User:
    user = User.objects.create_user(f"who is {role}", is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def test_the_walk_finds_the_pages() -> None:
    names = admin_names()
    assert len(names) > 100
    assert {"contracts_application_accept", "contracts_entry_csv", "contracts_consent_end"} <= set(names)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_it_is_for(role: str) -> None:
    """Beside looking, which goes by the record; not one permission more."""
    held = person(role).get_all_permissions()
    looks = {name for name in held if name.startswith(("contracts.view_", "billing.view_"))}
    assert held - looks == DOES[role]
    assert bool(looks) is bool(role)


def lesser(role: str) -> list[set[str]]:
    """What each role may do that may do less than this one, and nothing that this one may not."""
    held = {name: person(name).get_all_permissions() for name in ROLES if name != role}
    own = person(role).get_all_permissions()
    return [permissions for permissions in held.values() if permissions < own]


@pytest.mark.usefixtures("one_of_each", "undrawn", "known")
@pytest.mark.parametrize("role", ROLES)
def test_every_page_asks_for_its_permission(role: str) -> None:
    """Whoever may not is refused, as every role; of those that may, who may least is let in.

    A page under a wrong permission that refuses somebody who may refuses one of those as well.

    That a page stands before those who may more is seen where the chief walks through all of them.
    """
    those, user = lesser(role), User.objects.get(username=f"who is {role}")
    client = signed_in(user)
    wrong = []
    for name, address in admin_addresses().items():
        permission = needed(name)
        if not permission or any(permission in permissions for permissions in those):
            continue
        may = user.has_perm(permission)
        answers = [client.get(address)]
        if permission not in _READ_ONLY:
            # A form posted empty writes nothing; who may not even look at it is refused what is confirmed too.
            answers.append(client.post(address, {} if may else {"confirmed": "1"}))
        wrong += [
            (name, answer.request["REQUEST_METHOD"], permission, may)
            for answer in answers
            if (answer.status_code == 403) is may
        ]
    assert wrong == []


_READ_ONLY = {f"{model._meta.app_label}.view_{model._meta.model_name}" for model in admin.site._registry}
"""Permissions to look: nothing is posted to those pages."""
_LOOKING = (
    *(
        "_changelist",
        "_csv",
        "_catalogue",
        "_readings",
        "_clauses",
        "_history",
        "_print",
        "_print-all",
        "_zip-all",
        "_pdf",
    ),
    *("_template", "_marked", "_file", "_calendar", "_leaving", "_rights", "_rows"),
)
"""Pages that answer whatever is sent to them as they do without."""


@pytest.mark.usefixtures("one_of_each", "undrawn", "known")
def test_the_auditor_sees_everything_and_changes_nothing() -> None:
    """What an auditor takes out is recorded, and changes nothing. Pages that are not for looking are asked for above, as each role."""
    auditor = person("監査")
    client, looked_at = signed_in(auditor), 0
    for name, address in admin_addresses().items():
        permission = needed(name)
        if permission.startswith("auth.") or not permission.partition(".")[2].startswith("view_"):
            continue
        assert auditor.has_perm(permission), name
        looked_at += 1
        if not name.endswith(_LOOKING) and not name.startswith("billing_report"):
            assert client.post(address, {"confirmed": "1"}).status_code == 403, name
    assert looked_at > 100


@pytest.mark.usefixtures("one_of_each", "known")
def test_who_is_not_signed_in_or_not_staff_is_sent_to_sign_in() -> None:
    outsider = signed_in(User.objects.create_user("outsider"))
    for name, address in admin_addresses().items():
        if name in ("login", "logout", "jsi18n"):
            continue
        for client in (Client(), outsider):
            answer = client.get(address)
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/admin/login/"), name


def test_only_a_superuser_makes_another() -> None:
    boss = signed_in(person("管理者"))
    other = User.objects.create_user("other", is_staff=True)
    page = reverse("admin:auth_user_change", args=[other.pk])
    assert 'name="is_superuser"' not in boss.get(page).text
    given = {"username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    given |= {"date_joined_0": "2026-11-01", "date_joined_1": "00:00:00"}
    boss.post(page, given)
    other.refresh_from_db()
    assert not other.is_superuser


def test_only_a_superuser_changes_a_superuser(chief: User) -> None:
    """Who sets another's password can be them: the administrator's role does not lead to everything."""
    boss = signed_in(person("管理者"))
    page, password = (reverse(f"admin:auth_user_{name}", args=[chief.pk]) for name in ("change", "password_change"))
    assert boss.get(page).status_code == 200
    assert 'name="username"' not in boss.get(page).text
    assert boss.post(page, {"username": "chief"}).status_code == 403
    assert boss.get(password).status_code == 403
    new = {"password1": "a-new-one-0123", "password2": "a-new-one-0123", "usable_password": "true"}
    assert boss.post(password, new).status_code == 403
    chief.refresh_from_db()
    assert not chief.has_usable_password()
    other = User.objects.create_user("other", is_staff=True)
    own = reverse("admin:auth_user_password_change", args=[other.pk])
    assert boss.post(own, new).status_code == 302


@pytest.mark.parametrize(("language", "named"), [("ja", "営業責任者"), ("en", "Account manager lead")])
def test_roles_are_named_in_the_language_of_the_screen(chief: User, language: str, named: str) -> None:
    client = signed_in(chief, language)
    assert named in client.get(reverse("admin:auth_group_changelist")).text
    assert named in client.get(reverse("admin:contracts_rightschange_ask-person")).text
    page = client.get(reverse("admin:auth_group_change", args=[Group.objects.get(name="営業責任者").pk])).text
    assert "Can " not in page
    assert ("申込を承諾又は拒絶する" in page) is (language == "ja")
