"""A new edition of the terms as it is told in a file: its day, what it renames, which numbers it changes. Checked whole."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from contracts.intake.sentence import Sentence
from contracts.terms import catalog
from contracts.terms.editions import Edition, Renaming, in_force, terms_on
from contracts.terms.supplementary import name_on
from contracts.terms.values import NUMBERS

KNOWN = {"first", "values", "renamings"}
RENAMES = {"old", "new", "clause", "of"}


class EditionError(ValueError):
    """A file that tells no edition; ``faults`` are sentences, all there are."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read_edition(text: str) -> Edition:
    """The edition that a file tells (TOML). Raises EditionError with every fault of it.

    ``first``: its first day, after that of the last edition. ``[values]``: numbers by their names in contracts.terms.values.
    ``[[renamings]]``: ``old``, ``new``, ``clause``, and ``of``, the module type of an item whose name others have too.
    """
    try:
        told = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise EditionError([Sentence("TOMLとして読めません（{why}）", why=error)]) from error
    faults = [*_of_file(told)]
    if faults:
        raise EditionError(faults)
    first = told["first"]
    faults = [*_of_values(told.get("values", {}), first), *_of_renamings(told.get("renamings", []), first)]
    if faults:
        raise EditionError(faults)
    renamings = [
        Renaming(one["old"], one["new"], one.get("clause", ""), one.get("of", "")) for one in told.get("renamings", [])
    ]
    return Edition(first=first, renamings=tuple(renamings), changes=dict(_typed(told.get("values", {}))))


def _typed(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        yield name, Decimal(value) if isinstance(NUMBERS[name].now, Decimal) else value


def _of_file(told: Mapping[str, Any]) -> Iterator[str]:
    for name in told.keys() - KNOWN:
        yield Sentence("「{name}」という項目はありません（{known}）", name=name, known="、".join(sorted(KNOWN)))
    first, last = told.get("first"), in_force().all[-1].first
    if type(first) is not date:
        yield Sentence("版の初日（first）を、2026-04-01のように書いてください")
    elif first <= last:
        yield Sentence("版の初日（{first}）が、最後の版の初日（{last}）以前です", first=first, last=last)
    if not isinstance(told.get("values", {}), dict):
        yield Sentence("値は[values]の下に書いてください")
    renamings = told.get("renamings", [])
    if not isinstance(renamings, list) or not all(isinstance(one, dict) for one in renamings):
        yield Sentence("名称の変更は[[renamings]]の下に書いてください")


def _of_values(values: Mapping[str, Any], first: date) -> Iterator[str]:
    for name, value in values.items():
        number = NUMBERS.get(name)
        if number is None:
            yield Sentence("「{name}」という値はありません（{known}）", name=name, known="、".join(NUMBERS))
        elif type(value) is not int and not (isinstance(value, Decimal) and isinstance(number.now, Decimal)):
            yield Sentence(
                "{name}（{label}）は数で書いてください（{value}）", name=name, label=number.label, value=value
            )
        elif not number.least <= value <= number.most:
            bounds = {"least": number.least, "most": number.most, "value": value}
            text = "{name}（{label}）は{least}から{most}までです（{value}）"
            yield Sentence(text, name=name, label=number.label, **bounds)
    least, most = (values.get(name, getattr(terms_on(first), name)) for name in _YEARS)
    if type(least) is int and type(most) is int and least > most:
        yield Sentence("保管年数の最短（{least}）が最長（{most}）を超えています", least=least, most=most)


_YEARS = ("least_retention_years", "most_retention_years")


def _of_renamings(renamings: list[dict[str, Any]], first: date) -> Iterator[str]:
    for one in renamings:
        if not all(isinstance(value, str) and value for value in one.values()) or not {"old", "new"} <= one.keys():
            yield Sentence("名称の変更には、前の名称（old）と新しい名称（new）を書いてください")
            continue
        for name in one.keys() - RENAMES:
            yield Sentence("「{name}」という項目はありません（{known}）", name=name, known="、".join(sorted(RENAMES)))
        of = one.get("of", "")
        names = set(_names(of, first))
        if one["old"] not in names:
            yield Sentence("「{name}」という名称は、{day}のカタログにありません", name=one["old"], day=first)
        if one["new"] in names:
            yield Sentence("「{name}」という名称は、既にカタログにあります", name=one["new"])
        held = [module for module in catalog.ModuleType if one["old"] in set(_names(module, first))]
        if not of and len(held) > 1:
            text = "品目「{name}」は二つ以上のモジュール種別にあります。モジュール種別（of）を書いてください（{known}）"
            yield Sentence(text, name=one["old"], known="、".join(held))


def _names(of: str, day: date) -> Iterator[str]:
    """What may be renamed: the items of a module type; without one every item, and the categories."""
    for (module_type, _kind), items in catalog.ITEMS.items():
        if of in ("", module_type):
            yield from (name_on(item, day, of=module_type) for item in items)
    if not of:
        yield from (name_on(name, day) for name in catalog.CATEGORY_NAMES.values())
