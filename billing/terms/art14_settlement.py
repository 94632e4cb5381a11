"""第14条, 別紙3（最低利用期間又は契約期間内解除調定金）: what an end before the term's last day costs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from billing.terms.account import Account, Fee, Line, TaxCategory, price_on, quantity_on, yen
from contracts.terms.art05_minimum_term import minimum_term_last_day
from contracts.terms.art10_options import minimum_term_months, term_of
from contracts.terms.art12_termination import End
from contracts.terms.catalog import LicenceType
from contracts.terms.days import ONE_DAY, days_in_month, last_day, month_of, months_between, next_month
from contracts.terms.unit import Ground

SPARING_GROUNDS = frozenset({Ground.GENERAL_28_2, Ground.GENERAL_28_3})
"""一般規程第28条第2項・第3項: on these grounds 14-1 spares a contract's settlement."""

HELD_GROUNDS = SPARING_GROUNDS | {Ground.ABOLISHED}
"""On these grounds an option's settlement is computed, but held until finance bills or waives it (I-18)."""


class SettlementState(StrEnum):
    """What becomes of a settlement."""

    CHARGED = "charged"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement due on the end day, and whether it is charged or held for finance."""

    standing: SettlementState
    line: Line


def committed_until(account: Account, day: date) -> date | None:
    """Last day of the minimum term (第5条, 第10条第8項) or, for 期間ライセンス, of the term that ``day`` lies in (第10条第9項).

    How long a minimum term is goes by the edition of the acceptance (I-57).
    """
    if account.starts_on is None:
        return None
    if account.option is None:
        return minimum_term_last_day(account.starts_on, concluded_on=_concluded_on(account))
    months = minimum_term_months(account.option, account.licence_type, concluded_on=_concluded_on(account))
    if months is None:
        return term_of(account.starts_on, day).last
    return last_day(account.starts_on, months=months)


def _concluded_on(account: Account) -> date:
    """The acceptance of the target; where it is not told, its 課金開始日, which is no earlier."""
    found = account.concluded_on or account.accepted_on or account.starts_on
    assert found is not None
    return found


def settlement(account: Account) -> Settlement | None:
    """解除調定金 of an ended account: the complement of the fees to the end day (I-17); None where nothing is owed.

    Fees to the end day + settlement = the fees had it run to the term's last day at the price and quantity of the end day.
    Nothing where the end lies before 課金開始日 (I-16) or on the term's last day or later, nor for a contract ended under
    一般規程28条2項・3項 (14-1). Raises UnbillableError where the end day has no price.
    """
    rest = _rest_of_term(account)
    if rest is None:
        return None
    end, until, price, quantity, amounts = rest
    held = account.option is not None and end.ground in HELD_GROUNDS
    line = Line(
        Fee.SETTLEMENT,
        end.on + ONE_DAY,
        until,
        quantity,
        price,
        sum(amount for _, amount in amounts),
        TaxCategory.OUT_OF_SCOPE,
        _clause(account),
        _sentence(account, end.on, until, price, quantity, amounts, held),
        "settlement",
    )
    return Settlement(SettlementState.HELD if held else SettlementState.CHARGED, line)


def settlement_yen(account: Account) -> int:
    """What the settlement comes to, in yen, charged or held; 0 where none is owed. For whoever asks for many days and needs no sentence.

    Raises UnbillableError as ``settlement`` does.
    """
    rest = _rest_of_term(account)
    return sum(amount for _month, amount in rest[-1]) if rest is not None else 0


def _rest_of_term(account: Account) -> tuple[End, date, int, int, list[tuple[date, int]]] | None:
    """What the account's end cuts off: the end, the term's last day, unit price and licences of the end day, and of each month what its
    fee would still have come to; None where nothing is owed."""
    end = account.end
    if end is None or account.starts_on is None or end.on < account.starts_on:
        return None
    until = committed_until(account, end.on)
    if until is None or end.on >= until:
        return None
    if account.option is None and end.ground in SPARING_GROUNDS:
        return None
    price, quantity = price_on(account, end.on), quantity_on(account, end.on)
    began = _run_began(account, account.starts_on, end.on)
    fee = price * quantity
    amounts = [(month, _remaining(fee, month, began, end.on, until)) for month in months_between(end.on, until)]
    return end, until, price, quantity, amounts


def _remaining(fee: int, month: date, began: date, ended_on: date, until: date) -> int:
    """What the month's fee would still have come to from the end day to ``until``, by I-04's own flooring."""
    whole = days_in_month(month)
    last = min(until, next_month(month) - ONE_DAY)
    if month != month_of(ended_on):
        return fee * last.day // whole
    # Only the run of days that the end cuts short goes on: it began with the month or with the last change of its price.
    run_on, run_short = (last - began).days + 1, (ended_on - began).days + 1
    return fee * run_on // whole - fee * run_short // whole


def _run_began(account: Account, starts_on: date, ended_on: date) -> date:
    """The first day of the end's month from which unit price and quantity have been those of the end day."""
    began = max(starts_on, month_of(ended_on))
    for on in sorted({on for on, _ in account.monthly + account.quantities if began < on <= ended_on}):
        before = price_on(account, on - ONE_DAY), quantity_on(account, on - ONE_DAY)
        if before != (price_on(account, on), quantity_on(account, on)):
            began = on
    return began


def _clause(account: Account) -> str:
    if account.option is None:
        return "14-1"
    return "14-3" if account.licence_type is LicenceType.TERM else "14-2"


def _sentence(
    account: Account,
    ended_on: date,
    until: date,
    price: int,
    quantity: int,
    amounts: list[tuple[date, int]],
    held: bool,
) -> str:
    term = "契約期間" if _clause(account) == "14-3" else "最低利用期間"
    fee = yen(price) if quantity == 1 else f"{yen(price)} × {quantity:,}ライセンス"
    parts: list[str] = []
    whole = [month for month, amount in amounts if amount == price * quantity]
    for month, amount in amounts:
        if month not in whole and amount:
            parts.append(f"{month:%Y-%m} {yen(amount)}")
        elif whole and month == whole[0]:
            parts.append(f"{yen(amount)} × {len(whole)}か月")
    total = yen(sum(amount for _, amount in amounts))
    mark = "、保留 I-18" if held else ""
    return (
        f"{ended_on.isoformat()}終了、{term}は{until.isoformat()}まで："
        f"月額 {fee} の残余 {' + '.join(parts)} = {total}（I-17{mark}）"
    )


def why_nothing(account: Account) -> str:
    """Why an ended account owes no settlement, in one sentence; for those of which ``settlement`` is None."""
    end = account.end
    if end is None:
        return ""
    if account.starts_on is None or end.on < account.starts_on:
        return "課金開始日より前の終了のため、解除調定金はありません（I-16）"
    until = committed_until(account, end.on)
    if until is not None and end.on < until:
        return "一般規程第28条第2項又は第3項による解除のため、解除調定金はありません（第14条第1項）"
    term = "契約期間" if account.licence_type is LicenceType.TERM else "最低利用期間"
    day = until.isoformat() if until else ""
    return f"{term}（{day}まで）を満了しているため、解除調定金はありません（{end.on.isoformat()}終了）"
