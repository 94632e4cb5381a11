"""What is read of a range of units, by target, on its way into accounts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from billing.terms.account import Breach, OneTime, Outage
from billing.terms.payers import Payers
from contracts.facts.holders import Holdings
from contracts.facts.ids import Ids
from contracts.facts.stays import Chain
from contracts.terms.art12_termination import End
from contracts.terms.art13_change_fees import ChargedChange
from contracts.terms.catalog import Category
from contracts.terms.unit import ContradictionError

ALWAYS = date.min
"""From when on a value counts that has stood since the target began."""


class TargetRow(NamedTuple):
    """A contract or an option as its own table has it, in one of the units that it belongs to one after the other.

    ``home`` is the unit that it is listed under: there its end is computed, and it is parked where it cannot be billed.
    """

    pk: int
    number: str
    unit_id: int
    starts_on: date | None
    application_id: int
    home: int


class OptionRow(NamedTuple):
    """What an option is, with the contract that it is on; codes."""

    contract_id: int
    option: str
    licence_type: str
    quantity: int | None


@dataclass(slots=True)
class Facts:
    """What was read of a range, by target (ends: by number), as it was known in a revision (None: as it stands).

    ``over`` are targets that ended before the months at hand, without their ends.
    """

    as_of: int | None
    rows: list[TargetRow]
    targets: Ids
    options: dict[int, OptionRow] = field(default_factory=dict)
    accepted: dict[int, date] = field(default_factory=dict)
    initial: dict[int, int] = field(default_factory=dict)
    monthly: dict[int, Any] = field(default_factory=dict)
    one_time: defaultdict[int, list[OneTime]] = field(default_factory=lambda: defaultdict(list))
    quantities: defaultdict[int, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    categories: defaultdict[int, list[tuple[date, Category]]] = field(default_factory=lambda: defaultdict(list))
    charged: defaultdict[int, list[ChargedChange]] = field(default_factory=lambda: defaultdict(list))
    applications: dict[int, str] = field(default_factory=dict)
    """The numbers of the applications that brought the charged changes, by id."""
    outages: defaultdict[int, list[Outage]] = field(default_factory=lambda: defaultdict(list))
    breaches: defaultdict[int, list[Breach]] = field(default_factory=lambda: defaultdict(list))
    over: set[int] = field(default_factory=set)
    ends: dict[str, End] = field(default_factory=dict)
    starts: dict[int, date] | None = None
    concluded: dict[str, date] = field(default_factory=dict)
    contradictions: dict[int, ContradictionError] = field(default_factory=dict)
    holders: dict[int, Holdings] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    """Of contracts that were ever moved between units, by their ids."""
    paying: dict[int, Payers] = field(default_factory=dict)
    """Who pays for what was never moved, by unit, once it was asked for: one value for all targets of a unit."""
