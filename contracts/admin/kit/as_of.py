"""この日で見る: the day that a page tells of (``?on=``), and the day by which what it tells was known (``?known=``)."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils.http import urlencode

from contracts.admin.kit.days import day_typed
from contracts.facts.known import NOW, Known, known_on


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day ``on``, and what of the record counts. ``known_day`` is None where all of it does."""

    on: date
    today: date
    known_day: date | None
    known: Known

    @property
    def is_today(self) -> bool:
        """Whether the page tells of today, by all that is known."""
        return self.on == self.today and self.known_day is None

    @property
    def query(self) -> str:
        """What has to be in an address to be told as of the same: on=2026-04-01&known=2026-04-30; '' for now."""
        said = {"on": self.on.isoformat()} if self.on != self.today else {}
        if self.known_day is not None:
            said |= {"known": self.known_day.isoformat()}
        return urlencode(said)


def as_of(request: HttpRequest, *, today: date) -> AsOf:
    """What the address asks for; today where it names no day that there is, and all that is known up to it.

    A day that is not over tells nothing less than now does. One query where an earlier one is asked for.
    """
    on, known = (day_typed(request.GET.get(name, "")) for name in ("on", "known"))
    on = on or today
    if known is None or known >= today:
        return AsOf(on, today, None, NOW)
    return AsOf(on, today, known, known_on(known))
