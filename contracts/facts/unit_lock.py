"""The lock of a management unit: whoever brings its worklist up, or does something to one of its rows, has it to themselves."""

from collections.abc import Iterable

from contracts.models import ManagementUnit
from contracts.models.bulk import slices


def hold_units(unit_ids: Iterable[int]) -> None:
    """Keep others from bringing up those units until the transaction ends, by ``unit_ids``; who holds one of them now is waited for.

    No lock of a row keeps others from naming it (``no_key``): a foreign key is looked at when a transaction ends, which stands in no order.
    The order in which locks are taken, so that nobody waits in a ring: the facts (``FactsRevision``), the record itself, the
    unit, the rows of its worklist. More than one unit is for whoever holds the facts. Rows that only name the unit are
    written beside it: their foreign key asks for less.

    What a rehearsal takes back it lets go, and PostgreSQL does not tell whoever waits for it: a lock that was taken within a
    savepoint of a savepoint is waited for until the transaction ends. So whoever rehearses holds the facts until then too.
    """
    for some in slices(sorted(set(unit_ids))):
        # In one order for all; the rows are fetched, for it is fetching that locks them.
        list(ManagementUnit.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))
