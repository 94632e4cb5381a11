"""第9条（契約内容の変更）, 第10条第5項: which changes may be asked for."""

from itertools import product

import pytest

from contracts.terms.art09_changes import change_violations
from contracts.terms.catalog import Category, LicenceType, ModuleType, OptionType, Service
from tests.terms.build import (
    change,
    clauses,
    edr,
    ips,
    ips_service,
    licence,
    module,
    option,
    premium,
    service,
    tier,
    unit,
)

UPWARDS = {("basic", "advanced"), ("basic", "premium"), ("advanced", "premium")}
SWG_F = module(ModuleType.SWG, item="タイプF", number="M-1", links="S-1")
BYPASS = {"bypass_option_on": "2020-01-01"}


def refused(facts):
    """The clauses that the changes of a unit break, in the order of the changes."""
    return [violation.clause for _, violation in change_violations(facts)]


@pytest.mark.parametrize(("before", "after"), list(product(("basic", "advanced", "premium"), repeat=2)))
def test_a_tier_changes_upwards_only(before, after):
    facts = unit(tier(Category(before)), change("T-1", "category", after, "2025-07-01"))
    assert refused(facts) == ([] if (before, after) in UPWARDS else ["9-1(1)"])


def test_each_change_is_judged_on_what_stood_before_it():
    facts = unit(
        tier(Category.BASIC),
        change("T-1", "category", "advanced", "2025-09-01"),
        change("T-1", "category", "premium", "2025-07-01"),
    )
    # In the order of their days: ベーシック → プレミアム → アドバンスト.
    assert [(c.to, v.clause) for c, v in change_violations(facts)] == [("advanced", "9-1(1)")]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([tier(), change("T-1", "category", "module", "2025-07-01")], id="no tier becomes モジュール"),
        pytest.param([module(), change("M-1", "category", "premium", "2025-07-01")], id="no module becomes a tier"),
        pytest.param(
            [tier(), option(OptionType.ON_SITE_REPORT), change("O-1", "category", "premium", "2025-07-01")],
            id="an option has no category",
        ),
    ],
)
def test_only_a_tier_contract_changes_its_category(facts):
    assert refused(unit(*facts)) == ["9-1(1)"]


ITEM_CHANGES = [
    pytest.param(
        [
            SWG_F,
            service(Service.SWG, item="タイプF", **BYPASS),
            service(Service.SWG, item="タイプV", from_on="2025-07-01", **BYPASS),
            change("M-1", "item", "タイプV", "2025-07-01"),
        ],
        [],
        id="on the day the linked service's item changes",
    ),
    pytest.param(
        [
            SWG_F,
            service(Service.SWG, item="タイプF", **BYPASS),
            service(Service.SWG, item="タイプV", from_on="2025-07-02", **BYPASS),
            change("M-1", "item", "タイプV", "2025-07-01"),
        ],
        ["9-1(2)"],
        id="a day before the linked service's",
    ),
    pytest.param(
        [
            SWG_F,
            service(Service.SWG, item="タイプF", **BYPASS),
            service(Service.SWG, item="タイプF", from_on="2025-07-01", **BYPASS),
            change("M-1", "item", "タイプV", "2025-07-01"),
        ],
        ["9-1(2)"],
        id="a new state of the service that day, its item the same",
    ),
    pytest.param(
        [SWG_F, service(Service.SWG, item="タイプF", **BYPASS), change("M-1", "item", "タイプV", "2025-07-01")],
        ["9-1(2)"],
        id="the linked service's item does not change",
    ),
    pytest.param(
        [
            ips("IPS/タイプA"),
            ips_service("IPS/タイプA"),
            ips_service("IDS/タイプS", from_on="2025-07-01"),
            change("M-IPS", "item", "IDS/タイプS", "2025-07-01"),
        ],
        [],
        id="IPS to IDS: items of one kind",
    ),
    pytest.param(
        [
            module(ModuleType.FIREWALL, "Palo Alto", "タイプA", links="S-1"),
            service(Service.FIREWALL, kind="Palo Alto", item="タイプA"),
            service(Service.FIREWALL, kind="Juniper SRX", item="タイプM/CXE品目", from_on="2025-07-01"),
            change("M-1", "item", "タイプM/CXE品目", "2025-07-01"),
        ],
        ["9-1(2)"],
        id="an item of another kind",
    ),
    pytest.param(
        [SWG_F, service(Service.SWG, item="タイプF", **BYPASS), change("M-1", "item", "タイプF", "2025-07-01")],
        ["9-1(2)"],
        id="the item it has already",
    ),
    pytest.param(
        [module(ModuleType.DEVICE_LOG, item="タイプ1"), change("M-1", "item", "タイプ2", "2025-07-01")],
        ["9-1(2)"],
        id="never for 個別ログ収集",
    ),
    pytest.param([module(), change("M-1", "item", "タイプ2", "2025-07-01")], ["9-1(2)"], id="a type without items"),
    pytest.param([tier(), change("T-1", "item", "タイプA", "2025-07-01")], ["9-1(2)"], id="a tier has no item"),
]


@pytest.mark.parametrize(("facts", "expected"), ITEM_CHANGES)
def test_an_item_changes_within_its_kind_with_the_linked_service(facts, expected):
    assert refused(unit(*facts)) == expected


def test_after_a_change_of_item_kind_and_item_still_agree():
    facts = unit(
        tier(),
        SWG_F,
        service(Service.SWG, item="タイプF", **BYPASS),
        service(Service.SWG, item="タイプV", from_on="2025-07-01", **BYPASS),
        change("M-1", "item", "タイプV", "2025-07-01"),
    )
    assert clauses(facts, "2025-06-30") == clauses(facts, "2025-07-01") == []


@pytest.mark.parametrize(
    ("before", "to", "expected"),
    [
        pytest.param(3, 4, [], id="longer"),
        pytest.param(3, 3, [], id="not shorter (下回らない)"),
        pytest.param(3, 2, ["10-5"], id="shorter"),
        pytest.param(9, 10, [], id="ten years at most"),
        pytest.param(9, 11, ["10-2(5)"], id="there is no type of eleven years"),
        pytest.param(1, 0, ["10-2(5)"], id="nor of none"),
    ],
)
def test_log_retention_never_to_fewer_years(before, to, expected):
    held = option(OptionType.LOG_RETENTION, "M-1", years=before)
    assert refused(unit(tier(), module(), held, change("O-1", "retention_years", to, "2025-07-01"))) == expected


def test_only_log_retention_has_years():
    held = option(OptionType.ON_SITE_REPORT)
    assert refused(unit(tier(), held, change("O-1", "retention_years", 3, "2025-07-01"))) == ["10-5"]
    assert refused(unit(tier(), change("T-1", "retention_years", 3, "2025-07-01"))) == ["10-5"]


def test_only_a_licence_has_a_quantity():
    facts = [premium(), edr(), licence(LicenceType.MSSP, 200)]
    assert refused(unit(*facts, change("O-LIC", "quantity", 100, "2025-07-01"))) == []
    assert refused(unit(*facts, change("O-EDR", "quantity", 100, "2025-07-01"))) == ["10-2(8)"]
    assert refused(unit(*facts, change("T-1", "quantity", 100, "2025-07-01"))) == ["10-2(8)"]
