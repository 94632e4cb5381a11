"""第1条〜第4条, 第10条第2項: the catalogue. Codes for code, the terms' own names for people.

A name is written without blanks between Japanese and Latin letters, whatever the source's text shows.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from contracts.terms.editions import Editions, in_force
from contracts.terms.supplementary import other_names


class Category(StrEnum):
    """第1条 カテゴリ: three tiers, and モジュール."""

    PREMIUM = "premium"
    ADVANCED = "advanced"
    BASIC = "basic"
    MODULE = "module"


class ModuleType(StrEnum):
    """第2条 モジュール種別."""

    SWG = "swg"
    IPS_IDS = "ips_ids"
    FIREWALL = "firewall"
    MX = "mx"
    ENDPOINT = "endpoint"
    WAF = "waf"
    SECURE_ACCESS = "secure_access"
    DEVICE_LOG = "device_log"
    CLOUD_LOG = "cloud_log"
    M365_LOG = "m365_log"


class Service(StrEnum):
    """第2条 対応サービス: the services that modules link."""

    SWG = "swg"
    IPS_IDS = "ips_ids"
    FIREWALL = "firewall"
    FMS = "fms"
    MX = "mx"
    ENDPOINT = "endpoint"
    WAF = "waf"
    SECURE_ACCESS = "secure_access"


class OptionType(StrEnum):
    """第10条第2項 オプションサービス."""

    ON_SITE_REPORT = "on_site_report"
    DEVICE_LOG_MONITORING = "device_log_monitoring"
    CLOUD_LOG_MONITORING = "cloud_log_monitoring"
    M365_LOG_MONITORING = "m365_log_monitoring"
    LOG_RETENTION = "log_retention"
    INCIDENT_RESPONSE = "incident_response"
    EDR_OPERATION = "edr_operation"
    EDR_LICENCE = "edr_licence"


class LicenceType(StrEnum):
    """第10条第2項第8号 EDRライセンスの種別; 顧客ライセンス is the one the customer owns."""

    MSSP = "mssp"
    TERM = "term"
    CUSTOMER = "customer"


class Product(StrEnum):
    """第10条第2項第8号 EDR製品."""

    INSIGHT = "insight"
    INSIGHT_PREVENT = "insight_prevent"


@dataclass(frozen=True, slots=True)
class Module:
    """What one module contract is for (第6条第2項, I-06); kind and item are '' where the terms give none."""

    module_type: ModuleType
    kind: str = ""
    item: str = ""

    @property
    def name(self) -> str:
        """Type, kind and item in one line."""
        return " ".join(part for part in (MODULE_TYPE_NAMES[self.module_type], self.kind, self.item) if part)


CATEGORY_NAMES = {
    Category.PREMIUM: "プレミアム",
    Category.ADVANCED: "アドバンスト",
    Category.BASIC: "ベーシック",
    Category.MODULE: "モジュール",
}
MODULE_TYPE_NAMES = {
    ModuleType.SWG: "IIJセキュアWebゲートウェイ連携モジュール",
    ModuleType.IPS_IDS: "IIJマネージドIPS/IDS連携モジュール",
    ModuleType.FIREWALL: "IIJマネージドファイアウォール連携モジュール",
    ModuleType.MX: "IIJセキュアMX連携モジュール",
    ModuleType.ENDPOINT: "IIJセキュアエンドポイント連携モジュール",
    ModuleType.WAF: "IIJマネージドWAF連携モジュール",
    ModuleType.SECURE_ACCESS: "IIJセキュアアクセス連携モジュール",
    ModuleType.DEVICE_LOG: "個別ログ収集モジュール",
    ModuleType.CLOUD_LOG: "クラウドログ収集モジュール",
    ModuleType.M365_LOG: "Microsoft 365ログ収集モジュール",
}
SERVICE_NAMES = {
    Service.SWG: "IIJセキュアWebゲートウェイサービス",
    Service.IPS_IDS: "IIJマネージドIPS/IDSサービス",
    Service.FIREWALL: "IIJマネージドファイアウォールサービス",
    Service.FMS: "IIJ Firewall Management Service",
    Service.MX: "IIJセキュアMXサービス",
    Service.ENDPOINT: "IIJセキュアエンドポイントサービス",
    Service.WAF: "IIJマネージドWAFサービス",
    Service.SECURE_ACCESS: "IIJセキュアアクセスサービス",
}
OPTION_NAMES = {
    OptionType.ON_SITE_REPORT: "現地報告オプション",
    OptionType.DEVICE_LOG_MONITORING: "個別ログ監視オプション",
    OptionType.CLOUD_LOG_MONITORING: "クラウドログ監視オプション",
    OptionType.M365_LOG_MONITORING: "Microsoft 365ログ監視オプション",
    OptionType.LOG_RETENTION: "ログ保管オプション",
    OptionType.INCIDENT_RESPONSE: "インシデント対応支援オプション",
    OptionType.EDR_OPERATION: "EDR運用オプション",
    OptionType.EDR_LICENCE: "EDRライセンス",
}
LICENCE_NAMES = {
    LicenceType.MSSP: "MSSPライセンス",
    LicenceType.TERM: "期間ライセンス",
    LicenceType.CUSTOMER: "顧客ライセンス",
}
PRODUCT_NAMES = {
    Product.INSIGHT: "Falcon Insight",
    Product.INSIGHT_PREVENT: "Falcon Insight及びFalcon Prevent",
}

TIER_RANK = {Category.BASIC: 1, Category.ADVANCED: 2, Category.PREMIUM: 3}
"""第9条第1号: a change of category goes up this order only."""

SERVICES_LINKED: dict[ModuleType, frozenset[Service]] = {
    ModuleType.SWG: frozenset({Service.SWG}),
    ModuleType.IPS_IDS: frozenset({Service.IPS_IDS}),
    ModuleType.FIREWALL: frozenset({Service.FIREWALL, Service.FMS}),
    ModuleType.MX: frozenset({Service.MX}),
    ModuleType.ENDPOINT: frozenset({Service.ENDPOINT}),
    ModuleType.WAF: frozenset({Service.WAF}),
    ModuleType.SECURE_ACCESS: frozenset({Service.SECURE_ACCESS}),
}
"""第2条: the services a module type links; the three log collection types link none."""

LOG_MODULES = frozenset({ModuleType.DEVICE_LOG, ModuleType.CLOUD_LOG, ModuleType.M365_LOG})

FMS_ITEM = "IIJ Firewall Management Service"
_PALO_ALTO, _FORTIGATE = "Palo Alto", "Fortinet FortiGate"

ITEMS: dict[tuple[ModuleType, str], tuple[str, ...]] = {
    (ModuleType.SWG, ""): (
        *("タイプF", "タイプV", "タイプFV", "タイプF/CE"),
        *("タイプV/CE", "タイプFV/CE", "タイプX", "タイプXV"),
    ),
    (ModuleType.IPS_IDS, "McAfee Network Security Platform"): (
        *("IPS/タイプA", "IPS/タイプB", "IPS/タイプC", "IPS/タイプD", "IPS/タイプS"),
        *("IDS/タイプA", "IDS/タイプB", "IDS/タイプC", "IDS/タイプD", "IDS/タイプS"),
    ),
    (ModuleType.FIREWALL, "FireWall-1"): (
        *("タイプA", "タイプB", "タイプC", "タイプD", "タイプS"),
        "タイプV/PBB接続",
    ),
    (ModuleType.FIREWALL, _PALO_ALTO): (
        *("タイプA", "タイプB", "タイプC", "タイプD", "タイプS"),
        *("タイプV/PBB接続", FMS_ITEM),
    ),
    (ModuleType.FIREWALL, _FORTIGATE): (
        *("タイプA", "タイプB", "タイプC", "タイプD", "タイプS"),
        *("タイプV/PBB接続品目", FMS_ITEM),
    ),
    (ModuleType.FIREWALL, "Juniper SRX"): (
        *("タイプA", "タイプB", "タイプC", "タイプD", "タイプS"),
        "タイプM/CXE品目",
    ),
    (ModuleType.FIREWALL, "仮想ファイアウォール（vMFW）"): (),
    (ModuleType.MX, ""): (),
    (ModuleType.ENDPOINT, ""): (
        *("アンチウイルス:Symantec", "アンチウイルス:Cylance"),
        *("IT資産管理", "IT資産管理/CE", "IT資産管理/S"),
    ),
    (ModuleType.WAF, ""): (
        *("タイプA:10Mbps", "タイプA:50Mbps", "タイプA:100Mbps", "タイプA:200Mbps"),
        "タイプAS",
    ),
    (ModuleType.SECURE_ACCESS, "Webゲートウェイ"): (),
    (ModuleType.SECURE_ACCESS, "ファイアウォール:タイプ1"): (),
    (ModuleType.SECURE_ACCESS, "ファイアウォール:タイプ2"): (),
    (ModuleType.DEVICE_LOG, ""): ("タイプ1", "タイプ2", "タイプ3", "タイプV1", "タイプV2"),
    (ModuleType.CLOUD_LOG, ""): (),
    (ModuleType.M365_LOG, ""): (),
}
"""第3条・第4条: the items of each module type and kind, in the terms' order; () where the kind or type itself is contracted."""

MODULES: tuple[Module, ...] = tuple(
    Module(module_type, kind, item) for (module_type, kind), items in ITEMS.items() for item in items or ("",)
)
"""The 66 contractable modules (I-06)."""


def fold(name: str) -> str:
    """A name for comparing: widths folded (NFKC), blanks dropped."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def kinds(module_type: ModuleType) -> tuple[str, ...]:
    """第3条: the kinds of a module type; () where it has none."""
    return tuple(kind for held_by, kind in ITEMS if held_by is module_type and kind)


def _folded_item(item: str) -> str:
    # The terms call one and the same item of the firewall service both 「V/PBB接続」 and 「V/PBB接続品目」.
    return fold(item).removesuffix("品目")


_CATEGORIES = {fold(name): category for category, name in CATEGORY_NAMES.items()}
_MODULE_TYPES = {fold(name): member for member, name in MODULE_TYPE_NAMES.items()}
_SERVICES = {fold(name): member for member, name in SERVICE_NAMES.items()}
_OPTIONS = {fold(name): member for member, name in OPTION_NAMES.items()}
_LICENCES = {fold(name): member for member, name in LICENCE_NAMES.items()}
_PRODUCTS = {fold(name): member for member, name in PRODUCT_NAMES.items()}


@lru_cache(maxsize=8)
def _catalogued(_editions: Editions) -> dict[tuple[str, str], str]:
    """What the catalogue calls a thing that an edition calls otherwise, by module type ('' for any) and folded name."""
    return {(of, _folded_item(then)): name for of, then, name in other_names() if then != name}


def find_category(name: str) -> Category | None:
    """第1条, 附則: the category of that name, today's or another edition's."""
    found = _CATEGORIES.get(fold(name))
    return found or _CATEGORIES.get(fold(_catalogued(in_force()).get(("", _folded_item(name)), "")))


def find_module_type(name: str) -> ModuleType | None:
    """第2条: the module type of that name."""
    return _MODULE_TYPES.get(fold(name))


def find_service(name: str) -> Service | None:
    """第2条: the linked service of that name."""
    return _SERVICES.get(fold(name))


def find_option(name: str) -> OptionType | None:
    """第10条第2項: the option of that name."""
    return _OPTIONS.get(fold(name))


def find_licence(name: str) -> LicenceType | None:
    """第10条第2項第8号: the licence type of that name."""
    return _LICENCES.get(fold(name))


def find_product(name: str) -> Product | None:
    """第10条第2項第8号: the EDR product of that name."""
    return _PRODUCTS.get(fold(name))


def find_kind(module_type: ModuleType, name: str) -> str | None:
    """第3条: the kind as the terms write it; '' for no kind, None where the type has no such kind."""
    wanted = fold(name)
    return next((kind for held_by, kind in ITEMS if held_by is module_type and fold(kind) == wanted), None)


def find_item(module_type: ModuleType, kind: str, name: str) -> str | None:
    """第4条, 附則: the item as the terms write it; '' where the kind has none, None where it has no such item."""
    items = ITEMS.get((module_type, kind))
    if items is None:
        return None
    folded, known = _folded_item(name), {_folded_item(item): item for item in items or ("",)}
    if folded not in known:
        others = _catalogued(in_force())
        folded = _folded_item(others.get((str(module_type), folded)) or others.get(("", folded), name))
    return known.get(folded)


def module_type_linking(service: Service) -> ModuleType:
    """第2条: the one module type that links a service."""
    return next(module_type for module_type, services in SERVICES_LINKED.items() if service in services)
