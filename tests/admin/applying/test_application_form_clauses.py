"""The form refuses what each clause of the terms forbids, at its line, and takes the same put right."""

import pytest
from django.test import Client

from contracts.models import Application
from tests.admin.applications import KEEPING, LINKED, SOUND, check, new, remarks, swg, waf
from tests.contracts.applications.form import (
    CONSENT,
    Desk,
    edr,
    ips,
    licence,
    licences,
    module,
    option,
    other_item,
    premium,
    tier,
    upgrade,
    years,
)
from tests.contracts.book import build as had
from tests.contracts.book.build import LONG_AGO, OTHER

SWG, WAF = "IIJセキュアWebゲートウェイサービス", "IIJマネージドWAFサービス"
LICENSED = [had.premium(), had.module(), had.edr(), had.licence()]
DEVICE = module("device_log", item="タイプ1")

CASES = {
    "7-1 a unit has a tier: a module alone is refused, with a tier it is accepted": (
        [],
        [module()],
        {("第7条第1項", "#2", "category")},
        [tier(), module()],
    ),
    "7-1 a unit has one tier: a second beside the first is refused, a change of the first accepted": (
        SOUND,
        [tier("premium")],
        {("第7条第1項", "#1", "category"), ("第6条第1項", "#1", "category")},
        [upgrade()],
    ),
    "7-1 a tier has a module or EDR operation: alone it is refused, with EDR it is accepted": (
        [],
        [premium()],
        {("第7条第1項", "#1", "category")},
        [premium(), edr(), licence()],
    ),
    "7-2 device logs are collected under Advanced or Premium: refused under Basic, accepted under Advanced": (
        [],
        [tier("basic"), DEVICE],
        {("第7条第2項", "#2", "module_type")},
        [tier("advanced"), DEVICE],
    ),
    "7-3 another's service is linked with its holder's consent: refused without, accepted with": (
        [had.ips_service(holder=OTHER), had.ips_service(code="S-2", holder=OTHER, module_consent_on="2025-04-01")],
        [tier(), ips()],
        {("第7条第3項", "#2", "linked_service")},
        [tier(), ips(links="S-2")],
    ),
    "7-4 Premium needs the holder's consent to changed settings: refused without, accepted under Advanced": (
        [had.ips_service(holder=OTHER, module_consent_on=LONG_AGO)],
        [premium(), ips()],
        {("第7条第4項", "#2", "linked_service")},
        [tier(), ips()],
    ),
    "7-5 the module's item is the linked service's: another item is refused, the same accepted": (
        [had.ips_service("IPS/タイプB")],
        [tier(), ips("IPS/タイプA")],
        {("第7条第5項", "#2", "item")},
        [tier(), ips("IPS/タイプB")],
    ),
    "7-6 the web gateway has its bypass option: refused without, accepted with": (
        [had.service(SWG, item="タイプF"), had.service(SWG, "S-2", item="タイプF", bypass_option_on=LONG_AGO)],
        [tier(), swg("S-1")],
        {("第7条第6項", "#2", "linked_service")},
        [tier(), swg("S-2")],
    ),
    "7-7 the WAF has advanced support: refused without, accepted from its first day": (
        [had.service(WAF, item="タイプAS"), had.service(WAF, "S-2", item="タイプAS", advanced_support_on="2025-04-01")],
        [tier(), waf("S-1")],
        {("第7条第7項", "#2", "linked_service")},
        [tier(), waf("S-2")],
    ),
    "7-8 device log monitoring watches device logs: refused on cloud logs, accepted on device logs": (
        [],
        [tier(), module(), option("device_log_monitoring", "#2")],
        {("第7条第8項", "#3", "contract")},
        [tier(), DEVICE, option("device_log_monitoring", "#2")],
    ),
    "7-9 cloud log monitoring watches cloud logs: refused on the tier, accepted on the module": (
        [],
        [tier(), module(), option("cloud_log_monitoring", "#1")],
        {("第7条第9項", "#3", "contract")},
        [tier(), module(), option("cloud_log_monitoring", "#2")],
    ),
    "7-10 Microsoft 365 logs come with their monitoring: refused without, accepted together": (
        [],
        [tier(), module("m365_log")],
        {("第7条第10項", "#2", "module_type")},
        [tier(), module("m365_log"), option("m365_log_monitoring", "#2")],
    ),
    "7-11 EDR is for Premium: refused under Advanced, accepted under Premium": (
        [],
        [tier(), edr(), licence()],
        {("第7条第11項", "#8", "contract"), ("第7条第11項", "#9", "contract")},
        [premium(), edr(), licence()],
    ),
    "7-12 EDR operation has licences: refused without, accepted with": (
        [],
        [premium(), edr()],
        {("第7条第12項", "#8", "option")},
        [premium(), edr(), licence()],
    ),
    "7-13 EDR licences have EDR operation: refused a day before it starts, accepted on its first day": (
        [],
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-04-30")],
        {("第7条第13項", "#9", "option")},
        [premium(), module(), edr(starts="2025-05-01"), licence(starts="2025-05-01")],
    ),
    "9-1(1) a category changes upwards: down is refused, up accepted": (
        SOUND,
        [upgrade("basic")],
        {("第9条第1項第1号", "#1", "to_category")},
        [upgrade("premium")],
    ),
    "9-1(2) an item changes within its kind: one of another kind is refused, its neighbour accepted": (
        LINKED,
        [other_item("タイプA")],
        {("第9条第1項第2号", "#1", "to_item")},
        [other_item("IDS/タイプA")],
    ),
    "10-2(5) logs are kept 1 to 10 years: eleven are refused, ten accepted": (
        [],
        [tier(), module(), option("log_retention", "#2", retention_years="11")],
        {("第10条第2項第5号", "#3", "retention_years")},
        [tier(), module(), option("log_retention", "#2", retention_years="10")],
    ),
    "10-2(8) there are 100 MSSP licences at least: 99 are refused, 100 accepted": (
        [],
        [premium(), edr(), licence("mssp", "99")],
        {("第10条第2項第8号", "#9", "quantity")},
        [premium(), edr(), licence("mssp", "100")],
    ),
    "10-2(8) nor fewer after a change: to 99 is refused, to 100 accepted": (
        LICENSED,
        [licences("99")],
        {("第10条第2項第8号", "#1", "to_quantity")},
        [licences("100")],
    ),
    "10-5 logs are never kept for fewer years than agreed: 2 for 3 is refused, 4 accepted": (
        KEEPING,
        [years("2")],
        {("第10条第5項", "#1", "to_years")},
        [years("4")],
    ),
    "17-1 Premium with linked modules has the customer's consent beforehand: a day late is refused, that day accepted": (
        LINKED,
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-02"})],
        {("第17条第1項", "#1", "premium_consent_on"), ("第7条第4項", "#1", "to_category")},
        [upgrade(**CONSENT | {"premium_consent_on": "2025-05-01"})],
    ),
}


@pytest.mark.parametrize(("stock", "broken", "said", "lawful"), CASES.values(), ids=CASES)
def test_each_clause(desk: Desk, client: Client, stock, broken, said, lawful) -> None:
    desk.has(*stock)
    refused = check(client, new(desk), *broken)
    assert remarks(refused) == said
    assert f"承諾できません（{len(said)}件）" in refused
    accepted = check(client, new(desk), *lawful)
    assert remarks(accepted) == set()
    assert "承諾できます" in accepted
    assert not Application.objects.exclude(state="accepted").exists()
