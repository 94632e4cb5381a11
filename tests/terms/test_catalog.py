"""第1条〜第4条, 第10条第2項: what the catalogue holds, and how a name is found."""

from collections import Counter

import pytest

from contracts.terms import catalog
from contracts.terms.catalog import (
    ITEMS,
    LOG_MODULES,
    MODULES,
    SERVICES_LINKED,
    Category,
    ModuleType,
    OptionType,
    Service,
)


def test_the_terms_own_numbers():
    items = [module for module in MODULES if module.item]
    kinds = [(module_type, kind) for module_type, kind in ITEMS if kind]
    assert len(MODULES) == len(set(MODULES)) == 66
    assert len(items) == 59
    assert len(kinds) == 9
    assert len({module_type for module_type, _ in kinds}) == 3
    assert {module_type for module_type, _ in ITEMS} == set(ModuleType)
    assert len(ModuleType) == 10
    assert len(OptionType) == 8


def test_how_many_contractable_modules_each_type_has():
    assert Counter(str(module.module_type) for module in MODULES) == {
        "swg": 8,
        "ips_ids": 10,
        "firewall": 6 + 7 + 7 + 6 + 1,
        "mx": 1,
        "endpoint": 5,
        "waf": 5,
        "secure_access": 3,
        "device_log": 5,
        "cloud_log": 1,
        "m365_log": 1,
    }


def test_firewall_links_two_services_and_the_log_modules_none():
    assert SERVICES_LINKED[ModuleType.FIREWALL] == {Service.FIREWALL, Service.FMS}
    assert set(ModuleType) - set(SERVICES_LINKED) == LOG_MODULES
    assert all(
        len(services) == 1 for held_by, services in SERVICES_LINKED.items() if held_by is not ModuleType.FIREWALL
    )
    assert {catalog.module_type_linking(service) for service in Service} == set(SERVICES_LINKED)
    assert catalog.module_type_linking(Service.FMS) is ModuleType.FIREWALL


def test_no_name_has_a_blank_between_japanese_and_latin_letters():
    names = [
        *catalog.MODULE_TYPE_NAMES.values(),
        *catalog.SERVICE_NAMES.values(),
        *catalog.OPTION_NAMES.values(),
        *(name for module in MODULES for name in (module.kind, module.item)),
    ]
    for name in names:
        for before, after in zip(name, name[1:].lstrip(), strict=False):
            if before == " ":
                assert after.isascii()
    assert "Microsoft 365ログ収集モジュール" in names


@pytest.mark.parametrize(
    ("name", "category"),
    [
        pytest.param("プレミアム", Category.PREMIUM, id="as the terms write it"),
        pytest.param("ﾌﾟﾚﾐｱﾑ", Category.PREMIUM, id="half-width kana"),
        pytest.param(" アドバンスト　", Category.ADVANCED, id="blanks of both widths"),
        pytest.param("IIJ C-SOCサービス", Category.ADVANCED, id="the name before 2021-05-01 (附則 第3項)"),
        pytest.param("IIJ C-SOC サービス ベーシック", Category.BASIC, id="the name before 2021-05-01 (附則 第4項)"),
        pytest.param("モジュール", Category.MODULE, id="モジュール is a category too"),
        pytest.param("スタンダード", None, id="no such category"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_find_category(name, category):
    assert catalog.find_category(name) is category


@pytest.mark.parametrize(
    ("find", "name", "found"),
    [
        pytest.param(
            catalog.find_module_type, "IIJ セキュア Web ゲートウェイ連携モジュール", "swg", id="blanks as PDFs show"
        ),
        pytest.param(catalog.find_module_type, "Microsoft 365 ログ収集モジュール", "m365_log", id="the PDF's blank"),
        pytest.param(
            catalog.find_module_type, "ＩＩＪマネージドＩＰＳ／ＩＤＳ連携モジュール", "ips_ids", id="full width"
        ),
        pytest.param(catalog.find_service, "IIJ FirewallManagement Service", "fms", id="FMS without a blank"),
        pytest.param(catalog.find_option, "EDR 運用オプション", "edr_operation", id="an option"),
        pytest.param(catalog.find_licence, "MSSP ライセンス", "mssp", id="a licence type"),
        pytest.param(catalog.find_product, "Falcon Insight 及び Falcon Prevent", "insight_prevent", id="a product"),
        pytest.param(catalog.find_product, "Falcon Prevent", None, id="Falcon Prevent alone is not offered"),
        pytest.param(catalog.find_option, "EDR", None, id="part of a name is not the name"),
    ],
)
def test_names_are_found_whatever_their_blanks_and_widths(find, name, found):
    assert find(name) == found


@pytest.mark.parametrize(
    ("module_type", "name", "kind"),
    [
        pytest.param(
            ModuleType.FIREWALL, "仮想ファイアウォール(vMFW)", "仮想ファイアウォール（vMFW）", id="half-width brackets"
        ),
        pytest.param(ModuleType.FIREWALL, "PaloAlto", "Palo Alto", id="without its blank"),
        pytest.param(
            ModuleType.SECURE_ACCESS, "ファイアウォール：タイプ 1", "ファイアウォール:タイプ1", id="full-width colon"
        ),
        pytest.param(ModuleType.SWG, "", "", id="a type without kinds has the empty kind"),
        pytest.param(ModuleType.FIREWALL, "", None, id="a type with kinds needs one"),
        pytest.param(ModuleType.SWG, "Palo Alto", None, id="another type's kind"),
    ],
)
def test_find_kind(module_type, name, kind):
    assert catalog.find_kind(module_type, name) == kind


@pytest.mark.parametrize(
    ("module_type", "kind", "name", "item"),
    [
        pytest.param(
            ModuleType.ENDPOINT,
            "",
            "アンチウイルス: Cylance",
            "アンチウイルス:Cylance",
            id="the terms' own stray blank",
        ),
        pytest.param(
            ModuleType.ENDPOINT,
            "",
            "アンチウイルス:BlackBerry",
            "アンチウイルス:Cylance",
            id="附則: the name meanwhile",
        ),
        pytest.param(
            ModuleType.FIREWALL, "Palo Alto", "タイプV/PBB接続品目", "タイプV/PBB接続", id="品目 or not: one item"
        ),
        pytest.param(
            ModuleType.FIREWALL, "Fortinet FortiGate", "タイプ V/PBB接続", "タイプV/PBB接続品目", id="and back"
        ),
        pytest.param(ModuleType.FIREWALL, "Juniper SRX", "タイプV/PBB接続", None, id="Juniper has no タイプV"),
        pytest.param(
            ModuleType.FIREWALL, "FireWall-1", "IIJ Firewall Management Service", None, id="FireWall-1 has no FMS"
        ),
        pytest.param(ModuleType.MX, "", "", "", id="a type without items has the empty item (I-06)"),
        pytest.param(ModuleType.MX, "", "タイプA", None, id="and no other"),
        pytest.param(ModuleType.SWG, "", "", None, id="a type with items needs one"),
        pytest.param(ModuleType.SWG, "Palo Alto", "タイプF", None, id="a kind the type has not"),
    ],
)
def test_find_item(module_type, kind, name, item):
    assert catalog.find_item(module_type, kind, name) == item


def test_kinds_of_a_type():
    assert catalog.kinds(ModuleType.IPS_IDS) == ("McAfee Network Security Platform",)
    assert len(catalog.kinds(ModuleType.FIREWALL)) == 5
    assert len(catalog.kinds(ModuleType.SECURE_ACCESS)) == 3
    assert catalog.kinds(ModuleType.SWG) == ()


def test_a_module_is_named_by_type_kind_and_item():
    fms = catalog.Module(ModuleType.FIREWALL, "Palo Alto", catalog.FMS_ITEM)
    assert fms.name == "IIJマネージドファイアウォール連携モジュール Palo Alto IIJ Firewall Management Service"
    assert catalog.Module(ModuleType.MX).name == "IIJセキュアMX連携モジュール"
