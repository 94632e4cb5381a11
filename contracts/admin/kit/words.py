"""Records of the history: what kind they are, what their values are called, and where their pages stand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import models
from contracts.admin.application.lines import MOST_LETTERS, readable
from contracts.admin.kit.base import list_of
from contracts.admin.kit.columns import minute, thousands
from contracts.admin.kit.language import clause_said
from contracts.facts.names import value_said as changed_said
from contracts.intake.form import Verb, named
from contracts.models.choices import BASES, CHANGED
from contracts.terms.catalog import Category
from contracts.terms.unit import What

MODELS: dict[str, type[Model]] = {
    "customer": models.Customer,
    "unit": models.ManagementUnit,
    "name": models.Name,
    "linked_service": models.LinkedServiceState,
    "application": models.Application,
    "contract": models.Contract,
    "option": models.Option,
    "change": models.Change,
    "price": models.Price,
    "notice": models.Notice,
    "outage": models.Outage,
    "breach": models.Breach,
    "consent": models.Consent,
    "setting_change": models.SettingChange,
    "work_item": models.WorkItem,
    "effect": models.Effect,
    "job": models.Job,
    "abolition": models.Abolition,
    "asked": models.Asked,
    "hand_over": models.HandOver,
    "transfer": models.Transfer,
    "move": models.Move,
    "person": User,
    "role": Group,
    "login": User,
    "settings": models.Entry,
    "rights": models.RightsChange,
    "password": models.PasswordSet,
}
"""The model of each kind of record; billing adds its own."""

LISTED: dict[str, tuple[type[Model], str]] = {
    "customer": (models.Customer, "q"),
    "unit": (models.ManagementUnit, "q"),
    "name": (models.Name, "q"),
    "linked_service": (models.LinkedService, "q"),
    "application": (models.Application, "q"),
    "contract": (models.Contract, "q"),
    "option": (models.Option, "q"),
    "change": (models.Change, "target"),
    "price": (models.Price, "target"),
    "notice": (models.Notice, "target"),
    "outage": (models.Outage, "contract"),
    "breach": (models.Breach, "contract"),
    "consent": (models.Consent, "q"),
    "setting_change": (models.SettingChange, "contract"),
    "work_item": (models.WorkItem, "q"),
    "effect": (models.Effect, "target"),
    "abolition": (models.Abolition, "q"),
    "asked": (models.Asked, "q"),
    "hand_over": (models.HandOver, "q"),
    "transfer": (models.Transfer, "unit"),
    "move": (models.Move, "contract"),
    "person": (User, "q"),
    "role": (Group, "q"),
    "login": (User, "q"),
    "rights": (models.RightsChange, "q"),
}
"""Where a record of a kind is found by its number: a list, and the parameter that narrows it; billing adds its own."""

_COLUMNS = {"basis": "ground"}
"""Columns of the book that the records keep under another name."""

_OWN_WORDS = {
    "to": _("変更後"),
    "unit": _("管理単位"),
    "customer": _("契約者"),
    "target": _("対象番号"),
    "basis": _("根拠"),
    "application": _("申込番号"),
    "applied_on": _("申込日"),
    "accepted_on": _("承諾日"),
    "keep_price": _("料金据置"),
    "correction_ground": _("訂正の根拠"),
    "correction_document": _("訂正の文書番号"),
    "format": _("形式"),
    "row_count": _("行数"),
}

_KEPT_BESIDE = {
    "address": _("接続元"),
    "digest": _("内容のSHA-256"),
    "marks": _("行の控えのSHA-256"),
    "second_factors": _("第二要素"),
}
"""What the history keeps of a record that is no column of it."""
SECOND_FACTORS = {"totp": _("認証アプリ"), "webauthn": _("パスキー"), "recovery_codes": _("リカバリーコード")}


def place_of(record: str, subject: str) -> str:
    """The address under which a record is found; '' where there is none."""
    if record not in LISTED:
        return ""
    model, parameter = LISTED[record]
    return list_of(model, **{parameter: subject})


def differences(entry: models.Entry) -> Iterator[tuple[str, Any, Any]]:
    """What an entry changed: the value's name, before and after; ids and empty values say nothing to people.

    The history outlives every form its values ever had: whatever JSON an entry keeps is worded, nothing of it raises.
    """
    before, after = _values(entry.before), _values(entry.after)
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if name == "lines" and are_lines(was or []) and are_lines(now or []):
            yield from _lines(was or [], now or [])
            continue
        field = _field(entry.record, name)
        is_id = name == "id" or (field is not None and field.is_relation and isinstance(was or now, int))
        if was == now or is_id or not (was or now):
            continue
        said_before, said_after = (
            value_said(entry.record, name, was, before),
            value_said(entry.record, name, now, after),
        )
        yield word(entry.record, name), said_before, said_after


def _values(kept: Any) -> dict[str, Any]:
    """A record's values by name; what was kept without names stands under none."""
    if isinstance(kept, dict):
        return kept
    return {} if kept is None else {"": kept}


def are_lines(value: Any) -> bool:
    """Whether a value is the lines of an application's form: each a dict of texts that asks for something."""
    return isinstance(value, list) and all(
        isinstance(line, dict)
        and all(isinstance(text, str) and len(text) <= MOST_LETTERS for text in line.values())
        and line.get("verb") in set(Verb)
        and "key" in line
        for line in value
    )


def _lines(before: list[dict[str, str]], after: list[dict[str, str]]) -> Iterator[tuple[str, Any, Any]]:
    """The lines of an application's form that differ, each as a sentence."""
    was, now = ({key: line for key, _verb, line in named(lines)} for lines in (before, after))
    said_before, said_after = _lines_said(before), _lines_said(after)
    for key in dict.fromkeys([*was, *now]):
        if was.get(key) != now.get(key):
            name = f"{gettext('申込の内容')} {key.removeprefix('#')}"
            yield name, said_before.get(key), said_after.get(key)


def _lines_said(lines: list[dict[str, str]]) -> dict[str, str]:
    said = {}
    for line in readable(lines, {}):
        details = [f"{label} {value}" for label, value in (*line["details"], *line["days"], *line["fees"])]
        parts = [line["number"], line["on_name"] or line["on"], line["content"], *details]
        said[line["key"]] = f"{line['verb']} {gettext('、').join(part for part in parts if part)}".strip()
    return said


def word(record: str, name: str) -> str:
    """What a value of a record is called: by its column, by what a relation leads to, else as it was written."""
    if name in _OWN_WORDS:
        return str(_OWN_WORDS[name])
    field = _field(record, name)
    if field is None:
        return str(_KEPT_BESIDE.get(name, name))
    # A relation seen from its other end has no name of its own.
    return str(getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural)


def value_said(record: str, name: str, value: Any, beside: Mapping[str, Any]) -> Any:
    """A value as people read it: a code by its name, a moment in Japan; ``beside`` are the record's other values."""
    if value is None or value == "":
        return value
    if isinstance(value, bool):
        return gettext("はい") if value else gettext("いいえ")
    if isinstance(value, list):
        return gettext("、").join(str(value_said(record, name, one, {})) for one in value)
    if isinstance(value, dict):
        return gettext("、").join(
            f"{word(record, key)} {value_said(record, key, one, value)}" for key, one in value.items()
        )
    if name == "to" and beside.get("what") in _CHANGED:
        return _changed_to(What(beside["what"]), value)
    if isinstance(value, str) and name in _OF_EFFECTS:
        return _of_an_effect(name, value, beside)
    if isinstance(value, str):
        return str(_choices(record, name).get(value, _moment(value) if name.endswith("_at") else value))
    return thousands(value) if isinstance(value, int) else str(value)


_CHANGED = tuple(map(str, What))
_OF_EFFECTS = ("clause", "of", "value")


def _changed_to(what: What, value: Any) -> str:
    is_category = value in tuple(map(str, Category))
    return changed_said(what, value) if what is not What.CATEGORY or is_category else str(value)


def _of_an_effect(name: str, value: str, beside: Mapping[str, Any]) -> str:
    """What took effect: its clause, what was changed, what it came to (an effect keeps years and licences as text)."""
    if name == "clause":
        return _clause(value)
    if name == "of":
        return str(dict(CHANGED).get(value, value))
    what = beside.get("of")
    if what not in _CHANGED:
        return value
    number = what in (What.RETENTION_YEARS, What.QUANTITY) and value.isdecimal() and len(value) < MOST_LETTERS
    return _changed_to(What(what), int(value) if number else value)


def _clause(value: str) -> str:
    """A clause as people write it; what is none is told as it was kept."""
    try:
        return clause_said(value)
    except ValueError:
        return value


def _moment(value: str) -> str:
    """A moment as it was kept: one that names its zone is told in Japan's; a book's is Japan's already."""
    try:
        found: datetime | None = parse_datetime(value)
        told = found and (minute(found) if is_aware(found) else f"{found:%Y-%m-%d %H:%M}")
    except (ValueError, OverflowError):  # looks like a moment and is none, or is one beyond every calendar
        return value
    return told or value


@lru_cache(maxsize=4096)
def _field(record: str, name: str) -> Any:
    for model in (MODELS.get(record), models.Target, models.LinkedService):
        try:
            return model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            continue
    return None


@lru_cache(maxsize=4096)
def _choices(record: str, name: str) -> dict[Any, Any]:
    if name == "correction_ground":
        return dict(BASES)
    if name == "second_factors":
        return SECOND_FACTORS
    return dict(getattr(_field(record, _COLUMNS.get(name, name)), "flatchoices", None) or ())
