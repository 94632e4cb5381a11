"""One write of facts: its lock, its revision, who writes, and the only three things that can happen to a fact.

A fact is added, withdrawn, or replaced by another row; nothing overwrites it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

from django.db.models import Model

from contracts.models import FactsRevision
from contracts.models.bulk import create_all
from contracts.models.fact import BOOKKEEPING, Fact

Row = TypeVar("Row", bound=Fact)

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A write of facts in the transaction that is open: ``by`` whom, ``on`` which day, in which ``revision``."""

    by: str
    on: date
    revision: int

    @classmethod
    def begin(cls, *, by: object, on: date) -> Self:
        """Move the revision on. Its row is the lock of all that writes facts: what is judged from here on stands when it is written."""
        return cls(by=str(by), on=on, revision=FactsRevision.advance())

    @classmethod
    def beside(cls, *, by: object, on: date) -> Self:
        """A write of what no charge is computed from, such as an address: in the row of the others, in the revision that stands.

        What was computed of that revision is not made stale by it.
        """
        FactsRevision.hold()
        return cls(by=str(by), on=on, revision=FactsRevision.current())

    def add(self, row: Row) -> Row:
        """Record a fact."""
        self._stamp(row)
        row.save(force_insert=True)
        return row

    def add_as_ever(self, row: Row) -> Row:
        """Record what had been so before anything was written of it: known in every revision, and written by nobody."""
        row.save(force_insert=True)
        return row

    def add_all(self, model: type[Model], rows: Iterable[Any]) -> None:
        """Record many facts in sets; they are made as they are written, so that memory does not grow with them."""
        create_all(model, self._stamped(rows))

    def withdraw(self, row: Row, *, because: str = "", **about: Any) -> Row:
        """Take a fact back: it stays on record and counts no more. ``about``: columns of its table that tell of the withdrawal."""
        gone = {"withdrawn_on": self.on, "withdrawn_by": self.by, "withdrawn_in": self.revision}
        gone |= {"withdrawn_because": because.strip(), **about}
        for name, value in gone.items():
            setattr(row, name, value)
        row.save(update_fields=list(gone))
        return row

    def replace(self, row: Row, *, because: str = "", about: Mapping[str, Any] = NOTHING, **changes: Any) -> Row:
        """Record what a fact says from now on, ``changes`` being what it says otherwise; the row before stays, replaced.

        ``about``: columns of its table that tell of the withdrawal.
        """
        fields = [field for field in row._meta.concrete_fields if field.name not in BOOKKEEPING]
        said = {field.attname: getattr(row, field.attname) for field in fields}
        # What stood goes first: two of one key may not stand at any moment between.
        self.withdraw(row, because=because, **about)
        new = type(row)(**said)
        for name, value in changes.items():
            setattr(new, name, value)
        self.add(new)
        row.replaced_by = new
        row.save(update_fields=["replaced_by"])
        return new

    def _stamp(self, row: Any) -> None:
        row.recorded_in = self.revision
        if isinstance(row, Fact):
            row.recorded_by = self.by

    def _stamped(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self._stamp(row)
            yield row
