"""附則: the editions of the terms, as data. One entry an edition: its first day, what it renamed, which numbers it changed.

A new edition is one more ``Edition`` at the end of ``EDITIONS``, put in before its day. Nothing else names its day.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from contracts.terms.values import AT_HAND, Values


class Renaming(NamedTuple):
    """A name that an edition changed, a category's or an item's; what was agreed under the old one goes on under the new.

    ``of`` is the module type whose item is meant, where items of others have the same name.
    """

    old: str
    new: str
    clause: str
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition: from which day it applies, what it renamed, and of the numbers those that it changed, by their names in Values."""

    first: date
    renamings: tuple[Renaming, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)


EDITIONS: tuple[Edition, ...] = (
    Edition(first=date(2017, 3, 1)),
    Edition(first=date(2018, 3, 1)),
    Edition(first=date(2018, 6, 1)),
    Edition(first=date(2018, 8, 1)),
    Edition(first=date(2018, 10, 1)),
    Edition(first=date(2018, 12, 1)),
    Edition(first=date(2019, 4, 1)),
    Edition(first=date(2019, 7, 1)),
    Edition(first=date(2019, 12, 1)),
    Edition(first=date(2020, 7, 1)),
    Edition(
        first=date(2021, 5, 1),
        renamings=(
            Renaming("IIJ C-SOCサービス", "アドバンスト", "附則2021-05-01-3"),
            Renaming("IIJ C-SOCサービス ベーシック", "ベーシック", "附則2021-05-01-4"),
        ),
    ),
    Edition(first=date(2021, 8, 1)),
    Edition(
        first=date(2021, 10, 1),
        renamings=(Renaming("アンチウイルス:Cylance", "アンチウイルス:BlackBerry", "附則2021-10-01-2"),),
    ),
    Edition(first=date(2022, 4, 1)),
    Edition(
        first=date(2022, 9, 1),
        renamings=(Renaming("アンチウイルス:BlackBerry", "アンチウイルス:Cylance", "附則2022-09-01-2"),),
    ),
    Edition(first=date(2023, 4, 1)),
    Edition(first=date(2025, 1, 1)),
    Edition(first=date(2025, 4, 1)),
)
"""The editions, each from its day (附則)."""

CATALOGUED_ON = date(2025, 4, 1)
"""The edition whose names the catalogue and the tables hold; what another calls otherwise is told by ``names``."""


class Editions:
    """Some editions in their order, and what follows from them: the numbers of a day, the names of a day."""

    def __init__(self, editions: Sequence[Edition], first_values: Values = AT_HAND) -> None:
        self.all = tuple(sorted(editions, key=lambda edition: edition.first))
        self._days = [edition.first for edition in self.all]
        self._values: list[Values] = []
        values = first_values
        for edition in self.all:
            values = replace(values, **edition.changes) if edition.changes else values
            self._values.append(values)
        self._same = len({id(one) for one in self._values}) == 1
        self.names = self._named()

    def on(self, day: date) -> Edition | None:
        """The edition in force on a day; None before the first."""
        at = bisect_right(self._days, day)
        return self.all[at - 1] if at else None

    def values_on(self, day: date) -> Values:
        """The numbers in force on a day; before the first edition those of the first."""
        if self._same:
            return self._values[0]
        return self._values[max(bisect_right(self._days, day) - 1, 0)]

    def every_values(self) -> list[Values]:
        """The numbers of every edition, in their order."""
        return self._values

    def _named(self) -> dict[tuple[str, str], list[tuple[date, str]]]:
        """Of every name of the catalogue that an edition calls otherwise: what it is called, each from its day on.

        From the catalogue's own edition back to the first, and on from it to the last.
        """
        found: dict[tuple[str, str], list[tuple[date, str]]] = {}
        for edition in reversed([edition for edition in self.all if edition.first <= CATALOGUED_ON]):
            for renaming in edition.renamings:
                called = _called(found, renaming.of, renaming.new, 0)
                called[0] = (edition.first, renaming.new)
                called.insert(0, (date.min, renaming.old))
        for edition in (edition for edition in self.all if edition.first > CATALOGUED_ON):
            for renaming in edition.renamings:
                _called(found, renaming.of, renaming.old, -1).append((edition.first, renaming.new))
        return found


def _called(
    found: dict[tuple[str, str], list[tuple[date, str]]], of: str, name: str, end: int
) -> list[tuple[date, str]]:
    """What is known so far of the thing that is called so at that end of its days; the catalogue's own name if nothing is."""
    for (scope, _name), called in found.items():
        if scope == of and called[end][1] == name:
            return called
    return found.setdefault((of, name), [(date.min, name)])


_LISTED = Editions(EDITIONS)

_REHEARSED: ContextVar[Editions | None] = ContextVar("rehearsed_editions", default=None)


def in_force() -> Editions:
    """The editions that the rules go by: those listed here, and in a rehearsal the one that is rehearsed too."""
    return _REHEARSED.get() or _LISTED


def terms_on(day: date) -> Values:
    """The numbers of the edition in force on a day: the day that the rule's reading names (I-57 … I-61)."""
    return (_REHEARSED.get() or _LISTED).values_on(day)


def edition_on(day: date) -> date | None:
    """The edition in force on a day, named by its first day; None before 2017-03-01."""
    found = in_force().on(day)
    return found.first if found else None


@contextmanager
def with_edition(edition: Edition) -> Iterator[None]:
    """The rules as they would be with one more edition, for as long as the block runs and nowhere beside it."""
    token = _REHEARSED.set(Editions((*in_force().all, edition)))
    try:
        yield
    finally:
        _REHEARSED.reset(token)
