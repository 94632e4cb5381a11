"""先の出来事: the days ahead on which an account's monthly fees begin, end or change; and how firm what it pays is (I-67, I-69)."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from billing.terms.account import Account
from billing.terms.art14_settlement import committed_until
from billing.terms.forecast import bound_until, mrr_on
from contracts.terms.art10_options import renewal_deadline, terms
from contracts.terms.catalog import LicenceType
from contracts.terms.days import ONE_DAY, Period
from contracts.terms.editions import terms_on


class What(StrEnum):
    """What happens on a day."""

    START = "start"
    END = "end"
    PRICE = "price"
    QUANTITY = "quantity"
    RENEWAL = "renewal"
    FREE = "free"


class Coming(NamedTuple):
    """What happens on a day, with the monthly fees up to it and from it on, in yen before tax.

    Of a renewal ``last_day`` is the last on which a notice stops it (10-9), ``term_yen`` what the term that begins comes to;
    of a minimum term that is over nothing changes but that notice may end it without a settlement.
    """

    what: What
    on: date
    before_yen: int
    after_yen: int
    last_day: date | None = None
    term_yen: int | None = None


class Risk(StrEnum):
    """How firm the MRR of a day is: the first of these that is so, so that no yen is counted twice (I-69)."""

    NOTICE = "notice"
    """An end is known."""
    ELIGIBILITY = "eligibility"
    """Eligibility or a consent (第7条, 17-1) is open on the worklist."""
    RENEWAL = "renewal_open"
    """A term ends within the months ahead, and its renewal can still be stopped."""
    FREE = "free"
    """The minimum term is over: notice ends it without a settlement."""
    SOON = "soon"
    """The minimum term ends within the months ahead."""
    BOUND = "bound"
    """Bound beyond the months ahead."""


def coming(account: Account, days: Period) -> Iterator[Coming]:
    """What happens to the account on these days. What ends on a day is told of the day after its last one."""
    if account.starts_on is None:
        return
    for on, what in _turns(account):
        if on in days:
            before, after = mrr_on(account, on - ONE_DAY), mrr_on(account, on)
            if before != after:
                yield Coming(what, on, before, after)
    yield from _released(account, days)


def _turns(account: Account) -> list[tuple[date, What]]:
    """The days, each once: a start or an end says more than the price of the day."""
    found: dict[date, What] = {}
    for dated, what in ((account.quantities, What.QUANTITY), (account.monthly, What.PRICE)):
        found.update((on, what) for on, _value in dated)
    if account.starts_on is not None:
        found[account.starts_on] = What.START
    if account.end is not None:
        found[account.end.on + ONE_DAY] = What.END
    return sorted(found.items())


def _released(account: Account, days: Period) -> Iterator[Coming]:
    """The renewals of a 期間ライセンス, or the day after its minimum term; none from its end on."""
    assert account.starts_on is not None
    if account.licence_type is LicenceType.TERM:
        for term in takewhile(lambda one: one.last + ONE_DAY < days.stop, terms(account.starts_on)):
            on = term.last + ONE_DAY
            if on in days and account.serves(on):
                yen = mrr_on(account, on)
                months = terms_on(on).term_months
                yield Coming(What.RENEWAL, on, mrr_on(account, term.last), yen, renewal_deadline(term), yen * months)
        return
    until = committed_until(account, account.starts_on)
    if until is not None and until + ONE_DAY in days and account.serves(until + ONE_DAY):
        on = until + ONE_DAY
        yield Coming(What.FREE, on, mrr_on(account, until), mrr_on(account, on))


def risk_of(account: Account, on: date, *, stop: date, open_eligibility: bool) -> Risk:
    """How firm the MRR of the account is on a day, seen against the months up to ``stop`` (I-69)."""
    if account.end is not None:
        return Risk.NOTICE
    if open_eligibility:
        return Risk.ELIGIBILITY
    until = bound_until(account, on)
    if until is None or until >= stop:
        return Risk.BOUND
    if account.licence_type is LicenceType.TERM:
        return Risk.RENEWAL
    return Risk.FREE if until < on else Risk.SOON
