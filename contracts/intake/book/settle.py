"""Rows of a sheet that are facts of the terms: what is meant is settled here (catalogue names, kinds of a change)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from contracts.intake.book.cells import MOST_LICENCES
from contracts.intake.book.read import Row
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.art10_options import EDR_OPTIONS, is_retention, minimum_licences, retention_bounds
from contracts.terms.catalog import Category, LicenceType, ModuleType, OptionType, Service
from contracts.terms.consents import CLAUSES, ON_SERVICE_OF, can_be_of
from contracts.terms.unit import Ground, What


def settle(row: Row, module_of: dict[str, tuple[str, str]], option_of: dict[str, str]) -> tuple[Row, list[Fault]]:
    """The row in the form in which it is stored, and its faults where it makes no sense by itself; the row given stays as it is.

    ``module_of`` gives the module type and kind of a contract by its number, ``option_of`` the option's type by its.
    """
    judge = _SETTLERS.get(row.sheet)
    if judge is None:
        return row, []
    settled = replace(row, values=dict(row.values))
    # The judges below bring the copy into form while they look at it; where that changes nothing it is not kept.
    faults = list(judge(settled, module_of, option_of))
    return (row if settled.values == row.values else settled), faults


def _fault(row: Row, column: str, message: str, clause: str = "") -> Fault:
    return Fault(row.sheet, row.number, column, message, clause)


def _linked_service(row: Row, *_: Any) -> Iterator[Fault]:
    values = row.values
    module_type = catalog.module_type_linking(Service(values["service"]))
    kind = catalog.find_kind(module_type, values["kind"] or "")
    # A linked service may have a kind or an item of its own that no module has; 7-5 is then for eligibility to judge.
    values["kind"] = (values["kind"] or "") if kind is None else kind
    item = catalog.find_item(module_type, values["kind"], values["item"] or "")
    values["item"] = (values["item"] or "") if item is None else item
    if values["ends_on"] and values["ends_on"] < values["from_on"]:
        yield _fault(row, "ends_on", "終了日が適用日より前です")
    for assent in ON_SERVICE_OF:
        column = f"{assent}_on"
        if values.get(column) and not can_be_of(assent, Service(values["service"])):
            service = catalog.SERVICE_NAMES[Service(values["service"])]
            label = BY_NAME["linked_services"].column(column).label
            yield _fault(
                row, column, Sentence("{service}に{label}はありません", service=service, label=label), CLAUSES[assent]
            )


def _contract(row: Row, *_: Any) -> Iterator[Fault]:
    values = row.values
    given = values["module_type"], values["kind"] or "", values["item"] or ""
    if values["category"] != Category.MODULE:
        if any(given):
            column = next(name for name in ("module_type", "kind", "item") if values[name])
            yield _fault(row, column, "モジュール種別・種類・品目は、カテゴリがモジュールの契約にのみあります", "1")
        values["kind"] = values["item"] = ""
    elif not given[0]:
        yield _fault(row, "module_type", "モジュールの契約にはモジュール種別が必要です", "2")
    else:
        yield from _module(row, ModuleType(given[0]), given[1], given[2])
    yield from _accepted_after_applied(row)


def _module(row: Row, module_type: ModuleType, kind_name: str, item_name: str) -> Iterator[Fault]:
    kind = catalog.find_kind(module_type, kind_name)
    if kind is None:
        yield _fault(row, "kind", _not_in("種類", kind_name, catalog.kinds(module_type)), "3")
        return
    item = catalog.find_item(module_type, kind, item_name)
    if item is None:
        yield _fault(row, "item", _not_in("品目", item_name, catalog.ITEMS[module_type, kind]), "4")
        return
    row.values["kind"], row.values["item"] = kind, item


def _not_in(label: str, name: str, names: tuple[str, ...]) -> str:
    if not names:
        return Sentence("このモジュールに{label}はありません（{name}）", label=label, name=name)
    offered = "、".join(names)
    if name:
        return Sentence("{label}「{name}」はありません（{offered}）", label=label, name=name, offered=offered)
    return Sentence("{label}が必要です（{offered}）", label=label, offered=offered)


def _accepted_after_applied(row: Row) -> Iterator[Fault]:
    if row.values["accepted_on"] < row.values["applied_on"]:
        yield _fault(row, "accepted_on", "承諾日が申込日より前です")


def _option(row: Row, *_: Any) -> Iterator[Fault]:
    values = row.values
    option = OptionType(values["option"])
    licence = option is OptionType.EDR_LICENCE
    if not licence:
        for column in ("licence_type", "product", "quantity"):
            if values[column] is not None:
                yield _fault(row, column, "ライセンスの項目は、EDRライセンスにのみあります", "10-2(8)")
    elif values["licence_type"] is None:
        yield _fault(row, "licence_type", "EDRライセンスにはライセンス種別が必要です", "10-2(8)")
    else:
        minimum = minimum_licences(LicenceType(values["licence_type"]), agreed_on=values["accepted_on"])
        if values["quantity"] is None or values["quantity"] < minimum:
            yield _fault(row, "quantity", Sentence("最低利用ライセンス数は{minimum}です", minimum=minimum), "10-2(8)")
    if option is not OptionType.LOG_RETENTION:
        if values["retention_years"] is not None:
            yield _fault(row, "retention_years", "保管年数は、ログ保管オプションにのみあります", "10-2(5)")
    elif not is_retention(values["retention_years"], agreed_on=values["accepted_on"]):
        yield _fault(row, "retention_years", _years_offered(values["accepted_on"]), "10-2(5)")
    yield from _accepted_after_applied(row)


def _change(row: Row, module_of: dict[str, tuple[str, str]], *_: Any) -> Iterator[Fault]:
    values = row.values
    written = values["to"]
    if values["what"] == What.CATEGORY:
        category = catalog.find_category(written)
        if category is None or category is Category.MODULE:
            yield _fault(row, "to", Sentence("カテゴリ「{written}」には変更できません", written=written), "9-1(1)")
        elif category is Category.BASIC:
            yield _fault(row, "to", "カテゴリは上位へのみ変更できます", "9-1(1)")
        values["to"] = str(category or written)
    elif values["what"] == What.ITEM:
        module_type, kind = module_of.get(values["target"], ("", ""))
        item = catalog.find_item(ModuleType(module_type), kind, written) if module_type else None
        values["to"] = item or written
    elif not written.isdecimal() or not 1 <= int(written) <= MOST_LICENCES:
        clause = "10-5" if values["what"] == What.RETENTION_YEARS else "10-2(8)"
        yield _fault(row, "to", Sentence("変更後は1以上の整数で書いてください（{written}）", written=written), clause)
    else:
        values["to"] = int(written)
        if values["what"] == What.RETENTION_YEARS and not is_retention(values["to"], agreed_on=values["accepted_on"]):
            yield _fault(row, "to", _years_offered(values["accepted_on"]), "10-2(5)")


def _years_offered(agreed_on: date) -> str:
    return Sentence("ログの保管年数は{least}年から{most}年までです", **retention_bounds(agreed_on))


def _price(row: Row, *_: Any) -> Iterator[Fault]:
    if row.values["fee"] != "initial" and row.values["from_on"] is None:
        yield _fault(row, "from_on", "月額費用と一時費用には適用日が必要です", "13")
    row.values["note"] = row.values["note"] or ""


def _notice(row: Row, _module_of: Any, option_of: dict[str, str]) -> Iterator[Fault]:
    values = row.values
    values["basis"] = values["basis"] or Ground.NOTICE.value
    if values["basis"] != Ground.NOTICE and values["requested_for"] is None:
        yield _fault(row, "requested_for", "根拠が解約通知でない終了には指定日が必要です")
    if values["basis"] == Ground.ABOLISHED and option_of.get(values["target"], "") not in EDR_OPTIONS:
        yield _fault(row, "basis", "廃止されるのは、EDR運用オプションとEDRライセンスだけです", "10-11")


def _outage(row: Row, *_: Any) -> Iterator[Fault]:
    values = row.values
    if values["restored_at"] < values["known_at"]:
        yield _fault(row, "restored_at", "復旧日時が覚知日時より前です", "15-1")
    if values["claimed_on"] and values["claimed_on"] < values["known_at"].date():
        yield _fault(row, "claimed_on", "請求日が覚知日より前です", "15-1")


def _breach(row: Row, *_: Any) -> Iterator[Fault]:
    if row.values["claimed_on"] and row.values["claimed_on"] < row.values["occurred_at"].date():
        yield _fault(row, "claimed_on", "請求日が発生日より前です", "15-2")


_SETTLERS = {
    "linked_services": _linked_service,
    "contracts": _contract,
    "options": _option,
    "changes": _change,
    "prices": _price,
    "notices": _notice,
    "outages": _outage,
    "breaches": _breach,
}
