"""What may be applied for on a contract or an option as it stands, each with the form of an application begun with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from contracts.admin.kit.naming import details_on
from contracts.intake.form import Verb
from contracts.terms.catalog import ITEMS, Category, ModuleType, OptionType
from contracts.terms.editions import terms_on
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Option, Target, What


class Begun(NamedTuple):
    """One thing to apply for: what it would change (None of what is added), what it is called, and its form."""

    what: What | None
    label: str
    address: str


class Detail(NamedTuple):
    """A part of what a target is for; where it may be changed, what that is called and its form, '' elsewhere."""

    said: str
    label: str = ""
    address: str = ""


def may_ask(target: Target, timeline: Timeline, unit_id: int, on: date) -> Iterator[Begun]:
    """The changes that the terms know for the target as it stands (第9条, 第10条第5項), and an option on it; nothing of what ends."""
    if target.number in timeline.ends:
        return
    form = reverse("admin:contracts_application_new", args=[unit_id])

    def begun(what: What | None, label: str, verb: Verb, **fields: str) -> Begun:
        return Begun(what, label, f"{form}?{urlencode({'verb': verb.value, **fields})}")

    if isinstance(target, Option):
        years = timeline.value(target, What.RETENTION_YEARS, on)
        if target.option is OptionType.EDR_LICENCE:
            yield begun(What.QUANTITY, gettext("ライセンス数の変更"), Verb.QUANTITY, target=target.number)
        elif isinstance(years, int) and years < terms_on(on).most_retention_years:
            yield begun(What.RETENTION_YEARS, gettext("保管年数の変更"), Verb.RETENTION_YEARS, target=target.number)
        return
    if target.module is None and timeline.value(target, What.CATEGORY, on) != Category.PREMIUM:
        yield begun(What.CATEGORY, gettext("カテゴリの変更"), Verb.CATEGORY, target=target.number)
    module = target.module
    if module and module.module_type is not ModuleType.DEVICE_LOG and len(ITEMS[module.module_type, module.kind]) > 1:
        yield begun(What.ITEM, gettext("品目の変更"), Verb.ITEM, target=target.number)
    yield begun(None, gettext("オプションの追加"), Verb.OPTION, contract=target.number)


def details(target: Target, timeline: Timeline, on: date, asks: Sequence[Begun]) -> list[Detail]:
    """What the target is for on the day, part by part: what may be changed leads to the form that changes it."""
    forms: Mapping[What | None, Begun] = {one.what: one for one in asks if one.what is not None}
    return [
        Detail(said, forms[what].label, forms[what].address) if what in forms else Detail(said)
        for what, said in details_on(target, timeline, on)
    ]
