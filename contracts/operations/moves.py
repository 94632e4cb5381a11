"""管理単位の移動: module contracts with their options pass into another unit from a day on, of another customer or of the same (I-54).

Units are merged so: the tier contract of the one ends, and its module contracts belong to the other from the day after. Both units
have to satisfy 第6条 and 第7条 on every day as they then are; consents are asked for anew where the customer changes (I-56).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.facts.load import load_units
from contracts.facts.stays import chains_of
from contracts.facts.writing import Writing
from contracts.judge.work import CONSENTS
from contracts.models import Contract, Entry, ManagementUnit, Move
from contracts.operations.effects import bring_up_to
from contracts.operations.holding import settle
from contracts.operations.refusal import Refused
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art12_termination import ends
from contracts.terms.timeline import Finding, brought_by, judge
from contracts.terms.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAsked:
    """A move as it is entered: into which unit, from which day on, when it was agreed and on which document."""

    unit: ManagementUnit
    from_on: date
    agreed_on: date
    document: str


class WouldBreakError(Refused):
    """A unit could not be as it would be; ``findings`` are all the reasons."""

    def __init__(self, unit: str, findings: Sequence[Finding]) -> None:
        self.findings = findings
        sentence = _("移動すると、管理単位%(unit)sが利用資格を満たしません。") % {"unit": unit}
        super().__init__(sentence, field="from_on", clause=findings[0].violation.clause)


def movable(unit: ManagementUnit, on: date) -> list[Contract]:
    """The module contracts of a unit that have not ended before a day: the tier contract is the unit's own (第6条第1項)."""
    rows = Contract.objects.filter(target__unit=unit).exclude(module_type="")
    running = rows.filter(Q(target__ends_on=None) | Q(target__ends_on__gte=on))
    return list(running.select_related("target").order_by("target__number"))


@transaction.atomic
def move_contracts(
    contracts: Sequence[Contract], asked: MoveAsked, *, on: date, by: User, reason: str = ""
) -> list[Move]:
    """移動: module contracts of one unit belong to another from a day on. Raises Refused."""
    writing = Writing.begin(by=by, on=on)
    _must_be_sound(contracts, asked, on)
    origin = contracts[0].target.unit
    units = [origin.pk, asked.unit.pk]
    before = load_units(units)
    rows = [_row(contract, origin, before[origin.pk], asked) for contract in contracts]
    writing.add_all(Move, rows)
    ManagementUnit.objects.filter(pk__in=units).update(contracts_moved=True)
    history.record_all(_entry(row, by, reason) for row in rows)
    must_not_break(before, load_units(units))
    follow(units, on=on, by=by)
    return list(
        Move.objects.standing()
        .filter(recorded_in=writing.revision)
        .select_related("contract__target", "origin__customer", "unit__customer")
        .order_by("contract__target__number")
    )


def _must_be_sound(contracts: Sequence[Contract], asked: MoveAsked, on: date) -> None:
    if not contracts:
        raise Refused(_("移動する契約を一つ以上選んでください。"), field="contracts", clause="6-2")
    if len({contract.target.unit_id for contract in contracts}) > 1:
        raise Refused(_("一つの管理単位の契約だけを、一度に移動できます。"), field="contracts", clause="6-2")
    if any(not contract.module_type for contract in contracts):
        sentence = _(
            "カテゴリの契約は管理単位ごとに一つのもので、移動できません。管理単位の移転又は解約によってください。"
        )
        raise Refused(sentence, field="contracts", clause="6-1")
    if contracts[0].target.unit_id == asked.unit.pk:
        raise Refused(_("移動先が、今の管理単位です。"), field="unit", clause="6-2")
    if asked.agreed_on > on:
        raise Refused(_("合意日が未来の日です。"), field="agreed_on", clause="6-2")
    if not asked.document.strip():
        raise Refused(_("移動には、合意を示す文書番号が必要です。"), field="document", clause="6-2")


def _row(contract: Contract, origin: ManagementUnit, unit: Unit, asked: MoveAsked) -> Move:
    """The move of one contract, not stored. Raises Refused where it ends before it, or a later move stands."""
    number = contract.target.number
    last = Move.objects.standing().filter(contract=contract).order_by("-from_on").first()
    if (last is not None and last.from_on >= asked.from_on) or (last is not None and last.unit_id != origin.pk):
        said = {"number": number, "day": last.from_on.isoformat()}
        raise Refused(_("%(number)sには、%(day)sからの移動が既に記録されています。") % said, "from_on", "6-2")
    end = ends(unit).get(number)
    if end is not None and end.on < asked.from_on:
        said = {"number": number, "day": end.on.isoformat()}
        raise Refused(
            _("%(number)sは%(day)sに終了します。移動日に利用中の契約ではありません。") % said, "from_on", "6-2"
        )
    plain = next(one for one in unit.contracts if one.number == number)
    if plain.accepted_on > asked.from_on:
        said = {"number": number, "day": plain.accepted_on.isoformat()}
        raise Refused(_("移動日が、%(number)sの申込の承諾日（%(day)s）より前です。") % said, "from_on", "6-2")
    return Move(
        contract=contract,
        origin=origin,
        unit=asked.unit,
        from_on=asked.from_on,
        agreed_on=asked.agreed_on,
        document=asked.document.strip(),
    )


def must_not_break(before: dict[int, Unit], after: dict[int, Unit]) -> None:
    """第6条, 第7条 on every day, in both units; what consents mend is asked for, not refused (I-56). Raises Refused."""
    for pk, unit in sorted(after.items()):
        broken = [one for one in brought_by(judge(unit), judge(before[pk])) if one.violation.clause not in CONSENTS]
        if broken:
            raise WouldBreakError(unit.code, broken)


def follow(unit_ids: Sequence[int], *, on: date, by: object) -> None:
    """What follows from moves between those units: where each contract is listed today, the record of effects, the worklist."""
    concerned = {unit for chain in chains_of(unit_ids).values() for unit in chain.ever} | set(unit_ids)
    settle(concerned, on, by=by)
    loaded = load_units(sorted(concerned))
    bring_up_to(sorted(concerned), on, loaded=loaded)
    refresh_worklist(sorted(concerned), on=on, loaded=loaded)


def said_of(row: Move) -> dict[str, object]:
    """What a move says, as the history keeps it."""
    names = ("from_on", "agreed_on", "document")
    return {"origin": row.origin.code, "unit": row.unit.code, **{name: getattr(row, name) for name in names}}


def _entry(row: Move, by: User, reason: str) -> Entry:
    return Entry(
        actor=str(by),
        operation="move",
        record="move",
        subject=row.contract.target.number,
        unit_id=row.origin_id,
        after=said_of(row),
        reason=reason,
    )
