"""Every clause: a form that breaks it is refused at the right line and field; its lawful neighbour is acceptable."""

import pytest

from tests.contracts.applications.form import (
    CONSENT,
    IPS_KIND,
    edr,
    ips,
    licence,
    licences,
    module,
    option,
    other_item,
    premium,
    refusals,
    tier,
    upgrade,
    years,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER

PAIR = had.edr(), had.licence()


def swg_service(**said):
    return had.service("IIJセキュアWebゲートウェイサービス", item="タイプF", **said)


def waf_service(item="タイプAS", **said):
    return had.service("IIJマネージドWAFサービス", item=item, **said)


def swg(**said):
    return module("swg", item="タイプF", links="S-1", **said)


def waf(**said):
    return module("waf", item="タイプAS", links="S-1", **said)


def firewall(item="タイプA", kind="FireWall-1"):
    return module("firewall", kind, item, links="S-1")


def m365(*more):
    return [tier(), module("m365_log"), *more]


NEW_UNIT = {
    "7-1 a tier alone": ([], [tier()], {("7-1", "#1", "category")}, [tier(), module()]),
    "7-1 a module alone": ([], [module()], {("7-1", "#2", "category")}, [tier(), module()]),
    "7-1 two tiers": (
        [],
        [tier(), module(), tier("basic", "#3")],
        {("7-1", "#3", "category"), ("6-1", "#3", "category")},
        [tier(), module()],
    ),
    "7-1 EDR運用 does for a module": (
        [],
        [premium(), licence()],
        {("7-1", "#1", "category"), ("7-13", "#9", "option")},
        [premium(), edr(), licence()],
    ),
    "7-1 the module starts a day before the tier": (
        [],
        [tier(starts="2025-04-02"), module(starts="2025-04-01")],
        {("7-1", "#2", "category")},
        [tier(starts="2025-04-01"), module(starts="2025-04-01")],
    ),
    "6-2 the same item twice": (
        [],
        [tier(), module("device_log", item="タイプ1"), module("device_log", item="タイプ1", key="#3")],
        {("6-2", "#3", "item")},
        [tier(), module("device_log", item="タイプ1"), module("device_log", item="タイプ2", key="#3")],
    ),
    "7-2 クラウドログ under ベーシック": (
        [],
        [tier("basic"), module()],
        {("7-2", "#2", "module_type")},
        [tier("advanced"), module()],
    ),
    "7-2 個別ログ under ベーシック": (
        [],
        [tier("basic"), module("device_log", item="タイプ1")],
        {("7-2", "#2", "module_type")},
        [premium(), module("device_log", item="タイプ1")],
    ),
    "7-2 Microsoft 365 is not named": (
        [],
        [tier("basic"), module("m365_log")],
        {("7-10", "#2", "module_type")},
        [tier("basic"), module("m365_log"), option("m365_log_monitoring", "#2")],
    ),
    "7-3 nothing is linked": (
        [had.ips_service()],
        [tier(), ips(links="")],
        {("7-3", "#2", "linked_service")},
        [tier(), ips()],
    ),
    "7-3 the service is another's, who has not consented": (
        [had.ips_service(holder=OTHER), had.ips_service(code="S-2", holder=OTHER, module_consent_on="2025-04-01")],
        [tier(), ips()],
        {("7-3", "#2", "linked_service")},
        [tier(), ips(links="S-2")],
    ),
    "7-3 consent comes a day late": (
        [had.ips_service(holder=OTHER, module_consent_on="2025-04-02")],
        [tier(), ips()],
        {("7-3", "#2", "linked_service")},
        [tier(starts="2025-04-02"), ips(starts="2025-04-02")],
    ),
    "7-3 the service has ended": (
        [had.ips_service(ends_on="2025-03-31")],
        [tier(), ips()],
        {("7-3", "#2", "linked_service")},
        [tier(), module()],
    ),
    "7-3 the service is of another sort": (
        [waf_service(), had.ips_service(code="S-2")],
        [tier(), ips(links="S-1")],
        {("7-3", "#2", "linked_service")},
        [tier(), ips(links="S-2")],
    ),
    "7-4 the holder has not consented to changed settings": (
        [had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)],
        [premium(), ips()],
        {("7-4", "#2", "linked_service")},
        [tier(), ips()],
    ),
    "7-4 the customer's own consent does for its own service": (
        [had.ips_service()],
        [tier("premium"), ips()],
        {("7-4", "#2", "linked_service"), ("17-1", "#1", "premium_consent_on")},
        [premium(), ips()],
    ),
    "7-5 another item": (
        [had.ips_service("IPS/タイプB")],
        [tier(), ips("IPS/タイプA")],
        {("7-5", "#2", "item")},
        [tier(), ips("IPS/タイプB")],
    ),
    "7-5 another kind": (
        [had.service("IIJマネージドファイアウォールサービス", kind="Juniper SRX", item="タイプA")],
        [tier(), firewall(kind="FireWall-1")],
        {("7-5", "#2", "kind")},
        [tier(), firewall(kind="Juniper SRX")],
    ),
    "7-5 is not asked of FMS": (
        [had.service("IIJ Firewall Management Service", kind="何か", item="別のもの")],
        [tier(), firewall("タイプA", "Palo Alto")],
        {("7-3", "#2", "linked_service")},
        [tier(), firewall("IIJ Firewall Management Service", "Palo Alto")],
    ),
    "7-6 no bypass option": (
        [swg_service(), swg_service(code="S-2", bypass_option_on=LONG_AGO)],
        [tier(), swg()],
        {("7-6", "#2", "linked_service")},
        [tier(), swg(**{"linked_service": "S-2"})],
    ),
    "7-7 no advanced support": (
        [waf_service(), waf_service(code="S-2", advanced_support_on="2025-04-01")],
        [tier(), waf()],
        {("7-7", "#2", "linked_service")},
        [tier(), waf(**{"linked_service": "S-2"})],
    ),
    "7-8 個別ログ監視 on クラウドログ": (
        [],
        [tier(), module(), option("device_log_monitoring", "#2")],
        {("7-8", "#3", "contract")},
        [tier(), module("device_log", item="タイプ1"), option("device_log_monitoring", "#2")],
    ),
    "7-9 クラウドログ監視 on the tier": (
        [],
        [tier(), module(), option("cloud_log_monitoring", "#1")],
        {("7-9", "#3", "contract")},
        [tier(), module(), option("cloud_log_monitoring", "#2")],
    ),
    "7-10 Microsoft 365 without its monitoring": (
        [],
        m365(),
        {("7-10", "#2", "module_type")},
        m365(option("m365_log_monitoring", "#2")),
    ),
    "7-11 EDR運用 under アドバンスト": (
        [],
        [tier(), edr(), licence()],
        {("7-11", "#8", "contract"), ("7-11", "#9", "contract")},
        [premium(), edr(), licence()],
    ),
    "7-12 EDR運用 without EDRライセンス": (
        [],
        [premium(), edr()],
        {("7-12", "#8", "option")},
        [premium(), edr(), licence()],
    ),
    "7-13 EDRライセンス starts before EDR運用": (
        [],
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-04-30")],
        {("7-13", "#9", "option")},
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-05-01")],
    ),
    "10-2(1) 現地報告 on a module": (
        [],
        [tier(), module(), option("on_site_report", "#2")],
        {("10-2(1)", "#3", "contract")},
        [tier(), module(), option("on_site_report", "#1")],
    ),
    "10-2(5) ログ保管 on セキュアMX": (
        [had.service("IIJセキュアMXサービス")],
        [tier(), module("mx", links="S-1"), option("log_retention", "#2", retention_years="1")],
        {("10-2(5)", "#3", "contract")},
        [tier(), module(), option("log_retention", "#2", retention_years="1")],
    ),
    "10-2(5) for eleven years": (
        [],
        [tier(), module(), option("log_retention", "#2", retention_years="11")],
        {("10-2(5)", "#3", "retention_years")},
        [tier(), module(), option("log_retention", "#2", retention_years="10")],
    ),
    "10-2(5) for no years": (
        [],
        [tier(), module(), option("log_retention", "#2")],
        {("10-2(5)", "#3", "retention_years")},
        [tier(), module(), option("log_retention", "#2", retention_years="1")],
    ),
    "10-2(5) for the logs of EDR運用": (
        [],
        [premium(), module(), option("log_retention", "#1", retention_years="1")],
        {("10-2(5)", "#3", "contract")},
        [premium(), edr(), licence(), option("log_retention", "#1", retention_years="1")],
    ),
    "10-2(6) インシデント対応支援 on a module": (
        [],
        [tier(), module(), option("incident_response", "#2")],
        {("10-2(6)", "#3", "contract")},
        [tier(), module(), option("incident_response", "#1")],
    ),
    "10-2(8) 99 MSSPライセンス": (
        [],
        [premium(), edr(), licence("mssp", "99")],
        {("10-2(8)", "#9", "quantity")},
        [premium(), edr(), licence("mssp", "100")],
    ),
    "10-2(8) 999 期間ライセンス": (
        [],
        [premium(), edr(), licence("term", "999")],
        {("10-2(8)", "#9", "quantity")},
        [premium(), edr(), licence("term", "1000")],
    ),
    "10-2(8) no licence type": (
        [],
        [premium(), edr(), licence("")],
        {("10-2(8)", "#9", "licence_type")},
        [premium(), edr(), licence("customer", "1")],
    ),
    "17-1 プレミアム without the customer's consent": (
        [had.ips_service(premium_consent_on=LONG_AGO)],
        [tier("premium"), ips()],
        {("17-1", "#1", "premium_consent_on")},
        [premium(), ips()],
    ),
    "17-1 consent comes a day late": (
        [had.ips_service(premium_consent_on=LONG_AGO)],
        [premium(premium_consent_on="2025-04-02"), ips()],
        {("17-1", "#1", "premium_consent_on")},
        [premium(premium_consent_on="2025-04-01"), ips()],
    ),
    "17-1 is not asked without linking modules": (
        [],
        [tier("premium")],
        {("7-1", "#1", "category")},
        [tier("premium"), module()],
    ),
}


@pytest.mark.parametrize(("stock", "broken", "places", "mended"), NEW_UNIT.values(), ids=NEW_UNIT)
def test_a_new_unit(desk, stock, broken, places, mended):
    desk.has(*stock)
    assert refusals(desk.judged(*broken)) == places
    neighbour = desk.judged(*mended)
    assert refusals(neighbour) == set()
    assert neighbour.acceptable


SOUND = [had.tier(), had.module()]
LINKED = [had.tier(), had.ips(), had.ips_service()]
KEEPING = [*SOUND, had.option("ログ保管オプション", "M-1", "O-KEEP", retention_years=3)]
LICENSED = [had.premium(), had.module(), *PAIR]
STANDING = {
    "7-1 a second tier": (
        SOUND,
        [tier("premium")],
        {("7-1", "#1", "category"), ("6-1", "#1", "category")},
        [upgrade()],
    ),
    "7-10 monitoring in a later application": (
        [*SOUND, had.module("Microsoft 365ログ収集モジュール", number="M-365"),
         had.option("Microsoft 365ログ監視オプション", "M-365")],
        [option("m365_log_monitoring", "M-365")],
        {("7-10", "#3", "application")},
        [option("cloud_log_monitoring", "M-1")],
    ),
    "7-11 EDR運用 with the upgrade it needs": (
        SOUND,
        [edr("T-1"), licence(on="T-1")],
        {("7-11", "#8", "contract"), ("7-11", "#9", "contract")},
        [upgrade(on="2025-04-01"), edr("T-1"), licence(on="T-1")],
    ),
    "7-11 a day before the upgrade": (
        SOUND,
        [upgrade(on="2025-04-02"), edr("T-1"), licence(on="T-1")],
        {("7-11", "#8", "contract"), ("7-11", "#9", "contract")},
        [upgrade(on="2025-04-02"), edr("T-1", starts="2025-04-02"), licence(on="T-1", starts="2025-04-02")],
    ),
    "9-1 a change before the start": (
        SOUND,
        [upgrade(on="2025-03-31")],
        {("9-1", "#1", "effective_on")},
        [upgrade(on="2025-04-01")],
    ),
    "9-1(1) downwards": (
        [had.premium(), had.module()],
        [upgrade("advanced")],
        {("9-1(1)", "#1", "to")},
        [module("device_log", item="タイプ1")],
    ),
    "9-1(1) to the same": (SOUND, [upgrade("advanced")], {("9-1(1)", "#1", "to")}, [upgrade("premium")]),
    "9-1(1) to the lowest": (SOUND, [upgrade("basic")], {("9-1(1)", "#1", "to_category")}, [upgrade("premium")]),
    "9-1(1) of a module": (SOUND, [upgrade(target="M-1")], {("9-1(1)", "#1", "to")}, [upgrade(target="T-1")]),
    "9-1(2) an item of another kind": (
        LINKED,
        [other_item("タイプA")],
        {("9-1(2)", "#1", "to")},
        [other_item("IDS/タイプA")],
    ),
    "9-1(2) to the same item": (
        LINKED,
        [other_item("IPS/タイプA")],
        {("9-1(2)", "#1", "to")},
        [other_item("IPS/タイプB")],
    ),
    "9-1(2) 個別ログ収集": (
        [had.tier(), had.module("個別ログ収集モジュール", item="タイプ1")],
        [other_item("タイプ2", target="M-1")],
        {("9-1(2)", "#1", "to")},
        [module("device_log", item="タイプ2")],
    ),
    "10-2(5) a change to eleven years": (
        KEEPING,
        [years("11")],
        {("10-2(5)", "#1", "to_years")},
        [years("10")],
    ),
    "10-5 fewer years": (KEEPING, [years("2")], {("10-5", "#1", "to")}, [years("4")]),
    "10-5 of what keeps no logs": (
        [*KEEPING, had.option("クラウドログ監視オプション", "M-1", "O-WATCH")],
        [years("4", target="O-WATCH")],
        {("10-5", "#1", "to")},
        [years("4", target="O-KEEP")],
    ),
    "10-2(8) a change below the minimum": (
        LICENSED,
        [licences("99")],
        {("10-2(8)", "#1", "quantity")},
        [licences("100")],
    ),
    "10-2(8) of what has no licences": (
        LICENSED,
        [licences("100", target="O-EDR")],
        {("10-2(8)", "#1", "to")},
        [licences("150", target="O-LIC")],
    ),
    "17-1 an upgrade without consent": (
        LINKED,
        [upgrade()],
        {("17-1", "#1", "premium_consent_on"), ("7-4", "#1", "linked_service")},
        [upgrade(**CONSENT)],
    ),
    "17-1 consented a day after the upgrade": (
        LINKED,
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-02"})],
        {("17-1", "#1", "premium_consent_on"), ("7-4", "#1", "linked_service")},
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-01"})],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stock", "broken", "places", "mended"), STANDING.values(), ids=STANDING)
def test_a_standing_unit(desk, stock, broken, places, mended):
    desk.has(*stock)
    assert refusals(desk.judged(*broken)) == places
    neighbour = desk.judged(*mended)
    assert refusals(neighbour) == set()
    assert neighbour.acceptable


def test_many_clauses_at_once_are_all_said(desk):
    """No violation hides behind another, nor behind a fault of a cell."""
    desk.has(
        swg_service(holder=OTHER),
        waf_service(code="S-2", item="タイプA:10Mbps"),
        had.ips_service(code="S-3"),
    )
    form = [
        tier("basic"),
        swg(),
        module("waf", item="タイプAS", links="S-2", key="#3"),
        module("device_log", item="タイプ1", key="#4"),
        module("device_log", item="タイプ9", key="#5"),
        ips(key="#6", links="S-404"),
        module("m365_log", key="#7"),
        edr(),
        option("device_log_monitoring", "#2", "#10"),
        option("log_retention", "#3", "#11", retention_years="12"),
        option("on_site_report", "#2", "#12", starts="2025-13-01"),
    ]
    assert refusals(desk.judged(*form)) == {
        ("7-3", "#2", "linked_service"),
        ("7-6", "#2", "linked_service"),
        ("7-5", "#3", "item"),
        ("7-7", "#3", "linked_service"),
        ("7-2", "#4", "module_type"),
        ("4", "#5", "item"),
        ("7-2", "#5", "module_type"),
        ("7-3", "#6", "linked_service"),
        ("7-10", "#7", "module_type"),
        ("7-11", "#8", "contract"),
        ("7-12", "#8", "option"),
        ("7-8", "#10", "contract"),
        ("10-2(5)", "#11", "contract"),
        ("10-2(5)", "#11", "retention_years"),
        ("", "#12", "billing_starts_on"),
    }


def test_an_upgrade_that_breaks_many_clauses_says_them_all(desk):
    desk.has(had.tier(), had.ips(), had.ips_service(holder=OTHER, module_consent_on=LONG_AGO))
    form = [upgrade(), other_item("IPS/タイプZ", key="#2"), edr("T-1", starts="2025-04-30")]
    assert refusals(desk.judged(*form)) == {
        ("17-1", "#1", "premium_consent_on"),
        ("7-4", "#2", "linked_service"),
        ("9-1(2)", "#2", "to"),
        ("7-11", "#8", "contract"),
        ("7-12", "#8", "option"),
    }


def test_the_catalogue_is_said_in_the_books_words(desk):
    """A form and a book are refused in the same words."""
    desk.has()
    remarks = desk.judged(tier(), module("firewall", "ASA", "タイプA", links="S-404")).refused
    kinds = [remark.fault.message for remark in remarks if remark.clause == "3"]
    assert kinds == [
        "種類「ASA」はありません（FireWall-1、Palo Alto、Fortinet FortiGate、Juniper SRX、仮想ファイアウォール（vMFW））"
    ]
    assert ("7-3", "#2", "linked_service") in {(r.clause, r.line, r.field) for r in remarks}


def test_a_name_of_an_earlier_edition_is_understood(desk):
    """附則: アンチウイルス:Cylance was BlackBerry; blanks and widths do not matter."""
    desk.has(had.service("IIJセキュアエンドポイントサービス", item="アンチウイルス:Cylance"))
    judgement = desk.judged(tier(), module("endpoint", item="アンチウイルス：BlackBerry", links="S-1"))
    assert judgement.acceptable
    assert judgement.after.contracts[1].module.item == "アンチウイルス:Cylance"


def test_kind_and_item_are_asked_of_the_right_module(desk):
    desk.has(had.ips_service())
    assert refusals(desk.judged(tier(), module("ips_ids", IPS_KIND, links="S-1"))) == {("4", "#2", "item")}
