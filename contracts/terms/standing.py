"""A unit as it stands on one day, and what of it breaks the terms: what the rules of eligibility look at and answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contracts.terms.catalog import TIER_RANK, Category, Module, OptionType
from contracts.terms.unit import Contract, LinkedState, Option, own_consent_on


@dataclass(frozen=True, slots=True)
class Violation:
    """One condition that a unit breaks. ``targets`` are the numbers concerned, the one to mend first.

    ``code`` names the condition whatever words say it. ``text`` is a sentence with ``{names}``, filled from ``values``: kept
    apart so that it can be said in another language. ``reading`` is the reading that decided (I-nn), '' where none did.
    """

    code: str
    clause: str
    targets: tuple[str, ...]
    field: str
    text: str
    values: tuple[tuple[str, str], ...] = ()
    reading: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is broken, of what: the same violation in two states of a unit has the same key, in whatever words."""
        return self.code, self.targets[0]

    def __str__(self) -> str:
        return self.text.format(**dict(self.values))


@dataclass(frozen=True, slots=True)
class UnitOnDay:
    """What of a unit is in force on one day, as it then stands; ``customer`` is who holds its contracts then."""

    day: date
    customer: str
    tiers: tuple[tuple[Contract, Category], ...]
    modules: tuple[tuple[Contract, Module], ...]
    linking: tuple[tuple[Contract, Module], ...]
    """Of the module contracts those of the seven types that link a service (7-4, 17-1)."""
    options: tuple["OptionOnDay", ...]
    linked: dict[str, LinkedState]
    contracts: dict[str, Contract]
    consents_from: date | None = None
    """Consents given before this day were given by or for another customer (I-56); None: all count."""

    def consented_itself(self, tier: Contract) -> bool:
        """Whether the customer of the day has given its own consent of 17-1 for a tier contract."""
        return own_consent_on(tier, self.day, since=self.consents_from) is not None

    @property
    def category(self) -> Category | None:
        """The unit's tier on the day; the highest, should there be two; None where there is none."""
        return max((category for _, category in self.tiers), key=TIER_RANK.__getitem__, default=None)

    def having(self, option: OptionType) -> list["OptionOnDay"]:
        """The options of one type in force."""
        return [held for held in self.options if held.option.option is option]


@dataclass(frozen=True, slots=True)
class OptionOnDay:
    """An option with its quantity and years as they stand on the day, and the day on which those were agreed (I-60)."""

    option: Option
    quantity: int | None
    retention_years: int | None
    agreed_on: date


def broken(of: str, clause: str, targets: Iterable[str], field: str, text: str, **values: str) -> Violation:
    """A violation; ``of`` is its code, ``values`` fill the sentence."""
    return Violation(of, clause, tuple(targets), field, text, tuple(values.items()))


def premium_tiers(unit: UnitOnDay) -> list[Contract]:
    """The tier contracts that are プレミアム on the day."""
    return [contract for contract, category in unit.tiers if category is Category.PREMIUM]


def consented(on: date | None, day: date) -> bool:
    """Whether what happened on ``on``, if it did, had happened by the day."""
    return on is not None and on <= day
