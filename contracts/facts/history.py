"""履歴: writing down who did what, in the transaction of what was done."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import Model
from django.forms.models import model_to_dict

from contracts.facts import chain
from contracts.models import Entry
from contracts.models.bulk import ROWS_AT_ONCE, slices


def record(
    operation: str,
    kind: str,
    subject: str,
    *,
    by: AbstractBaseUser | str,
    unit_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Entry:
    """Write one entry. ``before`` and ``after`` are the record's values; None where it was not there."""
    entry = Entry.objects.create(
        actor=str(by),
        operation=operation,
        record=kind,
        subject=subject,
        unit_id=unit_id,
        reason=reason,
        before=before,
        after=after,
    )
    _linked_after(entry)
    return entry


def record_all(entries: Iterable[Entry]) -> None:
    """Write many entries in sets; they are made as they are written."""
    first = None
    for some in slices(entries, ROWS_AT_ONCE):
        made = Entry.objects.bulk_create(some)
        first = first or made[0]
    if first is not None:
        _linked_after(first)


def _linked_after(entry: Entry) -> None:
    """Once what is being done is committed, the entry is linked to those before it, and those beside it with it: once a transaction."""
    # What is called once a transaction is committed is forgotten with the savepoint in which it was asked for, as this entry would be.
    if not any(getattr(call, "func", None) is chain.link_after for _savepoints, call, *_ in connection.run_on_commit):
        transaction.on_commit(partial(chain.link_after, entry.pk))


def values_of(row: Model) -> dict[str, Any]:
    """The values of a row as the history keeps them: its own columns by name."""
    return model_to_dict(row)
