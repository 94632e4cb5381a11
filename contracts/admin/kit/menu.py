"""The menu: by the work that people do, the records of each below it; every screen once, each for who may view it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Screen(NamedTuple):
    """A screen: what it is called, the permission that it asks for, its address by name; billing's are known by name only."""

    label: Any
    permission: str
    name: str
    query: str = ""

    @property
    def model(self) -> str:
        """The beginning of the names of all pages that belong to it."""
        return self.name.removesuffix("_changelist")


def _of(label: Any, model: str, query: str = "") -> Screen:
    app, name = model.split("_")
    return Screen(label, f"{app}.view_{name}", f"{model}_changelist", query)


SECTIONS: tuple[tuple[Any, tuple[Screen, ...]], ...] = (
    (
        _("顧客"),
        (
            _of(_("契約者"), "contracts_customer"),
            _of(_("管理単位"), "contracts_managementunit"),
            _of(_("契約"), "contracts_contract"),
            _of(_("オプション"), "contracts_option"),
            _of(_("対応サービス"), "contracts_linkedservice"),
            _of(_("同意・前提"), "contracts_consent"),
            _of(_("料金"), "contracts_price"),
            _of(_("名称"), "contracts_name"),
            _of(_("引継ぎ"), "contracts_handover"),
            _of(_("契約の移転"), "contracts_transfer"),
            _of(_("管理単位の移動"), "contracts_move"),
        ),
    ),
    (
        _("申込"),
        (
            _of(_("申込"), "contracts_application"),
            _of(_("変更"), "contracts_change"),
            _of(_("作業一覧"), "contracts_workitem"),
            _of(_("確認待ちの操作"), "contracts_asked", "?state__exact=waiting"),
            _of(_("台帳の持込"), "contracts_bookupload"),
        ),
    ),
    (
        _("解約"),
        (
            _of(_("解約通知"), "contracts_notice"),
            _of(_("効力の記録"), "contracts_effect"),
            _of(_("EDRオプションの廃止"), "contracts_abolition"),
        ),
    ),
    (
        _("障害"),
        (
            _of(_("利用不能"), "contracts_outage"),
            _of(_("品質保証の違背"), "contracts_breach"),
            _of(_("設定変更"), "contracts_settingchange"),
        ),
    ),
    (
        _("月次"),
        (
            _of(_("月次の提案"), "billing_proposal"),
            _of(_("締めた月"), "billing_month"),
            _of(_("見通し"), "billing_forecast"),
            _of(_("請求書"), "billing_invoice"),
            _of(_("お客様への書面"), "billing_document"),
            _of(_("書面のメール"), "billing_documentmail"),
            _of(_("料金明細"), "billing_chargeline"),
            _of(_("送付と入金"), "billing_invoicemark"),
            _of(_("入金の一覧"), "billing_receipts"),
            _of(_("請求先"), "billing_billingparty"),
            _of(_("請求先グループ"), "billing_billinggroup"),
            _of(_("計算できない対象"), "billing_parkedtarget"),
            _of(_("保留した解除調定金"), "billing_heldsettlement"),
            _of(_("台帳の検査"), "billing_ledgercheck"),
        ),
    ),
    (
        _("帳票"),
        (
            Screen(_("帳票"), "billing.view_chargeline", "billing_reports"),
            _of(_("帳票の書出し"), "billing_exportrecord"),
            _of(_("会計ソフトへの仕訳"), "billing_journalfile"),
        ),
    ),
    (
        _("設定"),
        (
            Screen(_("カタログ"), "contracts.view_contract", "contracts_catalogue"),
            Screen(_("解釈"), "contracts.view_contract", "contracts_readings"),
            Screen(_("規程の本文"), "contracts.view_contract", "contracts_clauses"),
            _of(_("履歴"), "contracts_entry"),
            _of(_("訂正の記録"), "contracts_factcorrection"),
            _of(_("台帳の取込"), "contracts_bookimport"),
            _of(_("定時処理"), "contracts_job"),
            _of(_("期限のお知らせ"), "contracts_digest"),
            _of(_("利用者"), "auth_user"),
            _of(_("グループ"), "auth_group"),
            _of(_("権限の変更"), "contracts_rightschange"),
            Screen(_("できることの一覧"), "contracts.view_entry", "contracts_rights"),
        ),
    ),
)
"""What is done here, in the order in which work flows, and the screens of each; the first is where it begins."""

MODELS = frozenset(screen.model for _label, screens in SECTIONS for screen in screens)
PERMISSIONS = frozenset(screen.permission for _label, screens in SECTIONS for screen in screens)
BESIDE = {
    "contracts_linkedservicestate": "contracts_linkedservice",
    "billing_draftline": "billing_proposal",
    "billing_monthclosing": "billing_proposal",
}
"""Pages that are in the menu under another record's screen."""


class Link(NamedTuple):
    """A screen in the menu of a page."""

    label: Any
    address: str
    current: bool


class Section(NamedTuple):
    """A work in the menu of a page: its first screen, and all of them."""

    label: Any
    address: str
    current: bool
    links: list[Link]


def permitted(person: Any) -> frozenset[str]:
    """Of what the menu asks for what somebody has."""
    return frozenset(permission for permission in PERMISSIONS if person.has_perm(permission))


def menu_of(may: frozenset[str], at: str) -> Iterator[Section]:
    """The menu for whoever has those permissions, with the screen marked that the page belongs to."""
    for label, screens in SECTIONS:
        links = [
            Link(screen.label, reverse(f"admin:{screen.name}") + screen.query, screen.model == at)
            for screen in screens
            if screen.permission in may
        ]
        if links:
            yield Section(label, links[0].address, any(link.current for link in links), links)


def here(request: HttpRequest) -> str:
    """The screen that the page belongs to, by the name of its address; '' for none of the menu."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if name in MODELS:
        return name
    model = "_".join(name.split("_")[:2])
    found = BESIDE.get(model, "billing_reports" if model == "billing_report" else model)
    return found if found in MODELS else ""
