"""第9条（契約内容の変更）, 第10条第5項: which changes may be asked for. Anything else is termination plus a new contract."""

from collections.abc import Iterator

from contracts.terms.art10_options import is_retention, retention_bounds
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    TIER_RANK,
    Category,
    Module,
    ModuleType,
    OptionType,
    find_item,
)
from contracts.terms.days import ONE_DAY
from contracts.terms.standing import Violation
from contracts.terms.unit import (
    Change,
    Contract,
    LinkedState,
    Option,
    Target,
    Unit,
    What,
    changes_of,
    initial_value,
    linked_on,
)


def change_violations(unit: Unit) -> Iterator[tuple[Change, Violation]]:
    """Every change of the unit that the terms do not allow (9-1(1), 9-1(2), 10-2(8), 10-5), each judged on what stood before it."""
    for target in unit.targets:
        for what in What:
            changes = changes_of(unit.changes, target.number, what)
            before = initial_value(target, what)
            for change in changes:
                for violation in _JUDGES[what](unit, target, change, before):
                    yield change, violation
                before = change.to


def _refused(code: str, clause: str, change: Change, text: str, **values: str) -> Violation:
    return Violation(code, clause, (change.target,), "to", text, tuple(values.items()))


def tier_upgrade(unit: Unit, target: Target, change: Change, before: object) -> Iterator[Violation]:
    """9-1(1): a category changes upwards only: ベーシック → アドバンスト → プレミアム."""
    if not isinstance(target, Contract) or not target.is_tier:
        yield _refused(
            "category_of_no_tier", "9-1(1)", change, "カテゴリの変更は、カテゴリの契約についてのみ請求できます"
        )
        return
    rank = TIER_RANK.get(Category(str(change.to)), 0)
    if rank <= TIER_RANK.get(Category(str(before)), 0):
        names = {"before": CATEGORY_NAMES[Category(str(before))], "after": CATEGORY_NAMES[Category(str(change.to))]}
        yield _refused(
            "category_not_upwards", "9-1(1)", change, "カテゴリは上位へのみ変更できます（{before}から{after}）", **names
        )


def item_change(unit: Unit, target: Target, change: Change, before: object) -> Iterator[Violation]:
    """9-1(2): an item changes within its kind, never for 個別ログ収集, on the day the linked service's item changes."""
    module = target.module if isinstance(target, Contract) else None
    if module is None:
        yield _refused("item_of_no_module", "9-1(2)", change, "品目の変更は、モジュールの契約についてのみ請求できます")
        return
    if module.module_type is ModuleType.DEVICE_LOG:
        yield _refused("item_of_device_log", "9-1(2)", change, "個別ログ収集モジュールの品目は変更できません")
        return
    item = find_item(module.module_type, module.kind, str(change.to))
    if not item or item == before:
        names = {"to": str(change.to), "module": Module(module.module_type, module.kind).name}
        yield _refused(
            "item_of_another_kind",
            "9-1(2)",
            change,
            "品目は同じ種類の中の別の品目にのみ変更できます（{to}：{module}）",
            **names,
        )
        return
    assert isinstance(target, Contract)
    states = unit.linked.get(target.linked_service, ())
    if not _item_changed_on(states, change):
        names = {"code": target.linked_service, "day": change.effective_on.isoformat()}
        text = "対応サービス「{code}」の品目が同じ日（{day}）に変更されていません"
        yield Violation(
            "item_without_linked_service", "9-1(2)", (change.target,), "effective_on", text, tuple(names.items())
        )


def _item_changed_on(states: tuple[LinkedState, ...], change: Change) -> bool:
    after, before = linked_on(states, change.effective_on), linked_on(states, change.effective_on - ONE_DAY)
    if after is None or before is None:
        return False
    return after.from_on == change.effective_on and before.item != after.item


def longer_retention(unit: Unit, target: Target, change: Change, before: object) -> Iterator[Violation]:
    """10-5: ログ保管 never to fewer years; 10-2(5): as many as the edition of the change's acceptance offers (I-60)."""
    if not isinstance(target, Option) or target.option is not OptionType.LOG_RETENTION:
        yield _refused(
            "years_of_no_retention", "10-5", change, "保管年数の変更は、ログ保管オプションについてのみ請求できます"
        )
    elif not is_retention(change.to, agreed_on=change.accepted_on):
        names = {"to": str(change.to), **retention_bounds(change.accepted_on)}
        text = "ログの保管年数は{least}年から{most}年までです（{to}）"
        yield _refused("years_out_of_range", "10-2(5)", change, text, **names)
    elif isinstance(before, int) and int(change.to) < before:
        names = {"before": str(before), "to": str(change.to)}
        yield _refused(
            "years_fewer", "10-5", change, "保管年数は、変更前を下回ることができません（{before}年から{to}年）", **names
        )


def licence_quantity(unit: Unit, target: Target, change: Change, before: object) -> Iterator[Violation]:
    """10-2(8): only an EDRライセンス has a quantity; the minimum is judged with the unit, day by day (art07)."""
    if not isinstance(target, Option) or target.option is not OptionType.EDR_LICENCE:
        yield _refused(
            "quantity_of_no_licence", "10-2(8)", change, "ライセンス数の変更は、EDRライセンスについてのみ請求できます"
        )


_JUDGES = {
    What.CATEGORY: tier_upgrade,
    What.ITEM: item_change,
    What.RETENTION_YEARS: longer_retention,
    What.QUANTITY: licence_quantity,
}
