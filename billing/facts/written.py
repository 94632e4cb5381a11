"""What was written of facts since a month was closed: the entries of the history on which amounts may rest."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from contracts.models import Entry

_NO_AMOUNT_RESTS_ON = [
    *("unit", "work_item", "customer", "consent", "setting_change", "application"),
    *("effect", "job", "abolition"),
]
# An end that moves follows from the notice that is told beside it, and would only say it again.
_OF_NO_AMOUNT = Q(record__in=_NO_AMOUNT_RESTS_ON) | Q(operation="move_end")


def written_since(seen: Any, *, until: datetime | None = None) -> QuerySet[Entry, Entry]:
    """The entries after the one of that id, or of one that is Given later, but for those on which no amount rests; ``until``: those before that moment."""
    entries = Entry.objects.filter(pk__gt=seen).exclude(_OF_NO_AMOUNT)
    return entries if until is None else entries.filter(at__lt=until)
