"""検索の索引, made anew as a whole; each operation that writes a name keeps it (contracts.facts.name_keys)."""

from django.db import transaction

from contracts.facts import name_keys
from contracts.models import FactsRevision


@transaction.atomic
def remake_search_keys() -> int:
    """Make every key of a name anew, while no names are written; how many there are."""
    FactsRevision.hold()
    return name_keys.remake()
