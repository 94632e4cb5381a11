"""第7条第3項〜第7項, 第17条第1項: consents and prerequisites with the days on which they hold.

What the book states of a linked service is a day of consent in its state. A record of the same kind and day is that
statement's evidence, and tells its end; a record of another day is a consent of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contracts.terms.catalog import SERVICES_LINKED, ModuleType, Service
from contracts.terms.days import ONE_DAY


class Assent(StrEnum):
    """同意・前提: what somebody consented to, or an option that has to be there."""

    MODULE_CONSENT = "module_consent"
    PREMIUM_CONSENT = "premium_consent"
    BYPASS_OPTION = "bypass_option"
    ADVANCED_SUPPORT = "advanced_support"
    OWN_PREMIUM_CONSENT = "own_premium_consent"


CLAUSES = {
    Assent.MODULE_CONSENT: "7-3",
    Assent.PREMIUM_CONSENT: "7-4",
    Assent.BYPASS_OPTION: "7-6",
    Assent.ADVANCED_SUPPORT: "7-7",
    Assent.OWN_PREMIUM_CONSENT: "17-1",
}


ON_SERVICE_OF: dict[Assent, ModuleType] = {
    Assent.BYPASS_OPTION: ModuleType.SWG,
    Assent.ADVANCED_SUPPORT: ModuleType.WAF,
}
"""Options of one service: the module type that links it."""


def can_be_of(assent: Assent, service: Service) -> bool:
    """Whether a linked service of that kind can have it: バイパスオプション is one of SWG (7-6), アドバンストサポート one of WAF (7-7)."""
    module_type = ON_SERVICE_OF.get(assent)
    return assent is not Assent.OWN_PREMIUM_CONSENT and (module_type is None or service in SERVICES_LINKED[module_type])


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One consent or prerequisite: from ``given_on`` to ``ends_on``, both included; None where nothing ends it."""

    assent: Assent
    given_on: date
    ends_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether it has been given by the day and not ended before it; its last day is a whole day (I-31)."""
        return self.given_on <= day and (self.ends_on is None or day <= self.ends_on)


def with_stated(stated: date | None, assent: Assent, records: Iterable[Consent]) -> tuple[Consent, ...]:
    """The consents of one kind: the records, and the day that the book states unless a record is its evidence."""
    found = tuple(record for record in records if record.assent is assent)
    if stated is None or any(record.given_on == stated for record in found):
        return found
    return (*found, Consent(assent=assent, given_on=stated))


def given(consents: Iterable[Consent], day: date, *, since: date | None = None) -> date | None:
    """Since when a consent has held that holds on the day; None where none does. What was given before ``since`` does not count."""
    counting = (c.given_on for c in consents if c.holds(day) and (since is None or c.given_on >= since))
    return min(counting, default=None)


def days_of(consents: Iterable[Consent]) -> set[date]:
    """The days on which a consent begins to hold or holds no more."""
    held = list(consents)
    return {consent.given_on for consent in held} | {c.ends_on + ONE_DAY for c in held if c.ends_on is not None}
