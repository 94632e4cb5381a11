"""月次の提案: the whole computation of a month without storing a line — totals, the bridge from last month, what is parked, what is
unusual. Range after range of units, each kept with how far it came, so that it is shown as it grows and goes on where it stood.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from logging import getLogger

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from billing.facts.load import Owned, accounts
from billing.facts.policy import policies
from billing.facts.span import UnitRange, Units, ranges_beside, targets_of
from billing.models import ChargeLine, Month, Proposal, ProposalPart
from billing.operations.beside_last_month import (
    HELD,
    forget_others,
    found_beside,
    keep_customers,
    keep_differences,
    of_monthly,
    once,
)
from billing.operations.correct import late_of
from billing.operations.moved import note_moved, plan_of, to_carry
from billing.operations.no_cycles import no_search_for_cycles
from billing.operations.processes import in_processes
from billing.operations.proposal_result import by_fee, told
from billing.operations.proposal_sums import Sums
from billing.operations.told_digests import proposal_digest
from billing.operations.unusual import CarriedFee
from billing.terms.account import Fee, UnbillableError
from billing.terms.bridge import NOTHING, Monthly, differences, monthly_of, of_other_fees
from billing.terms.month import due
from billing.terms.payers import divided
from billing.terms.policy import Policy, policy_on
from contracts.facts import history
from contracts.facts.names import Groups, groups_of
from contracts.models import FactsRevision, ManagementUnit, Target
from contracts.operations.four_eyes import lend_hand
from contracts.operations.refusal import Refused
from contracts.terms.days import Period, month_period, next_month

UNITS_AT_ONCE = 5_000

log = getLogger(__name__)


def next_to_propose() -> date | None:
    """The month that comes next in the ledger; None where there is none yet and the first is to be named."""
    last = Month.objects.order_by("-month").first()
    if last is None:
        return None
    return next_month(last.month) if last.closed_at else last.month


@transaction.atomic
def ask_to_propose(month: date, *, on: date, by: User) -> Proposal:
    """Ask for the proposal of a month, to be computed once this transaction is committed; one that is not finished is gone on with.

    Raises Refused where the month is not over or it is not its turn.
    """
    if on < next_month(month):
        raise Refused(_("%(month)sはまだ終わっていません。") % {"month": f"{month:%Y-%m}"}, field="month")
    expected = next_to_propose()
    if expected is not None and month != expected:
        sentence = _("次に締める月は%(expected)sです（%(month)sではありません）。")
        raise Refused(sentence % {"expected": f"{expected:%Y-%m}", "month": f"{month:%Y-%m}"}, field="month")
    unfinished = Proposal.objects.filter(month=month, state__in=UNFINISHED).order_by("-pk").first()
    proposal = unfinished or Proposal.objects.create(
        month=month, facts_revision=FactsRevision.current(), proposed_by=by
    )
    lend_hand("proposal", proposal.pk, by=by, did="propose")
    return proposal


def propose_month(month: date, *, on: date, by: User) -> Proposal:
    """Ask for the proposal of a month and compute it here and now. Raises Refused as ask_to_propose does."""
    proposal = ask_to_propose(month, on=on, by=by)
    _compute(proposal.pk)
    proposal.refresh_from_db()
    return proposal


def compute_proposal(pk: int) -> str:
    """Compute the proposal that was asked for; the state it comes to. Killed and called again it goes on where it stood."""
    try:
        return _compute(pk)
    except Exception as error:
        log.exception("the proposal %s failed", pk)
        Proposal.objects.filter(pk=pk, state__in=UNFINISHED).update(
            state="failed", error=f"{type(error).__name__}: {error}"[:500]
        )
        return "failed"


UNFINISHED = ("waiting", "running")


def _compute(pk: int) -> str:
    proposal = _begun(pk)
    if proposal.state in UNFINISHED:
        done = [UnitRange(*ends) for ends in proposal.parts.values_list("after_unit", "last_unit")]
        in_processes(lambda some: _compute_part(pk, some), list(ranges_beside(done, UNITS_AT_ONCE)))
        return _finished(pk)
    return proposal.state


@transaction.atomic
def _begun(pk: int) -> Proposal:
    """The proposal, at work if it waited.

    A fact written meanwhile is no reason to begin anew: the number of the facts is the one it began on, so it says it is stale.
    """
    proposal = Proposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if proposal.state == "waiting":
        proposal.state, proposal.facts_revision = "running", FactsRevision.current()
        proposal.total = ManagementUnit.objects.count()
        note_moved(proposal.month, proposal.facts_revision)
        forget_others(proposal)
        proposal.save()
    return proposal


def _compute_part(pk: int, units: UnitRange) -> None:
    """Compute one range of units, in one transaction; nothing where it is done. Its part goes first: a second process that comes
    to the range waits for the first, and then passes it over.
    """
    try:
        with transaction.atomic():
            proposal = _shared(pk)
            if proposal is not None:
                part = proposal.parts.create(after_unit=units.after, last_unit=units.last, sums={})
                with no_search_for_cycles():
                    sums = _computed(proposal.month, proposal.facts_revision, units)
                part.sums = sums.kept()
                part.save(update_fields=["sums"])
                keep_differences(proposal, sums.differences)
                done = F("done") + ManagementUnit.objects.filter(units.of("pk")).count()
                so_far = {"line_count": F("line_count") + sums.lines, "total_yen": F("total_yen") + sums.total}
                Proposal.objects.filter(pk=pk).update(done=done, **so_far)
    except IntegrityError:
        if not ProposalPart.objects.filter(proposal=pk, after_unit=units.after).exists():
            raise


def _shared(pk: int) -> Proposal | None:
    """The proposal while it is at work, kept from being finished until the transaction ends; others may compute beside it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM billing_proposal WHERE id = %s FOR KEY SHARE", [pk])
    return Proposal.objects.filter(pk=pk, state="running").first()


@transaction.atomic
def _finished(pk: int) -> str:
    """Put the parts together, where that is still to be done; they are not needed any more. The state it comes to."""
    proposal = Proposal.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if proposal.state not in UNFINISHED:
        return proposal.state
    sums = Sums()
    for part in proposal.parts.order_by("last_unit").values_list("sums", flat=True).iterator(chunk_size=1):
        sums.put(part)
    before = Month.last_closed(before=proposal.month)
    for cause, (lines, yen) in of_other_fees(by_fee(before), sums.fees_once()).items():
        sums.bridge[cause.value] = [lines, yen]
    proposal.parts.all().delete()
    keep_customers(proposal, sums.customers, before)
    proposal.state, proposal.result = "done", told(sums, proposal.month) | {"found": found_beside(proposal)}
    proposal.save()
    after = {"id": pk, "line_count": sums.lines, "total_yen": sums.total, "digest": proposal_digest(proposal)}
    history.record("propose", "month", str(proposal), by=proposal.proposed_by, after=after)
    return proposal.state


def _computed(month: date, revision: int, units: UnitRange) -> Sums:
    """What the units come to in the month, with what comes late."""
    sums, policy, period = Sums(), policy_on(policies(), month), month_period(month)
    row = Month.objects.filter(month=month).first() or Month(month=month, facts_revision=0)
    last = Month.last_closed(before=month)
    plan, groups = plan_of(month, revision, units), groups_of(targets_of(units))
    if plan.before is not None:
        _carry_over(sums, plan.before, frozenset(plan.moved), units, groups, period)
    for some in plan.computed:
        was = monthly_before(last, some)
        for owned in accounts(some, period):
            _count(sums, owned, groups, period, policy, was.pop((owned.target_id, owned.unit_id), NOTHING))
    for late in late_of(row, plan.written):
        numbers = _numbers({*(line.target_id for line in late.lines), *(parked.target_id for parked in late.parked)})
        for line in late.lines:
            kind, number = groups.on(line.target_id, line.from_on), numbers[line.target_id]
            sums.add(kind, line.customer_id, number, line.fee, line.amount_yen, line.basis)
            sums.differences.append(once(line.customer_id, line.unit_id, line.target_id, kind, line))
            if line.corrects_fee:
                sums.add_correction(line.corrects_fee, line.amount_yen)
        for parked in late.parked:
            sums.park(numbers[parked.target_id], parked.reason, parked.clause)
    return sums


def _carry_over(
    sums: Sums, before: Month, moved: frozenset[int], units: UnitRange, groups: Groups, period: Period
) -> None:
    """The lines of the units that have not moved, as the close will carry them over; they differ by nothing from last month."""
    last, customers = period.last, sums.customers
    of_kind = defaultdict[str, list[CarriedFee]](list)
    for unit, customer, target, yen, price, basis in to_carry(before, units):
        if unit not in moved:
            customers[customer] += yen
            of_kind[groups.on(target, last)].append((yen, price, target, basis))
    for kind, fees in of_kind.items():
        sums.carry(kind, fees, _numbers)


def _numbers(ids: Collection[int]) -> dict[int, str]:
    return dict(Target.objects.filter(pk__in=ids).values_list("pk", "number")) if ids else {}


def _count(sums: Sums, owned: Owned, groups: Groups, period: Period, policy: Policy, before: Monthly) -> None:
    """One target: its lines, or why there are none, and what it differs by from last month."""
    now, basis = NOTHING, ""
    if owned.contradiction is not None:
        if owned.home:
            sums.park(owned.account.number, owned.contradiction.reason, owned.contradiction.clause)
    else:
        try:
            fallen_due = due(owned.account, period, policy.settlement_tax)
        except UnbillableError as error:
            if owned.home:
                sums.park(error.number, error.reason, error.clause)
        else:
            # As the lines are stored: of what was moved, each of its units has its own days.
            parts = [part for whole in fallen_due.lines for part in divided(whole, owned.payers, period.first)]
            now = monthly_of([line for _payer, line in parts])
            basis = next((line.basis for _payer, line in reversed(parts) if line.fee is Fee.MONTHLY), "")
            number = owned.account.number
            for whole in fallen_due.lines:
                kind = groups.on(owned.target_id, whole.from_on)
                for payer, line in divided(whole, owned.payers, period.first):
                    sums.add(kind, payer, number, line.fee, line.amount_yen, line.basis)
                    if line.fee is not Fee.MONTHLY:
                        sums.differences.append(once(payer, owned.unit_id, owned.target_id, kind, line))
            sums.unusual.reductions(owned.account, fallen_due.lines)
            kind = groups.on(owned.target_id, period.last)
            sums.unusual.price(kind, number, before, now, fallen_due.lines)
            for line in fallen_due.held:
                sums.held[0] += 1
                sums.held[1] += line.amount_yen
                for payer, part in divided(line, owned.payers, period.first):
                    sums.differences.append(once(payer, owned.unit_id, owned.target_id, kind, part, HELD))
    causes = differences(before, now)
    sums.bridge_by(causes)
    sums.differences += of_monthly(owned, groups.on(owned.target_id, period.last), causes, before, now, basis)


def monthly_before(last: Month | None, units: Units) -> dict[tuple[int, int], Monthly]:
    """The monthly fees of the month before by target and unit. By name: the index leads past the lines of other months."""
    if last is None:
        return {}
    of_month = {"from_on__gte": last.month, "from_on__lt": next_month(last.month)}
    rows = ChargeLine.objects.filter(units.of("unit_id"), month=last, fee="monthly", **of_month).order_by("from_on")
    found: dict[tuple[int, int], Monthly] = {}
    columns = ("unit_id", "amount_yen", "unit_price_yen", "quantity")
    for target, unit, yen, price, quantity in targets_of(units).named(rows, "target_id", *columns):
        before = found.get((target, unit), NOTHING).amount_yen
        found[target, unit] = Monthly(before + yen, price, quantity)
    return found
