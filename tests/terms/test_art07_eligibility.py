"""第7条（利用資格） and its kin: for every condition a unit that breaks just that one, and its neighbour that is lawful."""

import pytest

from contracts.terms.art07_eligibility import RULES
from contracts.terms.art10_options import keeps_logs_of
from contracts.terms.catalog import FMS_ITEM, Category, LicenceType, ModuleType, OptionType, Service
from contracts.terms.standing import Violation
from contracts.terms.timeline import Timeline
from tests.terms.build import (
    OTHER,
    START,
    broken,
    change,
    clauses,
    day,
    edr,
    ips,
    ips_service,
    licence,
    module,
    notice,
    option,
    premium,
    service,
    tier,
    unit,
)

BASIC, ADVANCED = tier(Category.BASIC), tier(Category.ADVANCED)
DEVICE_LOG = module(ModuleType.DEVICE_LOG, item="タイプ1")
CLOUD_LOG = module(ModuleType.CLOUD_LOG)
M365_LOG = module(ModuleType.M365_LOG)
M365_MONITORING = option(OptionType.M365_LOG_MONITORING, "M-1")
PALO_ALTO, FORTIGATE = "Palo Alto", "Fortinet FortiGate"


def swg(**said):
    """A SWG module and its service, with the bypass option since long ago unless said."""
    facts = {"bypass_option_on": "2020-01-01", **said}
    return module(ModuleType.SWG, item="タイプF", links="S-1"), service(Service.SWG, item="タイプF", **facts)


def waf(**said):
    """A WAF module and its service, with the advanced support option since long ago unless said."""
    facts = {"advanced_support_on": "2020-01-01", **said}
    return module(ModuleType.WAF, item="タイプAS", links="S-1"), service(Service.WAF, item="タイプAS", **facts)


def firewall(kind, item, linked, linked_kind, linked_item):
    """A firewall module and the service it links."""
    return (
        module(ModuleType.FIREWALL, kind, item, links="S-1"),
        service(linked, kind=linked_kind, item=linked_item),
    )


def retention(on, years=1):
    """ログ保管オプション on a contract."""
    return option(OptionType.LOG_RETENTION, on, "O-KEEP", years=years)


CASES = [
    # clause, the unit that breaks it, the neighbour that does not
    pytest.param("7-1", [CLOUD_LOG], [ADVANCED, CLOUD_LOG], id="7-1(1) a module needs a tier contract"),
    pytest.param(
        "7-1",
        [tier(starts="2025-06-01"), option(OptionType.ON_SITE_REPORT)],
        [ADVANCED, CLOUD_LOG, option(OptionType.ON_SITE_REPORT)],
        id="7-1(1) an option whose tier contract has not begun",
    ),
    pytest.param("7-1", [ADVANCED], [ADVANCED, CLOUD_LOG], id="7-1(2) a tier needs a module"),
    pytest.param(
        "7-1",
        [premium(), option(OptionType.ON_SITE_REPORT)],
        [premium(), edr(), licence()],
        id="7-1(2) or EDR運用; another option will not do",
    ),
    pytest.param(
        "6-2",
        [ADVANCED, DEVICE_LOG, module(ModuleType.DEVICE_LOG, item="タイプ1", number="M-2")],
        [ADVANCED, DEVICE_LOG, module(ModuleType.DEVICE_LOG, item="タイプ2", number="M-2")],
        id="6-2 one contract an item",
    ),
    pytest.param("7-2", [BASIC, DEVICE_LOG], [ADVANCED, DEVICE_LOG], id="7-2 個別ログ収集 not under ベーシック"),
    pytest.param("7-2", [BASIC, CLOUD_LOG], [premium(), CLOUD_LOG], id="7-2 クラウドログ収集 not under ベーシック"),
    pytest.param(
        "7-3",
        [ADVANCED, ips(), ips_service(holder=OTHER)],
        [ADVANCED, ips(), ips_service(holder=OTHER, module_consent_on="2025-04-01")],
        id="7-3 another's service needs its holder's consent",
    ),
    pytest.param(
        "7-3",
        [ADVANCED, ips(), ips_service(holder=OTHER, module_consent_on="2025-04-02")],
        [ADVANCED, ips(), ips_service(module_consent_on="2025-04-02")],
        id="7-3 consent a day late; the customer's own service needs none",
    ),
    pytest.param("7-3", [ADVANCED, ips(links="")], [ADVANCED, ips(), ips_service()], id="7-3 no service named"),
    pytest.param("7-3", [ADVANCED, ips()], [ADVANCED, ips(), ips_service()], id="7-3 a service nobody has"),
    pytest.param(
        "7-3",
        [ADVANCED, ips(), ips_service(ends="2025-03-31")],
        [ADVANCED, ips(), ips_service(ends="2025-04-01")],
        id="7-3 the service ended the day before; its last day still counts",
    ),
    pytest.param(
        "7-3",
        [ADVANCED, ips(), ips_service(from_on="2025-04-02")],
        [ADVANCED, ips(), ips_service(from_on="2025-04-01")],
        id="7-3 the service begins a day late",
    ),
    pytest.param(
        "7-3",
        [ADVANCED, ips(), service(Service.MX)],
        [ADVANCED, module(ModuleType.MX, links="S-1"), service(Service.MX)],
        id="7-3 a service of another type",
    ),
    pytest.param(
        "7-3",
        [ADVANCED, *firewall(PALO_ALTO, FMS_ITEM, Service.FIREWALL, PALO_ALTO, "タイプA")],
        [ADVANCED, *firewall(PALO_ALTO, FMS_ITEM, Service.FMS, PALO_ALTO, "")],
        id="7-3 the FMS item links FMS, not the managed firewall",
    ),
    pytest.param(
        "7-3",
        [ADVANCED, *firewall(PALO_ALTO, "タイプA", Service.FMS, PALO_ALTO, "")],
        [ADVANCED, *firewall(PALO_ALTO, "タイプA", Service.FIREWALL, PALO_ALTO, "タイプA")],
        id="7-3 and the other items the managed firewall, not FMS",
    ),
    pytest.param(
        "7-4",
        [premium(), ips(), ips_service(holder=OTHER, module_consent_on="2025-04-01")],
        [
            premium(),
            ips(),
            ips_service(holder=OTHER, module_consent_on="2025-04-01", premium_consent_on="2025-04-01"),
        ],
        id="7-4 another's service: the customer's own consent will not do for its holder's",
    ),
    pytest.param(
        "7-4",
        [premium(), ips(), ips_service(holder=OTHER, module_consent_on="2025-04-01", premium_consent_on="2025-04-02")],
        [ADVANCED, ips(), ips_service(holder=OTHER, module_consent_on="2025-04-01", premium_consent_on="2025-04-02")],
        id="7-4 consent a day late; アドバンスト asks for none",
    ),
    pytest.param(
        "7-5",
        [ADVANCED, ips("IPS/タイプB"), ips_service("IPS/タイプA")],
        [ADVANCED, ips("IPS/タイプA"), ips_service("IPS/タイプA")],
        id="7-5 another item",
    ),
    pytest.param(
        "7-5",
        [ADVANCED, *firewall(PALO_ALTO, "タイプA", Service.FIREWALL, FORTIGATE, "タイプA")],
        [ADVANCED, *firewall(FORTIGATE, "タイプA", Service.FIREWALL, FORTIGATE, "タイプA")],
        id="7-5 the same item of another kind",
    ),
    pytest.param(
        "7-5",
        [ADVANCED, *firewall(PALO_ALTO, "タイプA", Service.FIREWALL, PALO_ALTO, "タイプB")],
        [ADVANCED, *firewall(PALO_ALTO, FMS_ITEM, Service.FMS, FORTIGATE, "")],
        id="7-5 does not bind what corresponds to FMS",
    ),
    pytest.param(
        "7-5",
        [ADVANCED, ips(), ips_service(), ips_service("IPS/タイプB", from_on="2025-04-01")],
        [ADVANCED, ips(), ips_service(), ips_service("IPS/タイプB", from_on="2025-04-02")],
        id="7-5 the service's item as it stands that day",
    ),
    pytest.param("7-6", [BASIC, *swg(bypass_option_on=None)], [BASIC, *swg()], id="7-6 SWG without the bypass option"),
    pytest.param(
        "7-6",
        [ADVANCED, *swg(bypass_option_on="2025-04-02")],
        [ADVANCED, *swg(bypass_option_on="2025-04-01")],
        id="7-6 the bypass option a day late",
    ),
    pytest.param(
        "7-7", [BASIC, *waf(advanced_support_on=None)], [BASIC, *waf()], id="7-7 WAF without advanced support"
    ),
    pytest.param(
        "7-7",
        [ADVANCED, *waf(advanced_support_on="2025-04-02")],
        [ADVANCED, *waf(advanced_support_on="2025-04-01")],
        id="7-7 advanced support a day late",
    ),
    pytest.param(
        "7-8",
        [ADVANCED, CLOUD_LOG, option(OptionType.DEVICE_LOG_MONITORING, "M-1")],
        [ADVANCED, DEVICE_LOG, option(OptionType.DEVICE_LOG_MONITORING, "M-1")],
        id="7-8 個別ログ監視 on another module",
    ),
    pytest.param(
        "7-8",
        [ADVANCED, CLOUD_LOG, option(OptionType.DEVICE_LOG_MONITORING, "T-1")],
        [ADVANCED, DEVICE_LOG],
        id="7-8 個別ログ監視 on the tier; the module may do without",
    ),
    pytest.param(
        "7-9",
        [ADVANCED, DEVICE_LOG, option(OptionType.CLOUD_LOG_MONITORING, "M-1")],
        [ADVANCED, CLOUD_LOG, option(OptionType.CLOUD_LOG_MONITORING, "M-1")],
        id="7-9 クラウドログ監視 on another module",
    ),
    pytest.param(
        "7-10", [BASIC, M365_LOG], [BASIC, M365_LOG, M365_MONITORING], id="7-10 the module without monitoring"
    ),
    pytest.param(
        "7-10",
        [ADVANCED, CLOUD_LOG, M365_MONITORING],
        [ADVANCED, M365_LOG, M365_MONITORING],
        id="7-10 monitoring without the module",
    ),
    pytest.param(
        "7-10",
        [ADVANCED, M365_LOG, option(OptionType.M365_LOG_MONITORING, "M-1", application="A-2")],
        [ADVANCED, M365_LOG, M365_MONITORING],
        id="7-10 not applied for together",
    ),
    pytest.param(
        "7-11",
        [ADVANCED, CLOUD_LOG, edr(), licence()],
        [premium(), CLOUD_LOG, edr(), licence()],
        id="7-11 EDR under アドバンスト",
    ),
    pytest.param("7-12", [premium(), edr()], [premium(), edr(), licence()], id="7-12 EDR運用 without a licence"),
    pytest.param(
        "7-12",
        [premium(), edr(), licence(starts="2025-04-02")],
        [premium(), edr(), licence(starts="2025-04-01")],
        id="7-12 the licence a day late",
    ),
    pytest.param(
        "7-13",
        [premium(), CLOUD_LOG, licence()],
        [premium(), CLOUD_LOG, licence(), edr()],
        id="7-13 a licence without EDR運用",
    ),
    pytest.param(
        "10-2(1)",
        [ADVANCED, CLOUD_LOG, option(OptionType.ON_SITE_REPORT, "M-1")],
        [ADVANCED, CLOUD_LOG, option(OptionType.ON_SITE_REPORT, "T-1")],
        id="10-2(1) 現地報告 is on the tier contract",
    ),
    pytest.param(
        "10-2(6)",
        [ADVANCED, CLOUD_LOG, option(OptionType.INCIDENT_RESPONSE, "M-1")],
        [ADVANCED, CLOUD_LOG, option(OptionType.INCIDENT_RESPONSE, "T-1")],
        id="10-2(6) インシデント対応支援 is on the tier contract",
    ),
    pytest.param(
        "10-2(5)",
        [ADVANCED, module(ModuleType.MX, links="S-1"), service(Service.MX), retention("M-1")],
        [ADVANCED, CLOUD_LOG, retention("M-1")],
        id="10-2(5) not on セキュアMX",
    ),
    pytest.param(
        "10-2(5)", [BASIC, *waf(), retention("M-1")], [BASIC, *swg(), retention("M-1")], id="10-2(5) not on WAF"
    ),
    pytest.param(
        "10-2(5)",
        [
            BASIC,
            module(ModuleType.SECURE_ACCESS, "Webゲートウェイ", links="S-1"),
            service(Service.SECURE_ACCESS, kind="Webゲートウェイ"),
            retention("M-1"),
        ],
        [BASIC, ips(), ips_service(), retention("M-IPS")],
        id="10-2(5) not on セキュアアクセス",
    ),
    pytest.param(
        "10-2(5)",
        [premium(), CLOUD_LOG, retention("T-1")],
        [premium(), CLOUD_LOG, edr(), licence(), retention("T-1")],
        id="10-2(5) on the premium contract only for the logs of EDR運用",
    ),
    pytest.param(
        "10-2(5)",
        [ADVANCED, CLOUD_LOG, retention("M-1", years=0)],
        [ADVANCED, CLOUD_LOG, retention("M-1", years=1)],
        id="10-2(5) not less than a year",
    ),
    pytest.param(
        "10-2(5)",
        [ADVANCED, CLOUD_LOG, retention("M-1", years=11)],
        [ADVANCED, CLOUD_LOG, retention("M-1", years=10)],
        id="10-2(5) not more than ten years",
    ),
    pytest.param(
        "10-2(5)",
        [ADVANCED, CLOUD_LOG, retention("M-1", years=None)],
        [ADVANCED, CLOUD_LOG, retention("M-1", years=5)],
        id="10-2(5) a number of years must be named",
    ),
    pytest.param(
        "10-2(8)",
        [premium(), edr(), licence(LicenceType.MSSP, 99)],
        [premium(), edr(), licence(LicenceType.MSSP, 100)],
        id="10-2(8) MSSP from 100 licences",
    ),
    pytest.param(
        "10-2(8)",
        [premium(), edr(), licence(LicenceType.TERM, 999)],
        [premium(), edr(), licence(LicenceType.TERM, 1000)],
        id="10-2(8) 期間ライセンス from 1,000 licences",
    ),
    pytest.param(
        "10-2(8)",
        [premium(), edr(), licence(LicenceType.CUSTOMER, 0)],
        [premium(), edr(), licence(LicenceType.CUSTOMER, 1)],
        id="10-2(8) 顧客ライセンス: something to charge",
    ),
    pytest.param(
        "10-2(8)",
        [premium(), edr(), licence(None)],
        [premium(), edr(), licence(LicenceType.CUSTOMER)],
        id="10-2(8) a licence has a type",
    ),
    pytest.param(
        "10-2(8)",
        [premium(), edr(), licence(LicenceType.MSSP, 200), change("O-LIC", "quantity", 99, "2025-04-01")],
        [premium(), edr(), licence(LicenceType.MSSP, 200), change("O-LIC", "quantity", 99, "2025-04-02")],
        id="10-2(8) also after a change of quantity, from its day",
    ),
    pytest.param(
        "17-1",
        [premium(consented="2025-04-02"), ips(), ips_service(premium_consent_on="2025-01-01")],
        [premium(consented="2025-04-01"), ips(), ips_service()],
        id="17-1 the customer's own consent a day late",
    ),
    pytest.param(
        "17-1",
        [premium(consented=None), ips(), ips_service(premium_consent_on="2025-01-01")],
        [premium(consented=None), CLOUD_LOG],
        id="17-1 log modules ask for no consent",
    ),
]


@pytest.mark.parametrize(("clause", "breaking", "lawful"), CASES)
def test_a_unit_that_breaks_one_condition_and_its_neighbour(clause, breaking, lawful):
    assert set(clauses(unit(*breaking))) == {clause}
    assert clauses(unit(*lawful)) == []


def test_every_rule_is_broken_by_some_case():
    tried = [unit(*case.values[1]) for case in CASES] + [unit(tier(), tier(number="T-2"), CLOUD_LOG)]
    for rule in RULES:
        assert any(rule is found for facts in tried for found in _rules_broken(facts)), rule.__name__


def _rules_broken(facts):
    on_day = Timeline(facts).on(day(START))
    return [rule for rule in RULES if list(rule(on_day))]


def test_two_tier_contracts_break_6_1_and_7_1():
    facts = unit(tier(Category.BASIC), tier(number="T-2", accepted="2025-01-01"), CLOUD_LOG)
    assert clauses(facts) == ["6-1", "7-1"]
    # The later accepted is the one to mend.
    assert [violation.targets for violation in broken(facts)] == [("T-2", "T-1"), ("T-2", "T-1")]


def test_every_violation_is_told_not_the_first():
    facts = unit(
        tier(Category.BASIC),
        DEVICE_LOG,
        module(ModuleType.M365_LOG, number="M-2"),
        licence(LicenceType.MSSP, 10),
        retention("T-1", years=20),
        ips(links="S-9"),
    )
    assert clauses(facts) == ["7-2", "7-3", "7-10", "7-11", "7-13", "10-2(5)", "10-2(5)", "10-2(8)"]


def test_edr_under_a_lower_tier_breaks_7_11_for_both_options():
    facts = unit(ADVANCED, CLOUD_LOG, edr(), licence())
    assert [(v.clause, v.targets[0]) for v in broken(facts)] == [("7-11", "O-EDR"), ("7-11", "O-LIC")]


def test_one_licence_is_enough_for_an_operation_and_two_may_be():
    facts = [premium(), edr(), licence(), licence(LicenceType.CUSTOMER, number="O-LIC2")]
    assert clauses(unit(*facts)) == []


def test_premium_without_own_consent_on_its_own_service_breaks_both_7_4_and_17_1():
    # The customer's 17-1 consent would do for the service it holds itself; without it both are missing.
    assert clauses(unit(premium(consented=None), ips(), ips_service())) == ["7-4", "17-1"]
    assert clauses(unit(premium(), ips(), ips_service())) == []


@pytest.mark.parametrize(
    ("module_type", "kind", "item", "linked"),
    [
        (ModuleType.SWG, "", "タイプF", Service.SWG),
        (ModuleType.IPS_IDS, "McAfee Network Security Platform", "IPS/タイプA", Service.IPS_IDS),
        (ModuleType.FIREWALL, PALO_ALTO, "タイプA", Service.FIREWALL),
        (ModuleType.FIREWALL, PALO_ALTO, FMS_ITEM, Service.FMS),
        (ModuleType.MX, "", "", Service.MX),
        (ModuleType.ENDPOINT, "", "IT資産管理", Service.ENDPOINT),
        (ModuleType.WAF, "", "タイプAS", Service.WAF),
        (ModuleType.SECURE_ACCESS, "Webゲートウェイ", "", Service.SECURE_ACCESS),
    ],
)
def test_premium_asks_every_linking_module_for_its_holders_consent(module_type, kind, item, linked):
    options = {"bypass_option_on": "2020-01-01", "advanced_support_on": "2020-01-01"}
    held = {"holder": OTHER, "module_consent_on": "2020-01-01", **options}
    linking = module(module_type, kind, item, links="S-1")
    state = service(linked, kind=kind, item=item if linked is not Service.FMS else "", **held)
    agreed = service(linked, kind=kind, item=state.item, premium_consent_on="2025-04-01", **held)
    assert clauses(unit(premium(), linking, state)) == ["7-4"]
    assert clauses(unit(premium(), linking, agreed)) == []
    assert clauses(unit(tier(), linking, state)) == []


@pytest.mark.parametrize("module_type", [ModuleType.DEVICE_LOG, ModuleType.CLOUD_LOG, ModuleType.M365_LOG])
def test_log_modules_link_nothing(module_type):
    # I-08: Microsoft 365ログ収集 links no IIJ service either.
    item = "タイプV1" if module_type is ModuleType.DEVICE_LOG else ""
    monitoring = [M365_MONITORING] if module_type is ModuleType.M365_LOG else []
    assert clauses(unit(premium(consented=None), module(module_type, item=item), *monitoring)) == []


@pytest.mark.parametrize("module_type", list(ModuleType))
def test_which_modules_log_retention_keeps(module_type):
    never = {ModuleType.MX, ModuleType.WAF, ModuleType.SECURE_ACCESS}
    assert keeps_logs_of(module_type) is (module_type not in never)
    assert not keeps_logs_of(None)


def test_a_unit_with_nothing_in_force_breaks_nothing():
    assert clauses(unit(ADVANCED, CLOUD_LOG), "2025-03-31") == []


def test_after_its_last_day_a_contract_no_longer_counts():
    facts = unit(ADVANCED, CLOUD_LOG, notice("T-1", "2025-05-01"))
    assert clauses(facts, "2025-05-31") == []
    assert clauses(facts, "2025-06-01") == ["7-1"]


def test_a_violation_says_what_is_wrong_and_keeps_its_names_apart():
    (violation,) = broken(unit(BASIC, DEVICE_LOG))
    assert str(violation) == (
        "「個別ログ収集モジュール タイプ1」を利用するには、カテゴリがプレミアム又はアドバンストでなければなりません"
    )
    assert violation.targets == ("M-1", "T-1")
    assert violation.field == "module_type"
    assert "{module}" in violation.text


def test_the_same_violation_in_two_states_has_the_same_key():
    few, fewer = (Violation("10-2(8)", ("O-1",), "quantity", "{n}", (("n", n),)) for n in ("99", "98"))
    assert few != fewer
    assert few.key == fewer.key


@pytest.mark.parametrize(("years", "said"), [(None, "（なし）"), (11, "（11）")])
def test_a_violation_of_the_years_says_which(years, said):
    (violation,) = broken(unit(ADVANCED, CLOUD_LOG, retention("M-1", years=years)))
    assert str(violation).endswith(said)
