"""月次の提案: the whole computation of a month without storing a line — totals, the bridge from last month, what is parked, what is unusual."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from billing.facts.load import Owned, UnitRange, accounts
from billing.facts.policy import policies
from billing.models import ChargeLine, Month, Proposal
from billing.operations.before_ledger import first_month, summary
from billing.operations.correct import late_of
from billing.operations.unusual import Unusual
from billing.terms.account import UnbillableError
from billing.terms.bridge import NOTHING, Monthly, differences, monthly_of, of_other_fees
from billing.terms.month import due
from billing.terms.policy import Policy, policy_on
from contracts.facts import history
from contracts.facts.names import Names, names_of
from contracts.models import Customer, FactsRevision, ManagementUnit, Target
from contracts.operations.refusal import Refused
from contracts.terms.days import Period, month_period, next_month

UNITS_AT_ONCE = 5_000
CUSTOMERS_SHOWN = 50
PARKED_SHOWN = 200


def next_to_propose() -> date | None:
    """The month that comes next in the ledger; None where there is none yet and the first is to be named."""
    last = Month.objects.order_by("-month").first()
    if last is None:
        return None
    return next_month(last.month) if last.closed_at else last.month


@transaction.atomic
def propose_month(month: date, *, on: date, by: User) -> Proposal:
    """Compute what the month comes to on the facts that stand now, and keep the result. Raises Refused where it is not its turn."""
    if on < next_month(month):
        raise Refused(_("%(month)sはまだ終わっていません。") % {"month": f"{month:%Y-%m}"}, field="month")
    expected = next_to_propose()
    if expected is not None and month != expected:
        sentence = _("次に締める月は%(expected)sです（%(month)sではありません）。")
        raise Refused(sentence % {"expected": f"{expected:%Y-%m}", "month": f"{month:%Y-%m}"}, field="month")
    revision = FactsRevision.current()
    sums = _computed(month)
    proposal = Proposal.objects.create(
        month=month,
        facts_revision=revision,
        proposed_by=by,
        line_count=sums.lines,
        total_yen=sums.total,
        result=_told(sums, month),
    )
    after = {"line_count": sums.lines, "total_yen": sums.total}
    history.record("propose", "month", f"{month:%Y-%m}", by=by, after=after)
    return proposal


@dataclass(slots=True)
class _Sums:
    """What streams by, summed up."""

    lines: int = 0
    total: int = 0
    fees: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    kinds: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    customers: Counter[int] = field(default_factory=Counter)
    bridge: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    parked: list[dict[str, str]] = field(default_factory=list)
    parked_count: int = 0
    held: list[int] = field(default_factory=lambda: [0, 0])
    corrections: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    unusual: Unusual = field(default_factory=Unusual)

    def add(self, kind: str, customer: int, number: str, fee: str, yen: int, basis: str) -> None:
        """One line."""
        self.lines += 1
        self.total += yen
        for sums, key in ((self.fees, fee), (self.kinds, kind)):
            sums[key][0] += 1
            sums[key][1] += yen
        self.customers[customer] += yen
        self.unusual.line(kind, number, fee, yen, basis)

    def add_correction(self, fee: str, yen: int) -> None:
        """Of one line the fee that it corrects."""
        self.corrections[fee][0] += 1
        self.corrections[fee][1] += yen

    def park(self, number: str, reason: str, clause: str) -> None:
        """One target that cannot be computed."""
        self.parked_count += 1
        if len(self.parked) < PARKED_SHOWN:
            self.parked.append({"number": number, "reason": reason, "clause": clause})

    def bridge_by(self, found: dict[Any, int]) -> None:
        """What one target adds to the bridge."""
        for cause, yen in found.items():
            self.bridge[cause.value][0] += 1
            self.bridge[cause.value][1] += yen

    def fees_once(self) -> dict[str, tuple[int, int]]:
        """Lines and yen of each fee."""
        return {fee: (lines, yen) for fee, (lines, yen) in self.fees.items()}


def _computed(month: date) -> _Sums:
    sums, policy, period = _Sums(), policy_on(policies(), month), month_period(month)
    row = Month.objects.filter(month=month).first() or Month(month=month, facts_revision=0)
    last = Month.objects.exclude(closed_at=None).filter(month__lt=month).order_by("-month").first()
    for units in _ranges():
        names, was = names_of(units.of("unit_id")), _monthly_before(last, units)
        for owned in accounts(units, period):
            _count(sums, owned, names, period, policy, was.pop(owned.target_id, NOTHING))
        for late in late_of(row, units):
            numbers = _numbers(
                {*(line.target_id for line in late.lines), *(parked.target_id for parked in late.parked)}
            )
            for line in late.lines:
                kind, number = names.on(line.target_id, line.from_on).group, numbers[line.target_id]
                sums.add(kind, line.customer_id, number, line.fee, line.amount_yen, line.basis)
                if line.corrects_fee:
                    sums.add_correction(line.corrects_fee, line.amount_yen)
            for parked in late.parked:
                sums.park(numbers[parked.target_id], parked.reason, parked.clause)
    for cause, (lines, yen) in of_other_fees(_by_fee(last), sums.fees_once()).items():
        sums.bridge[cause.value] = [lines, yen]
    return sums


def _numbers(ids: Collection[int]) -> dict[int, str]:
    return dict(Target.objects.filter(pk__in=ids).values_list("pk", "number")) if ids else {}


def _count(sums: _Sums, owned: Owned, names: Names, period: Period, policy: Policy, before: Monthly) -> None:
    """One target: its lines, or why there are none, and what it differs by from last month."""
    now = NOTHING
    if owned.contradiction is not None:
        sums.park(owned.account.number, owned.contradiction.reason, owned.contradiction.clause)
    else:
        try:
            fallen_due = due(owned.account, period, policy.settlement_tax)
        except UnbillableError as error:
            sums.park(error.number, error.reason, error.clause)
        else:
            now = monthly_of(fallen_due.lines)
            number = owned.account.number
            for line in fallen_due.lines:
                kind = names.on(owned.target_id, line.from_on).group
                sums.add(kind, owned.customer_id, number, line.fee, line.amount_yen, line.basis)
            sums.unusual.reductions(owned.account, fallen_due.lines)
            kind = names.on(owned.target_id, period.last).group
            sums.unusual.price(kind, number, before, now, fallen_due.lines)
            for line in fallen_due.held:
                sums.held[0] += 1
                sums.held[1] += line.amount_yen
    sums.bridge_by(differences(before, now))


def _ranges() -> Iterator[UnitRange]:
    after = 0
    while units := list(
        ManagementUnit.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:UNITS_AT_ONCE]
    ):
        yield UnitRange(after, units[-1])
        after = units[-1]


def _monthly_before(last: Month | None, units: UnitRange) -> dict[int, Monthly]:
    """The monthly fees of the month before by target."""
    if last is None:
        return {}
    rows = ChargeLine.objects.filter(units.of("unit_id"), month=last, fee="monthly").order_by("from_on")
    found: dict[int, Monthly] = {}
    for target, yen, price, quantity in rows.values_list("target_id", "amount_yen", "unit_price_yen", "quantity"):
        found[target] = Monthly(found.get(target, NOTHING).amount_yen + yen, price, quantity)
    return found


def _by_fee(last: Month | None) -> dict[str, tuple[int, int]]:
    """Lines and yen of each fee in the month before."""
    if last is None:
        return {}
    sums = ChargeLine.objects.filter(month=last).order_by().values_list("fee").annotate(Count("pk"), Sum("amount_yen"))
    return {fee: (lines, yen) for fee, lines, yen in sums}


def _told(sums: _Sums, month: date) -> dict[str, Any]:
    """The result as it is kept."""
    last = Month.objects.exclude(closed_at=None).filter(month__lt=month).order_by("-month").first()
    shown = sums.customers.most_common(CUSTOMERS_SHOWN)
    names = {
        pk: (code, name)
        for pk, code, name in Customer.objects.filter(pk__in=[pk for pk, _ in shown]).values_list("pk", "code", "name")
    }
    rest = sum(sums.customers.values()) - sum(yen for _, yen in shown)
    return {
        "fees": dict(sums.fees),
        "kinds": dict(sums.kinds),
        "customers": [{"code": names[pk][0], "name": names[pk][1], "yen": yen} for pk, yen in shown],
        "other_customers": {"count": len(sums.customers) - len(shown), "yen": rest},
        "last": {"month": f"{last}", "yen": last.total_yen} if last else None,
        "bridge": dict(sums.bridge),
        "parked": sums.parked,
        "parked_count": sums.parked_count,
        "held": {"count": sums.held[0], "yen": sums.held[1]},
        "corrections": dict(sums.corrections),
        "unusual": sums.unusual.told(),
        "before_ledger": _before_ledger(month, last),
    }


def _before_ledger(month: date, last: Month | None) -> dict[str, Any]:
    """What falls due before the ledger begins and is never billed: all of it with the first month, then what has come in since."""
    begins = first_month() or month
    found = summary(begins, since=last.facts_revision if last else 0)
    rows = [
        {"number": one.number, "first": f"{one.months[0]:%Y-%m}", "last": f"{one.months[-1]:%Y-%m}", "yen": one.yen}
        for one in found.shown
    ]
    return {"begins": f"{begins:%Y-%m}", "count": found.count, "yen": found.yen, "rows": rows}
