"""版の試行: what a new edition of the terms would move, by the rules themselves — every end, term, condition and yen of the facts on record.

Nothing is written: the facts are read in sets of units, and the rules asked twice, without the edition and with it.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from billing.facts.load import WHOLE, accounts
from billing.terms.account import Account, UnbillableError
from billing.terms.art13_charges import monthly_lines
from billing.terms.art14_settlement import SettlementState, settlement
from billing.terms.art15_reductions import reductions
from contracts.facts.load import Loaded, read_units
from contracts.models import ManagementUnit
from contracts.models.bulk import slices
from contracts.terms.art10_options import Term, renewal_deadline, term_of
from contracts.terms.art12_termination import End
from contracts.terms.committed import minimum_term_end
from contracts.terms.days import ONE_DAY, month_of, month_period, months_between
from contracts.terms.editions import Edition, with_edition
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import Contract, ContradictionError, Option, Target, Unit

UNITS_AT_ONCE = 250

END, MINIMUM_TERM, TERM, DEADLINE, BROKEN, KEPT = "end", "minimum_term", "term", "deadline", "broken", "kept"
MONTHLY, SETTLEMENT, HELD, REDUCTIONS, UNBILLABLE = "monthly", "settlement", "held", "reductions", "unbillable"


class MovedBy(NamedTuple):
    """One thing that the edition moves: of which unit and target, what, from what to what; days, yen, or a condition's sentence."""

    unit: str
    customer: str
    number: str
    what: str
    before: date | int | Finding | None
    after: date | int | Finding | None
    clause: str

    @property
    def yen(self) -> int:
        """By how much the yen differ; 0 for what is no amount."""
        if isinstance(self.before, int) and isinstance(self.after, int):
            return self.after - self.before
        return 0


@dataclass(slots=True)
class Looked:
    """How much was looked at; and units whose facts contradict each other, which no edition can be asked about."""

    units: int = 0
    targets: int = 0
    contradictions: int = 0


@dataclass(frozen=True, slots=True)
class _Stands:
    """What a unit comes to under some editions."""

    accounts: Mapping[str, Account]
    findings: list[Finding]
    days: Mapping[str, dict[str, date | None]]
    yen: Mapping[str, dict[str, int]]

    def end(self, number: str) -> End | None:
        return self.accounts[number].end


def rehearse_edition(edition: Edition, looked: Looked) -> Iterator[MovedBy]:
    """Everything that the edition would move, unit by unit in the order of their ids; ``looked`` is counted up meanwhile."""
    ids = ManagementUnit.objects.order_by("pk").values_list("pk", flat=True)
    for some in slices(ids.iterator(chunk_size=UNITS_AT_ONCE), UNITS_AT_ONCE):
        read = read_units(some)
        before = _stand(read, None, edition.first)
        after = _stand(read, edition, edition.first)
        for pk, unit in sorted(read.units.items()):
            looked.units += 1
            looked.targets += len(unit.targets)
            if pk in before and pk in after:
                yield from _moved(unit, before[pk], after[pk])
            else:
                looked.contradictions += 1


def _stand(read: Loaded, edition: Edition | None, first: date) -> dict[int, _Stands]:
    """What each of the units comes to, with the edition or without; those whose facts contradict each other are left out."""
    found = {}
    with with_edition(edition) if edition else nullcontext():
        of_unit: dict[int, dict[str, Account]] = {pk: {} for pk in read.units}
        for owned in accounts(read, WHOLE):
            of_unit[owned.unit_id][owned.account.number] = owned.account
        for pk, unit in read.units.items():
            try:
                findings = judge(unit)
            except ContradictionError:
                continue
            days = {target.number: _days(target, of_unit[pk][target.number].end, first) for target in unit.targets}
            yen = {number: _yen(account) for number, account in of_unit[pk].items()}
            found[pk] = _Stands(of_unit[pk], findings, days, yen)
    return found


def _days(target: Target, end: End | None, first: date) -> dict[str, date | None]:
    found = {END: end.on if end else None, MINIMUM_TERM: minimum_term_end(target)}
    term = _term(target, first)
    if term is not None and (end is None or end.on >= term.first):
        found |= {TERM: term.last, DEADLINE: renewal_deadline(term)}
    return found


def _term(target: Target, first: date) -> Term | None:
    """The first term of a 期間ライセンス that begins on the edition's day or later (I-59)."""
    if not isinstance(target, Option) or not target.is_term_licence or target.starts_on is None:
        return None
    running = term_of(target.starts_on, first)
    return running if running.first >= first else term_of(target.starts_on, running.last + ONE_DAY)


def _yen(account: Account) -> dict[str, int]:
    """What an end and the claims come to in yen; UNBILLABLE where a price is missing."""
    try:
        owed = settlement(account)
        reduced = reductions(account) if account.outages or account.breaches else []
    except UnbillableError:
        return {UNBILLABLE: 1}
    found = {SETTLEMENT: 0, HELD: 0, REDUCTIONS: -sum(reduction.amount_yen for reduction in reduced)}
    if owed is not None:
        found[HELD if owed.standing is SettlementState.HELD else SETTLEMENT] = owed.line.amount_yen
    return found


_CLAUSES = {
    **{TERM: "10-9", DEADLINE: "10-9", MONTHLY: "13", REDUCTIONS: "15", UNBILLABLE: "13"},
    **{SETTLEMENT: "14", HELD: "14"},
}


def _moved(unit: Unit, before: _Stands, after: _Stands) -> Iterator[MovedBy]:
    for target in sorted(unit.targets, key=lambda target: target.number):
        number = target.number
        for what in (END, MINIMUM_TERM, TERM, DEADLINE):
            was, becomes = before.days[number].get(what), after.days[number].get(what)
            if was != becomes:
                yield MovedBy(unit.code, unit.customer, number, what, was, becomes, _clause(what, target, after))
        was_yen, becomes_yen = dict(before.yen[number]), dict(after.yen[number])
        _add_monthly(was_yen, becomes_yen, before.accounts[number], after.accounts[number])
        for what in (MONTHLY, SETTLEMENT, HELD, REDUCTIONS, UNBILLABLE):
            amounts = was_yen.get(what, 0), becomes_yen.get(what, 0)
            if amounts[0] != amounts[1]:
                yield MovedBy(unit.code, unit.customer, number, what, amounts[0], amounts[1], _CLAUSES[what])
    for what, found, known in (
        (BROKEN, after.findings, before.findings),
        (KEPT, before.findings, after.findings),
    ):
        for finding in brought_by(found, known):
            of, clause = finding.violation.targets[0], finding.violation.clause
            told = (None, finding) if what == BROKEN else (finding, None)
            yield MovedBy(unit.code, unit.customer, of, what, told[0], told[1], clause)


def _clause(what: str, target: Target, after: _Stands) -> str:
    end = after.end(target.number)
    if what == END:
        return end.clause if end else ""
    return _CLAUSES.get(what, "5" if isinstance(target, Contract) else "10-8")


def _add_monthly(was: dict[str, int], becomes: dict[str, int], before: Account, after: Account) -> None:
    """The monthly fees from the month of the earlier of two ends to that of the later, where an end moves."""
    if before.end is None or after.end is None or before.end.on == after.end.on:
        return
    first, last = sorted((before.end.on, after.end.on))
    months = list(months_between(month_of(first), last))
    try:
        totals = [_monthly(account, months) for account in (before, after)]
    except UnbillableError:
        becomes[UNBILLABLE] = 1
        return
    was[MONTHLY], becomes[MONTHLY] = totals


def _monthly(account: Account, months: Collection[date]) -> int:
    return sum(line.amount_yen for month in months for line in monthly_lines(account, month_period(month)))
