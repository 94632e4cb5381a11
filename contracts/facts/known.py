"""いつの時点で知られていたか: how much of the record counts — all of it, or what was on record at a moment that has passed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from contracts.facts.moments import start_of
from contracts.models import RevisionMoment
from contracts.terms.days import ONE_DAY


@dataclass(frozen=True, slots=True)
class Known:
    """What is told as of: the revision of the facts, and the moment that was the last of it. Both None: all there is."""

    revision: int | None = None
    moment: datetime | None = None

    @property
    def day(self) -> date | None:
        """The last day of which anything counts, in Japan."""
        return timezone.localdate(self.moment) - ONE_DAY if self.moment is not None else None


NOW = Known()


def known_on(day: date) -> Known:
    """What was known when a day in Japan was over: one query."""
    moment = start_of(day + ONE_DAY)
    return Known(RevisionMoment.until(moment), moment)
