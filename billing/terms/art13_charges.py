"""第13条（料金）, 別紙2: when the initial, the monthly and the one-time fee fall due, and how much of a month is charged."""

from collections.abc import Iterator
from datetime import date

from billing.terms.account import Account, Fee, Line, OneTime, TaxCategory, UnbillableError, price_on, quantity_on, yen
from contracts.terms.art13_change_fees import ChargedChange, QuotedFee, fees_of_changes
from contracts.terms.days import ONE_DAY, Period, days_in_month


def initial_line(account: Account, accepted_on: date) -> Line:
    """初期費用, due on acceptance (第13条). One amount a contract or option: a licence's is not multiplied (I-25).

    Raises UnbillableError where no initial fee is quoted.
    """
    if account.initial_yen is None:
        raise UnbillableError(account.number, "初期費用の料金が登録されていません", "13")
    amount = account.initial_yen
    basis = f"初期費用 {yen(amount)}（{accepted_on.isoformat()} 申込承諾）"
    return Line(
        *(Fee.INITIAL, accepted_on, accepted_on, 1, amount, amount),
        *(TaxCategory.TAXABLE, "13", basis, "accepted"),
    )


def monthly_lines(account: Account, month: Period) -> list[Line]:
    """月額費用 of one month: from 課金開始日 to the end day, a line a run of days with one unit price and quantity (I-03, I-04).

    Raises UnbillableError where a served day has no price.
    """
    served = served_days(account, month)
    if served is None:
        return []
    whole = days_in_month(month.first)
    if len(account.monthly) == 1 and not account.quantities:
        # The most of all lines: one price, no change of quantity, hence one run of days.
        price = price_on(account, served.first)
        return [monthly_line(served.first, served.last, price, quantity_on(account, served.first), whole)]
    return [monthly_line(run.first, run.last, price, quantity, whole) for run, price, quantity in runs(account, served)]


def monthly_yen(account: Account, month: Period) -> int:
    """What the 月額費用 of one month come to, in yen: the sum of monthly_lines, for whoever asks for many days and needs no sentence."""
    served = served_days(account, month)
    if served is None:
        return 0
    whole = days_in_month(month.first)
    return sum(price * quantity * run.days // whole for run, price, quantity in runs(account, served))


def whole_month_line(month: Period, price: int) -> Line:
    """The line of one unit at one price, in yen, for all days of a month."""
    return monthly_line(month.first, month.last, price, 1, days_in_month(month.first))


def monthly_line(first: date, last: date, price: int, quantity: int, whole: int) -> Line:
    """The line of one run of days in a month of ``whole`` days. Made by the million, hence without a detour."""
    days = (last - first).days + 1
    amount = price * quantity if days == whole else price * quantity * days // whole
    basis = monthly_sentence(price, quantity, days, whole)
    return Line(Fee.MONTHLY, first, last, quantity, price, amount, TaxCategory.TAXABLE, "13", basis, "service")


def served_days(account: Account, month: Period) -> Period | None:
    """The days of the month that are charged, or None."""
    if account.over or account.starts_on is None:
        return None
    if account.end is None and account.starts_on <= month.first:
        return month
    served = Period(account.starts_on, date.max)
    if account.end is not None:
        if account.end.on < account.starts_on:
            return None
        served = Period(account.starts_on, account.end.on + ONE_DAY)
    return served.overlap(month)


def runs(account: Account, served: Period) -> list[tuple[Period, int, int]]:
    """The served days cut where unit price or quantity changes: (days, unit price in yen, licences)."""
    price, quantity = price_on(account, served.first), quantity_on(account, served.first)
    cuts = [on for on, _ in account.monthly + account.quantities if served.first < on < served.stop]
    if not cuts:
        return [(served, price, quantity)]
    found, first = [], served.first
    for cut in sorted(set(cuts)):
        values = price_on(account, cut), quantity_on(account, cut)
        if values != (price, quantity):
            found.append((Period(first, cut), price, quantity))
            first, (price, quantity) = cut, values
    return [*found, (Period(first, served.stop), price, quantity)]


def monthly_sentence(price: int, quantity: int, days: int, whole: int) -> str:
    """How a monthly fee comes about."""
    if quantity == 1 and days == whole:
        return f"月額 {price:,}円"
    fee = yen(price) if quantity == 1 else f"{yen(price)} × {quantity:,}ライセンス"
    total = yen(price * quantity * days // whole)
    if days == whole:
        return f"月額 {fee} = {total}"
    return f"月額 {fee} × {days}日 ÷ {whole}日 = {total}"


def one_time_lines(account: Account, month: Period) -> Iterator[Line]:
    """一時費用 due in the month: of changes accepted in it, and of facts that happened in it (第13条, 別紙2第3項).

    Raises UnbillableError where a category or item change accepted in the month has no one-time fee quoted (I-39).
    """
    quoted = [QuotedFee(fee.on, fee.application) for fee in account.one_time]
    of_changes = fees_of_changes(account.charged_changes, quoted)
    for at, change in enumerate(account.charged_changes):
        if change.accepted_on in month:
            if at not in of_changes:
                reason = f"{change.accepted_on.isoformat()}に承諾した変更の一時費用の料金が登録されていません"
                raise UnbillableError(account.number, reason, "13")
            yield _of_change(change, account.one_time[of_changes[at]])
    settling = set(of_changes.values())
    of_facts = [fee for at, fee in enumerate(account.one_time) if at not in settling and fee.on in month]
    for at, fee in enumerate(of_facts):
        yield _of_fact(fee, sum(1 for other in of_facts[:at] if other.on == fee.on))


def _of_change(change: ChargedChange, fee: OneTime) -> Line:
    """The fee of one change, due on its acceptance whatever day it is quoted for (第13条, I-39)."""
    quoted = "" if fee.on == change.accepted_on else f"、見積の適用日{fee.on.isoformat()}"
    note = f"、{fee.note}" if fee.note else ""
    basis = (
        f"一時費用 {yen(fee.amount_yen)} {change.accepted_on.isoformat()}に承諾した変更"
        f"（{change.effective_on.isoformat()}から{quoted}{note}）（I-39）"
    )
    return _one_time(change.accepted_on, fee.amount_yen, basis, f"change {change.effective_on.isoformat()}")


def _of_fact(fee: OneTime, before: int) -> Line:
    """The fee of one fact, due on its day; ``before`` others of the day are told apart from it (I-40)."""
    note = f"（{fee.note}）" if fee.note else ""
    basis = f"一時費用 {yen(fee.amount_yen)} {fee.on.isoformat()}{note}"
    return _one_time(fee.on, fee.amount_yen, basis, f"one_time {before + 1}" if before else "one_time")


def _one_time(on: date, amount_yen: int, basis: str, cause: str) -> Line:
    return Line(*(Fee.ONE_TIME, on, on, 1, amount_yen, amount_yen), *(TaxCategory.TAXABLE, "13", basis, cause))
