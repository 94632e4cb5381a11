"""訂正 and 取消し as verbs: the operation rehearsed, every fact that is put right told, and all that follows behind it."""

from collections.abc import Callable, Mapping, Sequence
from json import dumps, loads
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import clock
from contracts.admin.correction.form import DECIDES, GroundForm, ground_of, own
from contracts.admin.kit.columns import page_of
from contracts.admin.kit.following import Rehearsal, is_large
from contracts.admin.kit.verb import Given, Verb, always
from contracts.admin.kit.words import differences
from contracts.models import Entry
from contracts.models.choices import CORRECTED
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import Correction, Put, Says, put_right, take_back

PERMISSION = "contracts.add_factcorrection"
RIGHT, BACK = _("訂正"), _("取り消す")

Rows = Callable[[Any, Given], Sequence[Any]]


def itself(row: Any, given: Given) -> Sequence[Any]:
    """For verbs on the page of the fact itself."""
    return [row]


def as_given(row: Any, given: Given) -> Says:
    """For forms whose fields are called as the columns are."""
    return own(given)


def correcting(
    kind: Correction,
    form: type[GroundForm],
    initial: Callable[[Any], dict[str, Any]],
    *,
    name: str = "correct",
    label: Any = RIGHT,
    rows: Rows = itself,
    says: Callable[[Any, Given], Says] = as_given,
    do: Callable[[Any, Given, Ground, User], list[Put]] | None = None,
    fit: Callable[[Any, Any], None] | None = None,
    offered: Callable[[Any], bool] = always,
    help: Any = "",
    bills: bool = True,
    clause: str = "",
    then: Callable[[Any, Any], str] | None = None,
    comes_to: Callable[[Any], str] | None = None,
) -> Verb:
    """The verb that puts facts of a kind right: ``rows`` are the facts, ``says`` what they say otherwise, of the form's values.

    ``do`` where the kind has an operation of its own; ``fit`` brings the form's choices to the record; ``comes_to`` says what
    a fact that stands comes to, '' for nothing more than it says itself.
    """

    def shown(row: Any, given: Given, rehearsal: Rehearsal) -> list[str]:
        more = [comes_to(put.now) for put in rehearsal.result if put.now is not None] if comes_to else []
        return [*told(row, given, rehearsal), *filter(None, more)]

    def carry_out(row: Any, given: Given, by: User) -> list[Put]:
        ground = ground_of(given, by)
        if do is not None:
            return do(row, given, ground, by)
        return put_right(kind, rows(row, given), says(row, given), ground=ground, on=clock.today(), by=by)

    return Verb(
        name=name,
        label=label,
        permission=PERMISSION,
        form=form,
        do=carry_out,
        done=_("訂正しました。締めた月の差額は、次に締める月の訂正明細になります。"),
        clause=clause,
        offered=offered,
        initial=initial,
        follows=shown,
        units=lambda row, given: _units(kind, rows(row, given)),
        bills=bills,
        second=_is_large if bills else None,
        second_permission=DECIDES,
        help=help,
        fit=fit,
        open_to=lambda row, by: by.has_perm(DECIDES) or own_of(rows(row, {}), by),
        then=then or _to_what_stands,
    )


def taking_back(
    kind: Correction,
    *,
    name: str = "take-back",
    label: Any = BACK,
    form: type[GroundForm] = GroundForm,
    rows: Rows = itself,
    fit: Callable[[Any, Any], None] | None = None,
    offered: Callable[[Any], bool] = always,
    bills: bool = True,
    clause: str = "",
    then: Callable[[Any, Any], str] | None = None,
) -> Verb:
    """The verb that takes facts of a kind back: they never were."""

    def carry_out(row: Any, given: Given, by: User) -> list[Put]:
        return take_back(kind, rows(row, given), ground=ground_of(given, by), on=clock.today(), by=by)

    return Verb(
        name=name,
        label=label,
        permission=PERMISSION,
        form=form,
        do=carry_out,
        done=_("取り消しました。締めた月の差額は、次に締める月の訂正明細になります。"),
        clause=clause,
        offered=offered,
        follows=told,
        units=lambda row, given: _units(kind, rows(row, given)),
        bills=bills,
        second=_is_large if bills else None,
        second_permission=DECIDES,
        help=_("この事実は初めからなかったものとします。記録は残ります。"),
        weight="grave",
        fit=fit,
        open_to=lambda row, by: by.has_perm(DECIDES) or own_of(rows(row, {}), by),
        then=then or _to_what_stands,
    )


def _is_large(row: Any, given: Given, rehearsal: Rehearsal) -> bool:
    """Whether a second person has to confirm the correction, whoever makes it: what it comes to in closed months is large."""
    return is_large(rehearsal)


def own_of(rows: Sequence[Any], by: Any) -> bool:
    """Whether the person recorded them: whose buttons are theirs beside a lead's (the operation asks for the day)."""
    return bool(rows) and all(row.recorded_by == str(by) for row in rows)


def told(row: Any, given: Given, rehearsal: Rehearsal) -> list[str]:
    """Every fact that is put right, before and after; ends, conditions and yen come behind."""
    return [_said(put) for put in rehearsal.result]


def _said(put: Put) -> str:
    kind = put.kind
    after = None if put.now is None else kind.values(put.now)
    changed = gettext("、").join(changes(kind.recorded_as(put.was), kind.values(put.was), after))
    said = {"record": dict(CORRECTED)[kind.kind], "number": kind.subject(put.was), "changed": changed}
    if put.now is None:
        return gettext("%(record)s（%(number)s）を取り消します：%(changed)s") % said
    return gettext("%(record)s（%(number)s）：%(changed)s") % said


def changes(record: str, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> list[str]:
    """What a record of that kind says otherwise, value by value; what it said, where it says nothing any more."""
    # As the history keeps them: a moment is told in Japan's time.
    kept = (loads(dumps(dict(values), cls=DjangoJSONEncoder)) for values in (before, after or {}))
    entry = Entry(record=record, **dict(zip(("before", "after"), kept, strict=True)))
    return [
        f"{label} {was}" if after is None else f"{label} {was or '—'} → {now or '—'}"
        for label, was, now in differences(entry)
    ]


def _units(kind: Correction, rows: Sequence[Any]) -> list[int]:
    return sorted({unit for row in rows for unit in kind.units(row)})


def _to_what_stands(row: Any, done: list[Put]) -> str:
    first = done[0]
    return page_of(first.was if first.now is None else first.now)


def hidden(form: forms.Form, *names: str) -> None:
    """Take fields off a form that are nothing to the record at hand."""
    for name in names:
        form.fields.pop(name, None)
