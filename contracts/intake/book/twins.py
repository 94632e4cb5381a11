"""Near twins: a code or a name that comes in and is all but one that is known. Nothing is refused for it; it is pointed out."""

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

from django.db.models import QuerySet

from contracts import models
from contracts.intake.book.merge import Merged
from contracts.intake.book.people import PEOPLE, plain
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence

_FORMS = sorted((plain(word) for word in PEOPLE["names"]["forms"]), key=len, reverse=True)
MOST_TOLD = 200
_MARKS = frozenset("".join(plain(mark) for mark in PEOPLE["names"]["marks"]))
_LOOK_ALIKE = str.maketrans("OIL", "011")


def skeleton_of_code(code: str) -> str:
    """What codes have in common that people take for one another: O and 0, I and 1, dashes, zeros before a number."""
    text = re.sub(r"[^0-9A-Z\u3040-\u9fff]", "", plain(code).upper().translate(_LOOK_ALIKE))
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)


def skeleton_of_name(name: str) -> str:
    """A name without the form of the company and without marks: 株式会社青葉 and （株）青葉 are one."""
    text = plain(name)
    for form in _FORMS:
        text = text.removeprefix(form).removesuffix(form)
    return "".join(character for character in text if character not in _MARKS)


def near_twins(merged: Merged) -> list[Fault]:
    """Warnings at new customers, units, linked services, contracts and options that are all but known ones: the first of many."""
    return list(islice(chain(_codes(merged), _names(merged)), MOST_TOLD))


def _codes(merged: Merged) -> Iterator[Fault]:
    for sheet, stored in _STORED_CODES.items():
        new = {row.key[0]: row for row in merged.new[sheet]}
        if not new:
            continue
        seen: dict[str, str] = {}
        wanted = {skeleton_of_code(code) for code in new}
        for code in stored().iterator(chunk_size=5000):
            if code not in new and skeleton_of_code(code) in wanted:
                seen[skeleton_of_code(code)] = code
        column = BY_NAME[sheet].key[0]
        for code, row in new.items():
            other = seen.setdefault(skeleton_of_code(code), code)
            if other != code:
                message = Sentence(
                    "「{code}」は「{other}」とよく似ています。同じものではありませんか", code=code, other=other
                )
                yield Fault(sheet, row.number, column, message)


_STORED_CODES: dict[str, Callable[[], QuerySet[Any, Any]]] = {
    "customers": lambda: models.Customer.objects.values_list("code", flat=True),
    "units": lambda: models.ManagementUnit.objects.values_list("code", flat=True),
    "linked_services": lambda: models.LinkedService.objects.values_list("code", flat=True),
    "contracts": lambda: models.Contract.objects.values_list("target__number", flat=True),
    "options": lambda: models.Option.objects.values_list("target__number", flat=True),
}


_STORED_NAMES: dict[str, Callable[[], QuerySet[Any, Any]]] = {
    "customers": lambda: models.Customer.objects.values_list("name", "code"),
    "units": lambda: models.ManagementUnit.objects.values_list("name", "code", "customer__code"),
}


def _names(merged: Merged) -> Iterator[Fault]:
    """Customers of one name under two codes; units of one name of one customer."""
    for sheet, stored in _STORED_NAMES.items():
        new = {row.key[0]: row for row in merged.new[sheet]}
        wanted = {(skeleton_of_name(row.values["name"]), row.values.get("customer")) for row in new.values()}
        seen: dict[tuple[str, str | None], str] = {}
        if new:
            for name, code, *customer in stored().iterator(chunk_size=5000):
                key = skeleton_of_name(name), (customer[0] if customer else None)
                if code not in new and key in wanted:
                    seen[key] = code
        for code, row in new.items():
            other = seen.setdefault((skeleton_of_name(row.values["name"]), row.values.get("customer")), code)
            if other != code:
                message = Sentence("「{other}」とよく似た名です。同じものではありませんか", other=other)
                yield Fault(sheet, row.number, "name", message)
