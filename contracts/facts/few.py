"""What was written of the targets of a few units, of both kinds in one query: a page reads the facts of few units, and asks often."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast

from contracts.facts.translate import Values, notice_of, stored_change
from contracts.models import Change, Notice
from contracts.models.among import among
from contracts.terms.unit import Change as PlainChange
from contracts.terms.unit import Notice as PlainNotice

JOINED_APPLICATION = {
    "application": "application__number",
    "applied_on": "application__applied_on",
    "accepted_on": "application__accepted_on",
}
_CHANGED = ("what", "to_name", "to_number", "effective_on", "keep_price", "application", "accepted_on")


def changes_and_notices(
    targets: Mapping[int, Values], as_of: int | None
) -> tuple[dict[int, list[PlainChange]], dict[int, list[PlainNotice]]]:
    """Changes by their days and notices by their arrival, by the id of the unit that their target is listed under: one query.

    ``targets``: of the units, by id, with their ``unit_id`` and ``number``.
    """
    changes: defaultdict[int, list[PlainChange]] = defaultdict(list)
    notices: defaultdict[int, list[PlainNotice]] = defaultdict(list)
    of_targets = among("target_id", targets)
    changed = Change.objects.as_known_in(as_of).filter(of_targets).order_by()
    given = Notice.objects.as_known_in(as_of).filter(of_targets).order_by()
    rows = _columns(
        changed,
        *(Value(0), F("target_id"), F("pk"), F("what"), F("to_name"), F("to_number"), F("effective_on")),
        *(F("price_kept"), F("application__number"), F("application__accepted_on")),
    ).union(
        _columns(
            given,
            *(Value(1), F("target_id"), F("pk"), F("ground"), _no(CharField()), _no(IntegerField()), F("arrived_on")),
            *(_no(BooleanField()), _no(CharField()), F("requested_for")),
        ),
        all=True,
    )
    for is_notice, target, _pk, *values in sorted(rows, key=_by_day):
        unit, number = targets[target]["unit_id"], targets[target]["number"]
        if is_notice:
            asked = {"target": number, "basis": values[0], "arrived_on": values[3], "requested_for": values[6]}
            notices[unit].append(notice_of(asked))
        else:
            changes[unit].append(stored_change({"target": number, **dict(zip(_CHANGED, values, strict=True))}))
    return changes, notices


def _columns(rows: QuerySet[Any], *columns: Any) -> QuerySet[Any, Any]:
    """The rows as those columns, in their order: of a union the second query's stand beneath the first's."""
    named = {f"at_{nth}": column for nth, column in enumerate(columns)}
    found: QuerySet[Any, Any] = rows.annotate(**named).values_list(*named)
    return found


def _by_day(row: Any) -> Any:
    return row[6], row[2]


def _no(field: Any) -> Cast:
    return Cast(Value(None), field)
