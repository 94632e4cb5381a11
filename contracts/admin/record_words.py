"""Records of the history: what kind they are, what their values are called, and where their pages stand."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts import models
from contracts.admin.base import list_of

MODELS: dict[str, type[Model]] = {
    "customer": models.Customer,
    "unit": models.ManagementUnit,
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
}
LISTED: dict[str, tuple[type[Model], str]] = {
    "customer": (models.Customer, "q"),
    "unit": (models.ManagementUnit, "q"),
    "linked_service": (models.LinkedService, "q"),
    "application": (models.Application, "q"),
    "contract": (models.Contract, "q"),
    "option": (models.Option, "q"),
    "change": (models.Change, "target"),
    "price": (models.Price, "target"),
    "notice": (models.Notice, "target"),
    "outage": (models.Outage, "contract"),
    "breach": (models.Breach, "contract"),
    "consent": (models.Consent, "contract"),
    "setting_change": (models.SettingChange, "contract"),
}
"""Where a record of a kind is found by its number: a list, and the parameter that narrows it."""

_OWN_WORDS = {
    "to": _("変更後"),
    "unit": _("管理単位"),
    "customer": _("契約者"),
    "target": _("対象番号"),
    "basis": _("根拠"),
    "application": _("申込番号"),
    "applied_on": _("申込日"),
    "accepted_on": _("承諾日"),
}


def place_of(record: str, subject: str) -> str:
    """The address under which a record is found; '' where there is none."""
    if record not in LISTED:
        return ""
    model, parameter = LISTED[record]
    return list_of(model, **{parameter: subject})


def differences(entry: models.Entry) -> Iterator[tuple[str, Any, Any]]:
    """What an entry changed: the value's name, before and after; ids and empty values say nothing to people."""
    before, after = entry.before or {}, entry.after or {}
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        field = _field(entry.record, name)
        is_id = name == "id" or (field is not None and field.is_relation and isinstance(was or now, int))
        if was != now and name != "lines" and not is_id and (was or now):
            yield word(entry.record, name), value_said(entry.record, name, was), value_said(entry.record, name, now)


def word(record: str, name: str) -> str:
    """What a value of a record is called."""
    field = _field(record, name)
    return str(_OWN_WORDS.get(name) or (field.verbose_name if field is not None else name))


def value_said(record: str, name: str, value: Any) -> Any:
    """A value as people read it: a code by its name."""
    if isinstance(value, bool):
        return gettext("はい") if value else gettext("いいえ")
    if name.endswith("_at") and isinstance(value, str):
        return value[:16].replace("T", " ")
    field = _field(record, name)
    choices = dict(getattr(field, "flatchoices", None) or ()) if field is not None else {}
    return choices.get(value, value)


def _field(record: str, name: str) -> Any:
    for model in (MODELS.get(record), models.Target):
        try:
            return model._meta.get_field(name) if model else None
        except FieldDoesNotExist:
            continue
    return None
