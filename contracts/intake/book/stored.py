"""The state of the database as rows of the book: the same values a settled row of a sheet has."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import product
from typing import Any

from django.db.models import Case, CharField, F, Min, Q, QuerySet, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from contracts import models
from contracts.facts.party_names import Party, former_versions
from contracts.intake.book.narrowed import EVERYTHING, Narrowed
from contracts.intake.book.sheets import BY_NAME
from contracts.models.bulk import slices
from contracts.models.incident import GRANTED
from contracts.models.written_once import ByNames
from contracts.terms.unit import What


def stored_rows(
    sheet: str, names: Iterable[str] | None = None, *, narrowed: Narrowed = EVERYTHING
) -> Iterator[dict[str, Any]]:
    """The rows of a sheet as the database has them, in the book's order; of ``names`` (first key column) only, if given.

    For a book to be written: what stands and can be said in a book. Of names: every version on record, what stands last.
    Streams: memory does not grow with the number of rows.
    """
    query, finish, _name_field = _QUERIES[sheet]
    columns = [column.name for column in BY_NAME[sheet].columns]
    if names is None:
        rows = query().filter(*_WRITTEN.get(sheet, ()), narrowed.rows(sheet))
        yield from _read(rows.iterator(chunk_size=2000), columns, finish)
        return
    for some in slices(sorted(set(names))):
        yield from _read(_ROWS[sheet](some), columns, finish)


def stored_versions(sheet: str, names: Iterable[str]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every version of the rows of those names (first key column) that is on record, what stands last; and whether it stands.

    So a book taken in before is known again, whatever was put right since. Of sheets of which rows are taken back; the others
    have one row of a name, which ``former_and_now`` is told.
    """
    _query, finish, _name_field = _QUERIES[sheet]
    columns = [*(column.name for column in BY_NAME[sheet].columns), "stands"]
    for some in slices(sorted(set(names))):
        for values in _read(_VERSIONS[sheet](some), columns, finish):
            standing = bool(values.pop("stands"))
            yield values, standing


def former_and_now(sheet: str, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    """The same of rows that were read already and that nobody takes back: every way in which they were before, and as they stand."""
    name = BY_NAME[sheet].key[0]
    for some in slices(rows):
        former = _FORMER[sheet]([values[name] for values in some]) if sheet in _FORMER else {}
        for values in some:
            for said in _as_before(former.get(values[name], ())):
                yield {**values, **said}, False
            yield values, True


Former = dict[str, list[tuple[str, str | None]]]
"""By the name of a row: what its columns said, say or are going to say otherwise: whose it is, what it is called."""


def _as_before(former: Iterable[tuple[str, str | None]]) -> Iterator[dict[str, str | None]]:
    """Every way in which those columns were together, each as it was or as it is."""
    columns: dict[str, list[dict[str, str | None]]] = {}
    for column, value in former:
        columns.setdefault(column, [{}]).append({column: value})
    for parts in product(*columns.values()):
        yield {name: value for part in parts for name, value in part.items()}


def _former_names(party: Party) -> Callable[[list[str]], Former]:
    def found(codes: list[str]) -> Former:
        named: Former = {}
        for code, name, kana in former_versions(party, codes):
            named.setdefault(code, []).append(("name", name))
            if party == "customer":
                named[code].append(("kana", kana or None))
        return named

    return found


def _of_units(codes: list[str]) -> Former:
    """Whose those units were, and what they were called."""
    found = _former_customers(codes)
    for code, names in _former_names("unit")(codes).items():
        found.setdefault(code, []).extend(names)
    return found


_TRANSFERRED = ByNames(
    lambda: models.Transfer.objects.values_list("unit__code", "giver__code", "receiver__code"), "unit__code"
)
_MOVED = ByNames(
    lambda: models.Move.objects.values_list("contract__target__number", "origin__code", "unit__code"),
    "contract__target__number",
)


def _former_customers(units: list[str]) -> Former:
    """The customers that held those units, hold them or are going to."""
    found: Former = {}
    for unit, *customers in _TRANSFERRED(units):
        found.setdefault(unit, []).extend(("customer", code) for code in customers)
    return found


def _former_units(contracts: list[str]) -> Former:
    """The units that those contracts were, are or are going to be in."""
    found: Former = {}
    for number, *units in _MOVED(contracts):
        found.setdefault(number, []).extend(("unit", code) for code in units)
    return found


_FORMER: dict[str, Callable[[list[str]], Former]] = {
    **{"customers": _former_names("customer"), "units": _of_units, "contracts": _former_units}
}


def accepted_units(applications: Iterable[str]) -> dict[str, str]:
    """The code of the unit of each of those applications that is on record as accepted, by its number."""
    found: dict[str, str] = {}
    for some in slices(sorted(applications)):
        found |= dict(_ACCEPTED(some))
    return found


_ACCEPTED = ByNames(
    lambda: models.Application.objects.filter(state="accepted").values_list("number", "unit__code"), "number"
)


def _read(rows: Iterable[tuple[Any, ...]], columns: list[str], finish: "Finish") -> Iterator[dict[str, Any]]:
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        finish(values)
        yield values


Finish = Callable[[dict[str, Any]], None]


def _as_is(values: dict[str, Any]) -> None:
    """Nothing to do: the columns are the row."""


def _empty_is_none(*names: str) -> Finish:
    def finish(values: dict[str, Any]) -> None:
        for name in names:
            values[name] = values[name] or None

    return finish


def _in_japan(*names: str) -> Finish:
    def finish(values: dict[str, Any]) -> None:
        for name in names:
            values[name] = japan_moment(values[name]) if values[name] else None

    return finish


def japan_moment(moment: datetime) -> datetime:
    """A stored moment as the clock in Japan shows it, without a zone: what the book and the terms speak of."""
    return timezone.localtime(moment).replace(tzinfo=None)


_STANDING_LAST = (F("withdrawn_in").asc(nulls_last=True), "pk")
"""Of several versions of one key the one that stands comes last."""


def _customers() -> QuerySet[Any, Any]:
    return models.Customer.objects.order_by("code").values_list("code", "name", "kana")


def _units() -> QuerySet[Any, Any]:
    return models.ManagementUnit.objects.order_by("code").values_list("code", "customer__code", "name")


def _linked_services() -> QuerySet[Any, Any]:
    days = ["module_consent_on", "premium_consent_on", "bypass_option_on", "advanced_support_on", "ends_on"]
    states: QuerySet[Any, Any] = models.LinkedServiceState.objects.order_by(
        "linked_service__code", "from_on", *_STANDING_LAST
    )
    return states.values_list("linked_service__code", "from_on", "service", "kind", "item", "holder", *days, "known_on")


_APPLICATION = ["target__application__number", "target__application__applied_on", "target__application__accepted_on"]


def _contracts() -> QuerySet[Any, Any]:
    own = Min("consents__given_on", filter=Q(consents__withdrawn_on=None))
    contracts = models.Contract.objects.order_by("target__number")
    contracts = contracts.annotate(consent_on=Coalesce("premium_consent_on", own))
    what = ["category", "module_type", "kind", "item", "linked_service__code"]
    days = ["target__billing_starts_on", "consent_on", "ready_on"]
    return contracts.values_list("target__number", "target__unit__code", *what, *_APPLICATION, *days)


def _options() -> QuerySet[Any, Any]:
    options = models.Option.objects.order_by("target__number")
    what = ["option", "licence_type", "product", "retention_years", "quantity"]
    head = ["target__number", "contract__target__number"]
    return options.values_list(*head, *what, *_APPLICATION, "target__billing_starts_on")


def _changes() -> QuerySet[Any, Any]:
    changes: QuerySet[Any, Any] = models.Change.objects.order_by(
        "target__number", "effective_on", "what", *_STANDING_LAST
    )
    to = Case(When(to_number=None, then="to_name"), default=Cast("to_number", CharField()))
    names = ("target__number", "what", "to", "application__number", "application__accepted_on", "effective_on")
    rows: QuerySet[Any, Any] = changes.annotate(to=to).values_list(*names, "price_kept")
    return rows


def _change(values: dict[str, Any]) -> None:
    values["keep_price"] = values["keep_price"] or None
    if values["what"] in (What.RETENTION_YEARS, What.QUANTITY):
        values["to"] = int(values["to"])


def _prices() -> QuerySet[Any, Any]:
    order = (F("from_on").asc(nulls_first=True), "note", *_STANDING_LAST)
    prices: QuerySet[Any, Any] = models.Price.objects.order_by("target__number", "fee", *order)
    return prices.values_list("target__number", "fee", "amount_yen", "from_on", "note", "application__number")


def _notices() -> QuerySet[Any, Any]:
    order = ("target__number", "arrived_on", "ground", *_STANDING_LAST)
    notices: QuerySet[Any, Any] = models.Notice.objects.order_by(*order)
    return notices.values_list("target__number", "arrived_on", "requested_for", "ground")


# A book's claim is a claim that was granted: of one that is undecided or refused it says nothing.
_CLAIMED = Case(When(GRANTED, then="claimed_on"), default=None)


def _outages() -> QuerySet[Any, Any]:
    outages: QuerySet[Any, Any] = models.Outage.objects.order_by(
        "contract__target__number", "known_at", *_STANDING_LAST
    )
    names = ("contract__target__number", "known_at", "restored_at", "claim")
    rows: QuerySet[Any, Any] = outages.annotate(claim=_CLAIMED).values_list(*names)
    return rows


def _breaches() -> QuerySet[Any, Any]:
    order = ("contract__target__number", "occurred_at", "guarantee", *_STANDING_LAST)
    breaches: QuerySet[Any, Any] = models.Breach.objects.order_by(*order)
    names = ("contract__target__number", "guarantee", "occurred_at", "claim")
    rows: QuerySet[Any, Any] = breaches.annotate(claim=_CLAIMED).values_list(*names)
    return rows


_STANDS = Q(withdrawn_on=None)
_WRITTEN: dict[str, tuple[Q, ...]] = {
    **dict.fromkeys(("linked_services", "changes", "prices", "notices", "breaches"), (_STANDS,)),
    # A book has no outage that lasts.
    "outages": (_STANDS, Q(restored_at__isnull=False)),
}
"""Which rows of a sheet are written, where not all are."""
TAKEN_BACK = frozenset(_WRITTEN)
"""The sheets of which rows are taken back and put in another's place; of the others a name has one row, for ever."""

_QUERIES: dict[str, tuple[Callable[[], QuerySet[Any, Any]], Finish, str]] = {
    "customers": (_customers, _empty_is_none("kana"), "code"),
    "units": (_units, _as_is, "code"),
    "linked_services": (_linked_services, _as_is, "linked_service__code"),
    "contracts": (_contracts, _empty_is_none("module_type"), "target__number"),
    "options": (_options, _empty_is_none("licence_type", "product"), "target__number"),
    "changes": (_changes, _change, "target__number"),
    "prices": (_prices, _as_is, "target__number"),
    "notices": (_notices, _as_is, "target__number"),
    "outages": (_outages, _in_japan("known_at", "restored_at"), "contract__target__number"),
    "breaches": (_breaches, _in_japan("occurred_at"), "contract__target__number"),
}
_ROWS = {sheet: ByNames(query, name_field) for sheet, (query, _finish, name_field) in _QUERIES.items()}


def _with_versions(sheet: str) -> ByNames:
    query, _finish, name_field = _QUERIES[sheet]
    stands = Case(When(_STANDS, then=True), default=False)
    return ByNames(lambda: query().annotate(stands=stands), name_field)


_VERSIONS = {sheet: _with_versions(sheet) for sheet in TAKEN_BACK}
