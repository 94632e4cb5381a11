"""What an application will do once accepted, and what then stays to be done: read off its judgement, nothing asked for."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.facts.names import called_on
from contracts.intake.book.read import Row
from contracts.judge.application import Judgement
from contracts.terms.art08_readiness import ITEMS
from contracts.terms.art10_options import term_of
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    LICENCE_NAMES,
    OPTION_NAMES,
    Category,
    ModuleType,
)
from contracts.terms.committed import minimum_term_end
from contracts.terms.unit import Contract, Option, Target, What, changes_of, in_force, initial_value


@dataclass(frozen=True, slots=True)
class FeeBrought:
    """A fee that an application brings: in yen before tax, for a licence per licence; ``due_on`` its first due day."""

    fee: str
    amount_yen: int
    due_on: date | None


@dataclass(frozen=True, slots=True)
class AcceptanceOutcome:
    """One thing that acceptance does, with the clause it rests on.

    ``before`` and ``after`` are what a change leads from and to. ``committed_until`` is the last day of the minimum term
    (of the first term, for a 期間ライセンス), None where nothing begins or the start is not known yet.
    """

    sheet: str
    number: str
    name: str
    from_on: date | None
    committed_until: date | None = None
    clause: str = ""
    what: str = ""
    before: str = ""
    after: str = ""
    fees: tuple[FeeBrought, ...] = ()


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that stays to be done and does not stand against acceptance: a sentence and what fills it."""

    number: str
    clause: str
    text: str
    values: tuple[tuple[str, str], ...] = ()


def outcomes(judgement: Judgement, *, accepted_on: date) -> Iterator[AcceptanceOutcome]:
    """Everything that acceptance on that day would do, in the order of the form."""
    new = judgement.merged.new
    fees = _fees(judgement, accepted_on)
    names = {target.number: _name(target) for target in judgement.after.targets}
    names |= called_on(judgement.before, accepted_on)
    for contract in judgement.after.contracts[len(judgement.before.contracts) :]:
        until = minimum_term_end(contract)
        yield AcceptanceOutcome(
            "contracts",
            contract.number,
            contract.name,
            contract.starts_on,
            until,
            "5",
            fees=tuple(fees.pop(contract.number, ())),
        )
    for option in judgement.after.options[len(judgement.before.options) :]:
        until, clause = _option_term(option)
        yield AcceptanceOutcome(
            "options",
            option.number,
            _name(option),
            option.starts_on,
            until,
            clause,
            fees=tuple(fees.pop(option.number, ())),
        )
    for row in new["changes"]:
        yield _change(judgement, row, names, tuple(fees.pop(row.values["target"], ())))
    for row in new["linked_services"]:
        values = row.values
        yield AcceptanceOutcome(
            "linked_services", values["code"], "", values["from_on"], clause="9-1(2)", what="item", after=values["item"]
        )
    for number, left in fees.items():
        yield AcceptanceOutcome("prices", number, names.get(number, ""), None, clause="13", fees=tuple(left))


def _fees(judgement: Judgement, accepted_on: date) -> dict[str, list[FeeBrought]]:
    found: defaultdict[str, list[FeeBrought]] = defaultdict(list)
    for row in judgement.merged.new["prices"]:
        values = row.values
        due_on = values["from_on"] if values["fee"] != "initial" else accepted_on
        found[values["target"]].append(FeeBrought(values["fee"], values["amount_yen"], due_on))
    return dict(found)


def _name(target: Target) -> str:
    if isinstance(target, Contract):
        return target.name
    licence = LICENCE_NAMES[target.licence_type] if target.licence_type else ""
    return " ".join(part for part in (OPTION_NAMES[target.option], licence) if part)


def _option_term(option: Option) -> tuple[date | None, str]:
    if option.starts_on is None:
        return None, "10-9" if option.is_term_licence else "10-8"
    if option.is_term_licence:
        return term_of(option.starts_on, option.starts_on).last, "10-9"
    return minimum_term_end(option), "10-8"


_CHANGE_CLAUSES = {
    What.CATEGORY: "9-1(1)",
    What.ITEM: "9-1(2)",
    What.RETENTION_YEARS: "10-5",
    What.QUANTITY: "10-2(8)",
}


def _change(judgement: Judgement, row: Row, names: dict[str, str], fees: tuple[FeeBrought, ...]) -> AcceptanceOutcome:
    values = row.values
    what = What(values["what"])
    target = next(target for target in judgement.after.targets if target.number == values["target"])
    ordered = changes_of(judgement.after.changes, target.number, what)
    at = next(
        at
        for at, change in enumerate(ordered)
        if change.application == values["application"] and change.effective_on == values["effective_on"]
    )
    earlier = ordered[:at]
    before = in_force(initial_value(target, what), earlier, values["effective_on"])
    return AcceptanceOutcome(
        "changes",
        values["target"],
        names[values["target"]],
        values["effective_on"],
        clause=_CHANGE_CLAUSES[what],
        what=what.value,
        before=_shown(what, before),
        after=_shown(what, values["to"]),
        fees=fees,
    )


def _shown(what: What, value: Any) -> str:
    if value is None:
        return ""
    return CATEGORY_NAMES[Category(str(value))] if what is What.CATEGORY else str(value)


_NO_START = "課金開始日が未定です。決まり次第、記録してください。"
_NO_PRICE = "{fee}の料金がありません。料金がない対象は請求できません。"
_NOT_READY = "通信環境の準備完了日がありません。課金開始日までに記録してください。"


def todos(judgement: Judgement) -> Iterator[Todo]:
    """What stays to be done after acceptance: starts, prices (13), the customer's network (8-1)."""
    priced = {(row.values["target"], row.values["fee"]) for row in judgement.merged.new["prices"]}
    before = {target.number for target in judgement.before.targets}
    for target in [target for target in judgement.after.targets if target.number not in before]:
        if target.starts_on is None:
            yield Todo(target.number, "13", _NO_START)
        for fee, name in (("initial", "初期費用"), ("monthly", "月額費用")):
            if (target.number, fee) not in priced:
                yield Todo(target.number, "13", _NO_PRICE, (("fee", name),))
        if isinstance(target, Contract) and target.module and target.ready_on is None:
            clause = ITEMS.get(ModuleType(target.module.module_type))
            if clause:
                yield Todo(target.number, clause, _NOT_READY)
    for row in judgement.merged.new["changes"]:
        charged = row.values["what"] in (What.CATEGORY, What.ITEM)
        if charged and (row.values["target"], "one_time") not in priced:
            yield Todo(row.values["target"], "13", _NO_PRICE, (("fee", "一時費用"),))
