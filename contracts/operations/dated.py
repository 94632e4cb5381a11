"""日付で決まるもの: what stands with customers and units for a day is brought up in its morning — names and account managers."""

from datetime import date

from contracts.facts.party_names import PARTIES, named_otherwise
from contracts.models import HandOver
from contracts.operations.effects import SYSTEM
from contracts.operations.hand_over import carry_out_due
from contracts.operations.renaming import bring_names_up
from contracts.operations.step import Step


def count_dated(on: date) -> int:
    """How many names and hand-overs a run for the day has to bring up."""
    names = sum(named_otherwise(party, on=on).count() for party in PARTIES)
    return names + HandOver.objects.filter(state="waiting", from_on__lte=on).count()


def bring_dated_up(on: date, after: int) -> Step:
    """All of it in one step, in the transaction of the caller: there are never many for one morning."""
    count = bring_names_up(on) + carry_out_due(on, by=SYSTEM)
    return Step(None, done=count, count=count)
