"""What would mend a violation: one sentence for each condition, for whoever has to say it to the customer."""

from dataclasses import dataclass
from enum import StrEnum

from contracts.terms.standing import Violation

_ONE_TIER = "カテゴリの契約を一つにしてください。上位のカテゴリにするには、新しい契約ではなくカテゴリの変更を申し込みます（第9条第1号）。"
_NO_TIER = "プレミアム、アドバンスト又はベーシックの契約を、同じ申込で、同じ日までに始めてください。"
_LINKED = "対応サービスを登録し、契約者と名義が異なるときは、連携への同意を文書番号とともに記録してください。"
_LOWER_TIER = "下位のカテゴリにするには、解約と新しい契約を申し込みます。"
_ITEM = "対応サービスの品目を同じ日に変更するか、種類の異なる品目のときは解約と新しい契約を申し込みます。"
_ON_TIER = "オプションを、管理単位のカテゴリの契約に付けてください。"
_RETENTION = "保管年数を提供している年数（第10条第2項第5号）にし、ログを保管できるモジュールの契約（EDR運用のログのときはプレミアムの契約）に付けてください。"
_LICENCES = "ライセンス種別を選び、最低利用ライセンス数以上にしてください。"
_YEARS = "変更前の年数以上を選んでください。短くするには、解約と新しい申込が必要です。"
_M365 = "Microsoft 365ログ収集モジュールとMicrosoft 365ログ監視オプションを、同じ申込で、同じ日から始めてください。"

REMEDIES = {
    "tiers_two": _ONE_TIER,
    "tiers_more_than_one": _ONE_TIER,
    "tier_missing_for_module": _NO_TIER,
    "tier_missing_for_option": _NO_TIER,
    "module_missing": "モジュールの契約又はEDR運用オプションを、同じ申込で、同じ日までに始めてください。",
    "item_two_contracts": "同じ品目の契約は、同じ日に一つだけにしてください。続けて利用するときは、前の契約の終了日の翌日から始めます。",
    "log_module_below_advanced": "同じ申込で、カテゴリをアドバンスト又はプレミアムにしてください。",
    "linked_service_missing": _LINKED,
    "linked_service_not_in_force": _LINKED,
    "linked_service_of_another_kind": _LINKED,
    "link_without_consent": _LINKED,
    "premium_without_holders_consent": "対応サービスの契約者から設定変更への同意を得て、文書番号とともに記録してください。",
    "kind_or_item_differs": "モジュールの種類・品目を、対応サービスと同じものにしてください。",
    "bypass_option_missing": "対応サービスでバイパスオプションの利用を始め、その日を記録してください。",
    "advanced_support_missing": "対応サービスでアドバンストサポートオプションの利用を始め、その日を記録してください。",
    "device_monitoring_without_module": "オプションを、個別ログ収集モジュールの契約に付けてください。",
    "cloud_monitoring_without_module": "オプションを、クラウドログ収集モジュールの契約に付けてください。",
    "m365_monitoring_without_module": _M365,
    "m365_without_monitoring": _M365,
    "m365_not_applied_together": _M365,
    "edr_without_premium": "同じ申込で、カテゴリをプレミアムにし、その契約にオプションを付けてください。",
    "operation_without_licence": "EDRライセンスを、同じ申込で、同じ日までに始めてください。",
    "licence_without_operation": "EDR運用オプションを、同じ申込で、同じ日までに始めてください。",
    "category_of_no_tier": _LOWER_TIER,
    "category_not_upwards": _LOWER_TIER,
    "item_of_no_module": _ITEM,
    "item_of_device_log": _ITEM,
    "item_of_another_kind": _ITEM,
    "item_without_linked_service": _ITEM,
    "report_not_on_tier": _ON_TIER,
    "response_not_on_tier": _ON_TIER,
    "retention_where_not_offered": _RETENTION,
    "retention_out_of_range": _RETENTION,
    "years_out_of_range": _RETENTION,
    "licence_type_missing": _LICENCES,
    "licences_too_few": _LICENCES,
    "quantity_of_no_licence": _LICENCES,
    "years_of_no_retention": _YEARS,
    "years_fewer": _YEARS,
    "premium_without_own_consent": "特則についての契約者の同意を得て、同意日と文書番号を記録してください。",
    "change_before_start": "変更日を、課金開始日以後の日にしてください。",
    "change_after_end": "終了の通知を撤回するか、変更を申し込まないでください。",
    "option_after_contracts_end": "終了しない契約にオプションを付けるか、契約の終了の通知を撤回してください。",
    "notice_before_acceptance": "通知の到達日と対象番号を確かめてください。承諾より前に到達した通知では、契約を終了させることはできません。",
}
"""What mends a condition, by its code."""

WITHOUT_REMEDY = frozenset({"abolished"})
"""Conditions that nothing mends."""


def remedy(violation: Violation) -> str:
    """A sentence that says what would mend the violation; '' where the terms know no way."""
    return REMEDIES.get(violation.code, "")


class On(StrEnum):
    """On what the line of a mending stands."""

    NOTHING = ""
    TIER = "tier"
    ITSELF = "itself"


@dataclass(frozen=True, slots=True)
class Mending:
    """A line of an application that mends a violation: what it asks for, with which values, and on what.

    ``asks`` is a verb of the form; ``on`` the unit's tier contract, the target in violation itself, or nothing.
    """

    asks: str
    values: tuple[tuple[str, str], ...] = ()
    on: On = On.NOTHING


MENDINGS = {
    "module_missing": Mending("contract", (("category", "module"),)),
    "tier_missing_for_module": Mending("contract"),
    "tier_missing_for_option": Mending("contract"),
    "log_module_below_advanced": Mending("category", (("to_category", "advanced"),), On.TIER),
    "m365_monitoring_without_module": Mending("contract", (("category", "module"), ("module_type", "m365_log"))),
    "m365_without_monitoring": Mending("option", (("option", "m365_log_monitoring"),), On.ITSELF),
    "edr_without_premium": Mending("category", (("to_category", "premium"),), On.TIER),
    "operation_without_licence": Mending("option", (("option", "edr_licence"),), On.TIER),
    "licence_without_operation": Mending("option", (("option", "edr_operation"),), On.TIER),
}
"""The line that mends a condition, by its code; where a person has to decide or to write something first, there is none."""
