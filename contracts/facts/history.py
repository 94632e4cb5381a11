"""履歴: writing down who did what, in the transaction of what was done."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from django.forms.models import model_to_dict

from contracts.models import Entry
from contracts.models.bulk import create_all


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
    return Entry.objects.create(
        actor=str(by),
        operation=operation,
        record=kind,
        subject=subject,
        unit_id=unit_id,
        reason=reason,
        before=before,
        after=after,
    )


def record_all(entries: Iterable[Entry]) -> None:
    """Write many entries in sets; they are made as they are written."""
    create_all(Entry, entries)


def values_of(row: Model) -> dict[str, Any]:
    """The values of a row as the history keeps them: its own columns by name."""
    return model_to_dict(row)
