"""What of a unit as it stands can be changed, as a form offers it; and the line of an application that asks for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext

from contracts.admin.application.choices import catalogue, targets
from contracts.intake.form import TO, Verb
from contracts.terms.catalog import (
    CATEGORY_NAMES,
    ITEMS,
    LICENCE_NAMES,
    OPTION_NAMES,
    TIER_RANK,
    Category,
    LicenceType,
    ModuleType,
    OptionType,
    Product,
)
from contracts.terms.editions import terms_on
from contracts.terms.unit import Unit, own_consent_on

Group = tuple[str, list[tuple[str, str]]]
ASSUMED = "試算"
"""Who gave the customer's own consent (17-1), and on which document, where a change to プレミアム is only asked about."""


def offers(unit: Unit, today: date) -> list[Group]:
    """By target, in words, what the terms let be asked for of it (第9条, 第10条): each a value that ``line_of`` reads again."""
    found = []
    of_options = catalogue()["options"]
    for held in targets(unit, today):
        rows = [*_changes(held, today), *_options(held, of_options)]
        rows.append((_value(Verb.PRICE, held["number"]), gettext("月額費用を変える")))
        found.append(
            (f"{held['number']} {held['name']}", [(value, f"{held['number']} {said}") for value, said in rows])
        )
    return found


def _changes(held: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    number = held["number"]
    rank = TIER_RANK.get(held.get("category"))  # type: ignore[arg-type]
    if rank is not None:
        for category in sorted((one for one in TIER_RANK if TIER_RANK[one] > rank), key=lambda one: TIER_RANK[one]):
            yield (
                _value(Verb.CATEGORY, number, category),
                gettext("カテゴリを%(name)sへ") % _named(CATEGORY_NAMES[category]),
            )
    if "type" in held and held["type"] is not ModuleType.DEVICE_LOG:
        for item in ITEMS.get((held["type"], held["kind"]), ()):
            if item and item != held["item"]:
                yield _value(Verb.ITEM, number, item), gettext("品目を%(name)sへ") % _named(item)
    if held.get("option") == OptionType.EDR_LICENCE:
        said = gettext("ライセンス数を変える（今は%(count)s）") % {"count": f"{held['licences']:,}"}
        yield _value(Verb.QUANTITY, number), said
    elif held.get("years") is not None and held["years"] < terms_on(today).most_retention_years:
        yield (
            _value(Verb.RETENTION_YEARS, number),
            gettext("保管年数を増やす（今は%(years)s年）") % {"years": held["years"]},
        )


def _options(held: Mapping[str, Any], of_options: Mapping[str, Sequence[OptionType]]) -> Iterator[tuple[str, str]]:
    """Options that may stand on the contract, a licence by its type."""
    if "option" in held:
        return
    premium = held["category"] == Category.PREMIUM
    of = held.get("type", "premium" if premium else "tier")
    for option in of_options.get(of, ()):
        kinds = (
            [(f"/{kind}", f" {LICENCE_NAMES[kind]}") for kind in LicenceType]
            if option == OptionType.EDR_LICENCE
            else [("", "")]
        )
        for code, name in kinds:
            said = gettext("オプションを加える：%(name)s") % _named(f"{OPTION_NAMES[option]}{name}")
            yield _value(Verb.OPTION, held["number"], f"{option}{code}"), said


def needs_count(value: str) -> bool:
    """Whether what is asked for has a number of licences or years."""
    verb, _number, to = _parts(value)
    return verb in (Verb.QUANTITY, Verb.RETENTION_YEARS) or to.startswith(
        (OptionType.EDR_LICENCE, OptionType.LOG_RETENTION)
    )


def line_of(unit: Unit, given: Mapping[str, Any]) -> dict[str, str]:
    """The line of an application that asks for it. Yen and counts are whole numbers, ``on`` is the day it begins."""
    verb, number, to = _parts(given["what"])
    on, count = given["on"].isoformat(), str(given["count"] or "")
    monthly, once = (_yen(given[name]) for name in ("monthly_yen", "once_yen"))
    line = {"key": "#1", "verb": verb.value}
    if verb is Verb.PRICE:
        return line | {"target": number, "fee": "monthly", "amount_yen": monthly, "from_on": on}
    if verb is Verb.OPTION:
        option, _slash, licence = to.partition("/")
        line |= {
            "contract": number,
            "option": option,
            "billing_starts_on": on,
            "initial_yen": once,
            "monthly_yen": monthly,
        }
        if licence:
            return line | {"licence_type": licence, "product": next(iter(Product)).value, "quantity": count}
        return line | ({"retention_years": count} if option == OptionType.LOG_RETENTION else {})
    line |= {"target": number, "effective_on": on, TO[verb]: to or count, "one_time_yen": once, "monthly_yen": monthly}
    if not monthly and verb is not Verb.QUANTITY:
        line["keep_price"] = "yes"
    return line | _consent(unit, number, to, given["on"])


def _consent(unit: Unit, number: str, to: str, on: date) -> dict[str, str]:
    """The consent without which no contract can become プレミアム (17-1): taken as given where it is not on record."""
    contract = next((one for one in unit.contracts if one.number == number), None)
    if to != Category.PREMIUM or contract is None or own_consent_on(contract, on):
        return {}
    return {"premium_consent_on": on.isoformat(), "consent_given_by": ASSUMED, "consent_document": ASSUMED}


def _value(verb: Verb, number: str, to: str = "") -> str:
    return f"{verb.value}|{number}|{to}"


def _parts(value: str) -> tuple[Verb, str, str]:
    verb, number, to = value.split("|", 2)
    return Verb(verb), number, to


def _named(name: str) -> dict[str, str]:
    return {"name": name}


def _yen(amount: int | None) -> str:
    return "" if amount is None else str(amount)
