"""Rows by many ids at once: one value for all of them, since a value each takes longer to send than to answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F
from django.db.models.lookups import In


@dataclass(frozen=True, slots=True)
class Later:
    """What is given by this name when a question is asked that was written before (contracts.models.written_once): ids, or where
    it is ``of`` a field, a value of it."""

    name: str
    of: Any = None


def array_of(ids: Iterable[int], vendor: str) -> str:
    """Ids as the one text that a database takes for all of them."""
    text = ",".join(map(str, ids))
    return f"{{{text}}}" if vendor == "postgresql" else f"[{text}]"


class _InArray(In):
    """``column IN (ids)``, the ids as one array of whole numbers."""

    prepare_rhs = False

    def get_prep_lookup(self) -> Any:
        """The ids as they are."""
        return self.rhs

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The condition with the ids as one text."""
        column, values = self._column(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*values, self._ids(connection)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """The same, as SQLite has it: it takes some thousand values and no more."""
        column, values = self._column(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*values, self._ids(connection)]

    def _ids(self, connection: Any) -> Any:
        return self.rhs if isinstance(self.rhs, Later) else array_of(self.rhs, connection.vendor)

    def _column(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        if not self.rhs:
            # As of IN: nothing is asked of the database.
            raise EmptyResultSet
        column, values = self.process_lhs(compiler, connection)
        return column, list(values)


def among(path: str, ids: Iterable[int] | Later) -> Any:
    """The condition for a queryset's filter that the whole number at ``path`` is one of the ids."""
    return _InArray(F(path), ids if isinstance(ids, Later) else list(ids))
