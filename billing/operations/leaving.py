"""解約の見通し of a unit: asked before a letter comes, by what bills; nothing is written, and the facts are read once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from billing.facts.plain import plain_accounts
from billing.operations.outlook import Outlook
from billing.operations.rehearse import Rehearsal
from billing.terms.leaving import Leaving
from contracts.facts.load import load_units
from contracts.judge.following import Choice, choices, having
from contracts.models import ManagementUnit
from contracts.operations.notices import NoticeAsked, must_be_sound
from contracts.operations.refusal import Refused
from contracts.terms.art12_termination import ends
from contracts.terms.days import days_after
from contracts.terms.unit import Notice, Unit

DAYS_AHEAD, DAYS_FAR = 365, 3 * 365
"""How far after its arrival the days lie that are asked about; how far a day free of settlement is looked for."""

Imagined = Rehearsal[Sequence[Notice]]
"""What notices would bring, with the outlook before and after, as a rehearsal in the database has it."""


@dataclass
class Prospect:
    """A unit as it stands, and what letters would make of it."""

    unit_id: int
    before: Outlook

    @property
    def unit(self) -> Unit:
        """The unit as the terms see it."""
        return self.before.units[self.unit_id]

    def leaving(self, numbers: Sequence[str], arrived_on: date, *, today: date) -> Leaving:
        """A letter for those targets that arrives on a day, to come or gone by. Raises Refused where none could be entered.

        A day to come is taken as it will be then, with nothing else having changed.
        """
        must_be_sound(self.unit, NoticeAsked(tuple(numbers), arrived_on), max(today, arrived_on))
        until, far = days_after(arrived_on, DAYS_AHEAD), days_after(arrived_on, DAYS_FAR)
        return Leaving(self.unit, self.before.accounts, numbers, arrived_on, until=until, far=far)

    def imagined(self, notices: Sequence[Notice]) -> Imagined:
        """What those notices would bring, beside those on record."""
        return Rehearsal(notices, self.before, self._after(notices))

    def at_term_ends(self, numbers: Sequence[str], arrived_on: date) -> Imagined | None:
        """What a letter brings that names each target's own last day; None where one has no term that still runs."""
        asked = NoticeAsked(tuple(numbers), arrived_on, at_term_end=True)
        try:
            return self.imagined(asked.plain(self.unit))
        except Refused:
            return None

    def ways(self, notice: Notice) -> list[tuple[Choice, Imagined]]:
        """The ways to give notice for one of an EDR pair, each with what it brings (I-14); none for other targets."""
        found = []
        for way in choices(self.unit, notice):
            asked = replace(notice, target=way.target.number, requested_for=way.named)
            found.append((way, self.imagined([asked])))
        return found

    def _after(self, notices: Sequence[Notice]) -> Outlook:
        unit = having(self.unit, notices)
        found = ends(unit)
        accounts = {number: replace(account, end=found.get(number)) for number, account in self.before.accounts.items()}
        return Outlook({self.unit_id: unit}, accounts, None)


def prospect(unit: ManagementUnit) -> Prospect:
    """The unit as the database has it: a fixed number of queries, however large it is.

    Raises ContradictionError where its facts cannot all be true.
    """
    plain = load_units([unit.pk])[unit.pk]
    return Prospect(unit.pk, Outlook({unit.pk: plain}, plain_accounts(plain), None))
