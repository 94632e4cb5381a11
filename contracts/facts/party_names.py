"""What a customer or a management unit is called on a day, in sets: the one place that says so (I-52).

Whoever was never called otherwise has no row of Name: its one name stands with it. As an expression of the database, so that a
list, a report or a file of a million lines is named in its own query; where nobody is called otherwise on the day, it is the
column alone.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from contracts.models import Customer, ManagementUnit, Name
from contracts.models.fact import FactQuerySet
from contracts.models.written_once import ByNames

Party = Literal["customer", "unit"]

MODELS: dict[str, type[Customer] | type[ManagementUnit]] = {"customer": Customer, "unit": ManagementUnit}


class Called(NamedTuple):
    """One name and the days on which it stood: ``from_on`` None from the beginning, ``until`` (the first day no more) None: it stands."""

    pk: int
    name: str
    kana: str
    from_on: date | None
    until: date | None


def any_named_otherwise(party: Party, *, on: date, known_in: int | None = None) -> bool:
    """Whether any party is called otherwise on the day than what stands with it: one query, which answers for every path."""
    return bool(_named_otherwise(party, on, known_in).exists())


def called(party: Party, path: str, *, on: date, known_in: int | None = None, otherwise: bool | None = None) -> Any:
    """The name on a day of the party at ``path`` ('' for the rows of the party itself), to be put into a query.

    ``known_in``: as it was known in that revision of the facts; None: as it stands now. ``otherwise``: what
    any_named_otherwise says of the same; None: it is asked here.
    """
    if otherwise is None:
        otherwise = any_named_otherwise(party, on=on, known_in=known_in)
    return named(party, path, on=on, known_in=known_in) if otherwise else _stored(path)


def named(party: Party, path: str, *, on: date, known_in: int | None = None) -> Any:
    """The same for few rows at a time: nothing is asked beforehand, each row looks its name up."""
    return Coalesce(_on(party, OuterRef(path or "pk"), on, known_in), _stored(path))


def _stored(path: str) -> F:
    return F(f"{path}__name" if path else "name")


def _on(party: Party, owner: Any, on: date, known_in: int | None, column: str = "name") -> Subquery:
    rows = Name.objects.as_known_in(known_in).filter(_begun(on), **{party: owner})
    return Subquery(rows.order_by(F("from_on").desc(nulls_last=True)).values(column)[:1])


def _begun(on: date) -> Q:
    return Q(from_on=None) | Q(from_on__lte=on)


def _named_otherwise(party: Party, on: date, known_in: int | None) -> QuerySet[Any]:
    """The parties whose name, or kana, on the day is not what stands with them; each with both, as ``now`` and ``now_kana``."""
    ids = Name.objects.filter(**{f"{party}__isnull": False}).order_by().values(f"{party}_id")
    found: Any = MODELS[party]._default_manager.filter(pk__in=ids)
    found = found.annotate(now=_on(party, OuterRef("pk"), on, known_in))
    if party == "unit":
        return found.exclude(now=F("name"))  # type: ignore[no-any-return]
    found = found.annotate(now_kana=_on(party, OuterRef("pk"), on, known_in, "kana"))
    return found.exclude(now=F("name"), now_kana=F("kana"))  # type: ignore[no-any-return]


PARTIES: tuple[Party, ...] = ("customer", "unit")


def named_otherwise(party: Party, *, on: date) -> QuerySet[Any]:
    """The parties whose stored name is not what they are called on the day, each with ``now`` (and a customer with ``now_kana``)."""
    return _named_otherwise(party, on, None)


def with_ever_named(rows: QuerySet[Any], party: Party) -> QuerySet[Any]:
    """The parties of a query, each with whether a name of it is on record beside its own (``ever_named``)."""
    named: QuerySet[Any] = rows.annotate(ever_named=Exists(Name.objects.standing().filter(**{party: OuterRef("pk")})))
    return named


def names_of_party(owner: Customer | ManagementUnit) -> list[Called]:
    """All names that a party had, has and is going to have, in the order of their days; one where it was never called otherwise."""
    party = "customer" if isinstance(owner, Customer) else "unit"
    if not getattr(owner, "ever_named", True):
        # Known from the query that read it.
        return [Called(0, owner.name, getattr(owner, "kana", ""), None, None)]
    rows = list(Name.objects.standing().filter(**{party: owner}).order_by(F("from_on").asc(nulls_first=True)))
    if not rows:
        return [Called(0, owner.name, getattr(owner, "kana", ""), None, None)]
    ends: list[date | None] = [*(row.from_on for row in rows[1:]), None]
    return [Called(row.pk, row.name, row.kana, row.from_on, end) for row, end in zip(rows, ends, strict=True)]


def ever_called(party: Party, condition: Q) -> Q:
    """The condition that a party is called so, or was or will be at some time; ``condition`` is on ``name`` and ``kana``."""
    rows: FactQuerySet = Name.objects.standing().filter(condition)
    return condition | Q(Exists(rows.filter(**{party: OuterRef("pk")})))


def former_versions(party: Party, codes: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    """Code, name and kana of those parties, by every row of names that is on record, whether it stands or not."""
    return _VERSIONS[party](codes)


def _versions(party: Party) -> ByNames:
    code = f"{party}__code"
    return ByNames(lambda: Name.objects.order_by("pk").values_list(code, "name", "kana"), code)


_VERSIONS = {party: _versions(party) for party in PARTIES}
