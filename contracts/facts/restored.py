"""Rows of the record into an empty database, as they were: with their numbers and stamps. The one way in beside Writing."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Exists, F, Model, OuterRef, Q

from contracts.facts import name_keys
from contracts.facts.recorded import PEOPLE, Recorded, columns_of
from contracts.models import (
    Abolition,
    BillingStart,
    Breach,
    Change,
    Consent,
    FactCorrection,
    FactsRevision,
    LinkedServiceState,
    Move,
    Name,
    Option,
    Outage,
    Price,
    Target,
    Transfer,
)
from contracts.models.bulk import ids_of, insert_all
from contracts.models.fact import Fact


def holding(tables: Sequence[Recorded]) -> dict[Recorded, int]:
    """How many rows the tables have, where they have any; people may be there already."""
    counts = {table: table.model._base_manager.count() for table in tables if table is not PEOPLE}
    return {table: count for table, count in counts.items() if count}


def resolved(
    table: Recorded, tables: Sequence[Recorded], rows: Sequence[list[Any]], unknown: Callable[[int, str, str], None]
) -> list[tuple[int, list[Any]]]:
    """The rows with ids for the codes and numbers by which they refer to others, each with its place; a query a column and
    500 names. ``unknown`` takes what is not there: place, label and name."""
    columns = columns_of(table, tables)
    ids: dict[int, dict[str, int]] = {}
    for at, column in enumerate(columns):
        if column.refers_to is not None:
            names = {row[at] for row in rows if row[at] is not None}
            ids[at] = ids_of(column.refers_to.model, column.refers_to.named_by, names)
    found = []
    for place, row in enumerate(rows):
        missing = [(at, row[at]) for at, known in ids.items() if row[at] is not None and row[at] not in known]
        for at, name in missing:
            unknown(place, columns[at].label, name)
        if not missing:
            found.append((place, [ids[at].get(value) if at in ids else value for at, value in enumerate(row)]))
    return found


def insert(
    table: Recorded,
    tables: Sequence[Recorded],
    rows: Sequence[tuple[int, list[Any]]],
    refused: Callable[[int, str], None],
) -> None:
    """Write the rows. ``refused`` takes the place of each that the database refuses, and the rule that it breaks."""
    fields = [column.field for column in columns_of(table, tables)]
    try:
        with transaction.atomic():
            insert_all(table.model, fields, (row for _place, row in rows))
        return
    except _REFUSALS:
        pass
    # One of them is refused: each by itself, to tell which.
    for place, row in rows:
        try:
            with transaction.atomic():
                insert_all(table.model, fields, [row])
        except _REFUSALS as error:
            refused(place, _rule(error))


_REFUSALS = (IntegrityError, DataError, ArithmeticError)


def _rule(error: Exception) -> str:
    """The name of the rule of the database that was broken, or what the database says of it."""
    named = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return str(named or str(error).partition("\n")[0].rpartition("failed: ")[2])


def add_people(rows: Sequence[list[Any]]) -> None:
    """People who are not there yet: known by name alone, without a password, and not let in before somebody lets them."""
    known = set(User.objects.values_list("username", flat=True))
    for username, last_name, first_name in rows:
        if username not in known:
            person = User(username=username, last_name=last_name, first_name=first_name, is_active=False)
            person.set_unusable_password()
            person.save()


def senseless(table: Recorded, revision: int) -> Iterator[tuple[int, str]]:
    """Rows that cannot be so beside the others of the record, by the number of each, and why."""
    if issubclass(table.model, Fact | Abolition):
        yield from _replaced_by_none(table.model)
    for column in _REVISIONS & {field.name for field in table.model._meta.concrete_fields}:
        for number in table.model._base_manager.filter(**{f"{column}__gt": revision}).values_list("pk", flat=True):
            yield number, "記録した版が、事実の版より後です"
    if table.model is FactCorrection:
        yield from _corrections_of_others()
    if table.model is Target:
        neither = Target.objects.filter(contract=None, option=None) | Target.objects.filter(
            contract__isnull=False, option__isnull=False
        )
        for number in neither.values_list("pk", flat=True):
            yield number, "契約又はオプションのどちらか一つではありません"
        strange = Target.objects.exclude(unit=F("application__unit")).exclude(unit__contracts_moved=True)
        for number in strange.values_list("pk", flat=True):
            yield number, "申込が他の管理単位についてのものです"
    if table.model is Option:
        others = Option.objects.exclude(target__unit=F("contract__target__unit"))
        for number in others.values_list("pk", flat=True):
            yield number, "契約が他の管理単位のものです"


_REVISIONS = frozenset({"recorded_in", "withdrawn_in", "revision", "letter", "event"})
"""The columns that name a revision of the facts: when a row, or the letter or event that it is of, was recorded."""


def _replaced_by_none(model: Any) -> Iterator[tuple[int, str]]:
    """Rows whose successor is not there, or stands before them."""
    gone = model._base_manager.exclude(replaced_by_id=None)
    there = model._base_manager.filter(pk=OuterRef("replaced_by_id"))
    for number in gone.filter(~Exists(there) | Q(replaced_by_id__lte=F("pk"))).values_list("pk", flat=True):
        yield number, "置き換えた記録が、後の行にありません"


def _corrections_of_others() -> Iterator[tuple[int, str]]:
    """Corrections of which the record itself says nothing, or another row stands in the place of what was put right."""
    for kind, model in _CORRECTED.items():
        rows: Any = model._base_manager.filter(pk=OuterRef("was"), withdrawn_on__isnull=False)
        told = FactCorrection.objects.filter(kind=kind)
        put_right = told.exclude(now=None).filter(~Exists(rows.filter(replaced_by_id=OuterRef("now"))))
        taken_back = told.filter(~Exists(rows.filter(replaced_by=None)), now=None)
        for number in (put_right | taken_back).values_list("pk", flat=True):
            yield number, "訂正の前後の記録が、その記録のシートと合いません"


_CORRECTED: dict[str, type[Model]] = {
    **{"change": Change, "start": BillingStart, "price": Price, "linked_service": LinkedServiceState},
    **{"consent": Consent, "outage": Outage, "breach": Breach, "abolition": Abolition},
    **{"transfer": Transfer, "move": Move, "name": Name},
}
"""The table of each kind of correction."""


def go_on_from(revision: int, tables: Sequence[Recorded]) -> None:
    """Let what is written next have the next revision and the next numbers, and what is on record be found by its name."""
    FactsRevision.objects.update_or_create(pk=1, defaults={"revision": revision})
    written: list[type[Model]] = [table.model for table in tables if table is not PEOPLE]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), written):
            cursor.execute(statement)
    name_keys.remake()
