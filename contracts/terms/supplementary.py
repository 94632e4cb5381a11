"""附則: what the editions called a category or an item, and what the catalogue calls it that they called otherwise."""

from collections.abc import Iterator
from datetime import date

from contracts.terms.editions import in_force


def name_on(name: str, day: date, *, of: str = "") -> str:
    """The name that the edition of that day gives to a category or an item of the catalogue; ``of``: the item's module type."""
    names = in_force().names
    called = names.get((of, name)) or names.get(("", name))
    if called is None:
        return name
    return next(then for first, then in reversed(called) if first <= day)


def other_names() -> Iterator[tuple[str, str, str]]:
    """Every name that an edition gave to something of the catalogue: the module type it is meant of ('' for any), it, the catalogue's."""
    for (of, name), called in in_force().names.items():
        for _first, then in called:
            yield of, then, name
