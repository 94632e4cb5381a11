"""Codes and numbers as they are searched for: in small letters, without hyphens, blanks and the like; by an index of their own."""

from typing import Any

from django.db.models import Func, Index, Q, TextField, Value
from django.db.models.functions import Lower, Replace
from django.db.models.lookups import GreaterThanOrEqual, LessThan

SIGNS = "-_/. "
"""What is written into codes for the eye alone."""
LAST = chr(0x10FFFF)


class Bytewise(Func):
    """A text compared letter by letter, whatever the collation of the database: what begins alike stands together."""

    template = '(%(expressions)s) COLLATE "C"'
    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """The same by SQLite's own name."""
        return self.as_sql(compiler, connection, template="(%(expressions)s) COLLATE BINARY", **extra)


def plain(path: str) -> Bytewise:
    """The code at a path, as it is searched for."""
    found: Any = path
    for sign in SIGNS:
        found = Replace(found, Value(sign), Value(""))
    return Bytewise(Lower(found))


def plain_index(field: str, name: str) -> Index:
    """The index that answers ``begins``."""
    return Index(plain(field), name=name)


def begins(path: str, term: str) -> Q:
    """The condition that the code at a path begins with the term, signs and case apart; a term of nothing but signs begins none."""
    wanted = bare(term)
    if not wanted:
        return Q(pk__in=())
    return between(plain(path), wanted)


def bare(code: str) -> str:
    """A code in small letters and without signs."""
    return code.translate({ord(sign): None for sign in SIGNS}).lower()


def between(expression: Any, start: str) -> Q:
    """The condition that a text that is compared letter by letter begins so, written as the range that an index answers."""
    return Q(GreaterThanOrEqual(expression, Value(start))) & Q(LessThan(expression, Value(start + LAST)))
