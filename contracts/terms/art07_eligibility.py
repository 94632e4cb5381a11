"""第7条（利用資格）: whether a management unit may be as it is, judged whole, on a day.

The conditions lean on each other (7-1; 7-10; 7-12 with 7-13), so no contract is judged alone. ``violations`` returns
every violation of a day, never the first; contracts.terms.timeline judges every day of a unit with it.
"""

from collections.abc import Callable, Iterator

from contracts.terms import art06_units, art10_options, art17_premium
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    FMS_ITEM,
    OPTION_NAMES,
    SERVICE_NAMES,
    SERVICES_LINKED,
    Category,
    Module,
    ModuleType,
    OptionType,
    Service,
)
from contracts.terms.standing import UnitOnDay, Violation, broken, consented, premium_tiers
from contracts.terms.unit import Contract, LinkedState


def violations(unit: UnitOnDay) -> list[Violation]:
    """Every condition of 第5条〜第7条, 第10条第2項第5号・第8号 and 第17条第1項 that the unit breaks on the day, in the terms' order."""
    return [violation for rule in RULES for violation in rule(unit)]


def one_tier_contract(unit: UnitOnDay) -> Iterator[Violation]:
    """6-1, 7-1(1): 一の管理単位毎に一の契約."""
    numbers = [contract.number for contract, _ in unit.tiers]
    for surplus in art06_units.surplus_tiers([contract for contract, _ in unit.tiers]):
        others = [surplus.number] + [number for number in numbers if number != surplus.number]
        yield broken(
            "tiers_two",
            "6-1",
            others,
            "category",
            "管理単位に、カテゴリの契約が同じ日に二つあります（{others}）",
            others="、".join(numbers),
        )
        yield broken(
            "tiers_more_than_one",
            "7-1",
            others,
            "category",
            "管理単位のカテゴリの契約は一つでなければなりません（{others}）",
            others="、".join(numbers),
        )
    if not unit.tiers:
        for contract, module in unit.modules:
            text = "プレミアム、アドバンスト又はベーシックの契約がない管理単位で「{module}」を利用することはできません"
            yield broken("tier_missing_for_module", "7-1", [contract.number], "category", text, module=module.name)
        for held in unit.options:
            if unit.contracts[held.option.contract].is_tier:
                text = (
                    "プレミアム、アドバンスト又はベーシックの契約がない管理単位で「{option}」を利用することはできません"
                )
                yield broken(
                    "tier_missing_for_option",
                    "7-1",
                    [held.option.number],
                    "contract",
                    text,
                    option=OPTION_NAMES[held.option.option],
                )


def one_module_or_edr(unit: UnitOnDay) -> Iterator[Violation]:
    """7-1(2): 一以上のモジュール又はEDR運用オプション."""
    if not unit.modules and not unit.having(OptionType.EDR_OPERATION):
        for contract, category in unit.tiers:
            text = "「{category}」の管理単位には、一以上のモジュール又はEDR運用オプションが必要です"
            yield broken(
                "module_missing", "7-1", [contract.number], "category", text, category=CATEGORY_NAMES[category]
            )


def one_contract_an_item(unit: UnitOnDay) -> Iterator[Violation]:
    """6-2: 一の品目毎に一の契約 (I-06)."""
    for contract, earlier in art06_units.surplus_modules(unit.modules):
        text = "同じ管理単位に、同じ品目のモジュール契約が同じ日に二つあります（{others}）"
        numbers = [contract.number, earlier.number]
        yield broken("item_two_contracts", "6-2", numbers, "item", text, others="、".join(sorted(numbers)))


def log_modules_need_advanced(unit: UnitOnDay) -> Iterator[Violation]:
    """7-2: 個別ログ収集 and クラウドログ収集 need プレミアム or アドバンスト."""
    if unit.tiers and unit.category not in (Category.PREMIUM, Category.ADVANCED):
        for contract, module in unit.modules:
            if module.module_type in (ModuleType.DEVICE_LOG, ModuleType.CLOUD_LOG):
                involved = [contract.number, *(tier.number for tier, _ in unit.tiers)]
                text = "「{module}」を利用するには、カテゴリがプレミアム又はアドバンストでなければなりません"
                yield broken("log_module_below_advanced", "7-2", involved, "module_type", text, module=module.name)


def linked_service_held_or_consented(unit: UnitOnDay) -> Iterator[Violation]:
    """7-3: the customer holds the linked service, or its holder has consented to the link."""
    for contract, module in unit.linking:
        state = unit.linked.get(contract.linked_service)
        if not contract.linked_service:
            yield broken(
                "linked_service_missing",
                "7-3",
                [contract.number],
                "linked_service",
                "連携する対応サービスが示されていません",
            )
        elif state is None:
            text = "対応サービス「{code}」は、この日には契約されていません"
            yield broken(
                "linked_service_not_in_force",
                "7-3",
                [contract.number],
                "linked_service",
                text,
                code=contract.linked_service,
            )
        elif state.service not in _services(module):
            text = "「{module}」は「{service}」には対応しません"
            names = {"module": module.name, "service": SERVICE_NAMES[state.service]}
            yield broken("linked_service_of_another_kind", "7-3", [contract.number], "linked_service", text, **names)
        elif state.holder != unit.customer and not consented(state.module_consent_on, unit.day):
            text = "対応サービス「{code}」の契約者（{holder}）から、連携についての同意を得ていません"
            yield broken(
                "link_without_consent",
                "7-3",
                [contract.number],
                "linked_service",
                text,
                code=state.code,
                holder=state.holder,
            )


def premium_needs_holders_consent(unit: UnitOnDay) -> Iterator[Violation]:
    """7-4: with プレミアム, the linked service's holder has consented to 17-1(1); the customer's own 17-1 consent will do for its own."""
    for tier in premium_tiers(unit):
        own = unit.consented_itself(tier)
        for contract, _ in unit.linking:
            state = unit.linked.get(contract.linked_service)
            if state is None or consented(state.premium_consent_on, unit.day):
                continue
            if not (own and state.holder == unit.customer):
                text = "対応サービス「{code}」の契約者（{holder}）から、設定変更（第17条第1項第1号）についての同意を得ていません"
                involved = [contract.number, tier.number]
                yield broken(
                    "premium_without_holders_consent",
                    "7-4",
                    involved,
                    "linked_service",
                    text,
                    code=state.code,
                    holder=state.holder,
                )


def kind_and_item_agree(unit: UnitOnDay) -> Iterator[Violation]:
    """7-5: kind and item equal those of the linked service; FMS excepted (I-08 for Microsoft 365, which links nothing)."""
    for contract, module in unit.linking:
        state = unit.linked.get(contract.linked_service)
        if state is None or state.service not in _services(module) or state.service is Service.FMS:
            continue
        if (state.kind, state.item) != (module.kind, module.item):
            text = "種類・品目「{own}」が、対応サービス「{code}」の種類・品目「{linked}」と一致していません"
            own, linked = _kind_and_item(module.kind, module.item), _kind_and_item(state.kind, state.item)
            field = "kind" if state.kind != module.kind else "item"
            yield broken(
                "kind_or_item_differs", "7-5", [contract.number], field, text, own=own, code=state.code, linked=linked
            )


def swg_needs_bypass_option(unit: UnitOnDay) -> Iterator[Violation]:
    """7-6: SWG連携モジュール needs the bypass option on the linked service."""
    for contract, state in _linked(unit, ModuleType.SWG):
        if not consented(state.bypass_option_on, unit.day):
            text = "対応サービス「{code}」でバイパスオプションが利用されていません"
            yield broken("bypass_option_missing", "7-6", [contract.number], "linked_service", text, code=state.code)


def waf_needs_advanced_support(unit: UnitOnDay) -> Iterator[Violation]:
    """7-7: WAF連携モジュール needs the advanced support option on the linked service."""
    for contract, state in _linked(unit, ModuleType.WAF):
        if not consented(state.advanced_support_on, unit.day):
            text = "対応サービス「{code}」でアドバンストサポートオプションが利用されていません"
            yield broken("advanced_support_missing", "7-7", [contract.number], "linked_service", text, code=state.code)


_MONITORED = {
    OptionType.DEVICE_LOG_MONITORING: ("device_monitoring_without_module", "7-8", ModuleType.DEVICE_LOG),
    OptionType.CLOUD_LOG_MONITORING: ("cloud_monitoring_without_module", "7-9", ModuleType.CLOUD_LOG),
    OptionType.M365_LOG_MONITORING: ("m365_monitoring_without_module", "7-10", ModuleType.M365_LOG),
}


def monitoring_needs_its_module(unit: UnitOnDay) -> Iterator[Violation]:
    """7-8, 7-9, 7-10: each log monitoring option is on a contract of its own module type, in force that day."""
    served = {contract.number: module for contract, module in unit.modules}
    for held in unit.options:
        if held.option.option not in _MONITORED:
            continue
        code, clause, module_type = _MONITORED[held.option.option]
        module = served.get(held.option.contract)
        if module is None or module.module_type is not module_type:
            text = "「{option}」は、{module}の契約に対してのみ利用できます"
            names = {"option": OPTION_NAMES[held.option.option], "module": Module(module_type).name}
            yield broken(code, clause, [held.option.number], "contract", text, **names)


def m365_module_and_monitoring(unit: UnitOnDay) -> Iterator[Violation]:
    """7-10: Microsoft 365ログ収集モジュール and its monitoring option: both, applied for together."""
    monitoring = {held.option.contract: held.option for held in unit.having(OptionType.M365_LOG_MONITORING)}
    for contract, module in unit.modules:
        if module.module_type is not ModuleType.M365_LOG:
            continue
        option = monitoring.get(contract.number)
        if option is None:
            text = "「{module}」を利用するには、Microsoft 365ログ監視オプションが必要です"
            yield broken("m365_without_monitoring", "7-10", [contract.number], "module_type", text, module=module.name)
        elif option.application != contract.application:
            text = "「{module}」とMicrosoft 365ログ監視オプションは、同時に申し込まなければなりません（{one}と{other}）"
            names = {"module": module.name, "one": contract.application, "other": option.application}
            yield broken(
                "m365_not_applied_together", "7-10", [option.number, contract.number], "application", text, **names
            )


def edr_needs_premium(unit: UnitOnDay) -> Iterator[Violation]:
    """7-11: EDR運用オプション and EDRライセンス need プレミアム; both are attached to the tier contract."""
    premium = {contract.number for contract in premium_tiers(unit)}
    for held in unit.options:
        if held.option.option in art10_options.EDR_OPTIONS and held.option.contract not in premium:
            text = "「{option}」を利用するには、カテゴリがプレミアムでなければなりません"
            involved = [held.option.number, *(tier.number for tier, _ in unit.tiers)]
            yield broken(
                "edr_without_premium", "7-11", involved, "contract", text, option=OPTION_NAMES[held.option.option]
            )


def edr_operation_and_licence(unit: UnitOnDay) -> Iterator[Violation]:
    """7-12, 7-13: EDR運用オプション and EDRライセンス need each other."""
    operations, licences = unit.having(OptionType.EDR_OPERATION), unit.having(OptionType.EDR_LICENCE)
    if not licences:
        text = "EDR運用オプションを利用するには、EDRライセンスが必要です"
        for held in operations:
            yield broken("operation_without_licence", "7-12", [held.option.number], "option", text)
    if not operations:
        text = "EDRライセンスを利用するには、EDR運用オプションが必要です"
        for held in licences:
            yield broken("licence_without_operation", "7-13", [held.option.number], "option", text)


Rule = Callable[[UnitOnDay], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    one_tier_contract,
    one_contract_an_item,
    one_module_or_edr,
    log_modules_need_advanced,
    linked_service_held_or_consented,
    premium_needs_holders_consent,
    kind_and_item_agree,
    swg_needs_bypass_option,
    waf_needs_advanced_support,
    monitoring_needs_its_module,
    m365_module_and_monitoring,
    edr_needs_premium,
    edr_operation_and_licence,
    art10_options.options_stand_where_offered,
    art10_options.retention_where_offered,
    art10_options.enough_licences,
    art17_premium.premium_needs_own_consent,
)


def _linked(unit: UnitOnDay, module_type: ModuleType) -> Iterator[tuple[Contract, LinkedState]]:
    for contract, module in unit.modules:
        state = unit.linked.get(contract.linked_service)
        if module.module_type is module_type and state is not None and state.service in _services(module):
            yield contract, state


def _services(module: Module) -> frozenset[Service]:
    """The services a module links; an FMS item links FMS, the other firewall items the managed firewall (第4条第3号)."""
    if module.module_type is ModuleType.FIREWALL:
        return frozenset({Service.FMS if module.item == FMS_ITEM else Service.FIREWALL})
    return SERVICES_LINKED.get(module.module_type, frozenset())


def _kind_and_item(kind: str, item: str) -> str:
    return " ".join(part for part in (kind, item) if part) or "なし"
