"""発行者 as the settings have it: [[issuer]] of FINANCE_FILE; without one, INVOICE_ISSUER and INVOICE_REGISTRATION."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.facts.policy_written import tables_of
from billing.terms.issuer import Issuing, faults
from billing.terms.paper import Bank, Issuer

ALWAYS = date(2000, 1, 1)
"""From when on the issuer of the two settings counts, which have no day."""
SEALS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
LARGEST_SEAL = 1_000_000
"""Bytes of the largest image of a seal: it is drawn on every invoice."""

OF_ISSUER = {field.name for field in fields(Issuer)} - {"seal_sha256"}
OF_BANK = {field.name for field in fields(Bank)}
NEEDED = ("from_on", "name", "registration")
NEEDED_OF_BANK = ("key", "name", "branch", "kind", "number", "holder")


def issuers() -> tuple[Issuing, ...]:
    """Every issuer in the order of their days. Raises ImproperlyConfigured, a sentence a fault, where they cannot be followed."""
    if wrong := faults_of_issuers():
        raise ImproperlyConfigured("\n".join(wrong))
    return _known()[0]


def faults_of_issuers() -> list[str]:
    """What of [[issuer]] cannot be followed, a sentence a fault, with the file's name; the two settings are asked when one issues."""
    file = Path(settings.FINANCE_FILE)
    found, unread = _read(file)
    wrong = [*unread, *faults(found)]
    for one in found:
        wrong += [f"[[issuer]]（{one.from_on}）の印影：{fault}" for fault in _faults_of_seal(one.seal)]
    return [f"{file}: {fault}" for fault in wrong]


def seal_of(issuing: Issuing) -> tuple[str, bytes] | None:
    """The media type and the bytes of the issuer's seal; None where they have none."""
    if not issuing.seal:
        return None
    path = Path(issuing.seal)
    return SEALS[path.suffix.lower()], path.read_bytes()


def with_seal(issuing: Issuing) -> Issuer:
    """The issuer as printed: with the SHA-256 of the seal as it is now."""
    seal = seal_of(issuing)
    return replace(issuing.issuer, seal_sha256=sha256(seal[1]).hexdigest()) if seal else issuing.issuer


def _known() -> tuple[tuple[Issuing, ...], tuple[str, ...]]:
    found, unread = _read(Path(settings.FINANCE_FILE))
    if found or unread:
        return found, unread
    issuer = Issuer(name=settings.INVOICE_ISSUER, registration=settings.INVOICE_REGISTRATION)
    return (Issuing(ALWAYS, issuer),), ()


@cache
def _read(file: Path) -> tuple[tuple[Issuing, ...], tuple[str, ...]]:
    """The issuers of a file in the order of their days, and the sentences of those that are not even one."""
    rows, wrong = tables_of(tomllib.loads(file.read_text(encoding="utf-8")), "issuer")
    found = []
    for row in rows:
        unread = list(_unread(row))
        wrong += unread
        if not unread:
            banks = tuple(Bank(**bank) for bank in row.get("bank", []))
            issuer = Issuer(**{name: value for name, value in row.items() if name in OF_ISSUER})
            seal = str(file.parent / row["seal"]) if row.get("seal") else ""
            found.append(Issuing(row["from_on"], issuer, banks, seal))
    return tuple(sorted(found, key=lambda one: one.from_on)), tuple(wrong)


def _unread(row: Mapping[str, Any]) -> Iterator[str]:
    whose = f"[[issuer]]（{row.get('from_on', '？')}）"
    known = OF_ISSUER | {"from_on", "seal", "bank"}
    yield from _of_table(whose, row, known, NEEDED)
    if "from_on" in row and type(row["from_on"]) is not date:
        yield f"{whose}のfrom_onは、日付で書いてください。"
    banks, unread = tables_of(row, "bank")
    yield from (f"{whose}の{fault}" for fault in unread)
    for bank in banks:
        yield from _of_table(f"{whose}の[[issuer.bank]]（{bank.get('key', '？')}）", bank, OF_BANK, NEEDED_OF_BANK)


def _of_table(whose: str, row: Mapping[str, Any], known: set[str], needed: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{whose}の{key}は知られていません。" for key in sorted(row.keys() - known))
    yield from (f"{whose}に{key}がありません。" for key in needed if key not in row)
    for key, value in row.items():
        if key in known - {"from_on", "bank"} and not isinstance(value, str):
            yield f"{whose}の{key}は、引用符で囲んだ文字で書いてください。"


def _faults_of_seal(seal: str) -> Iterator[str]:
    if not seal:
        return
    path = Path(seal)
    if path.suffix.lower() not in SEALS:
        yield f"{path.name}は、{'、'.join(SEALS)}のどれかにしてください。"
    elif not path.is_file():
        yield f"{path}がありません。"
    elif path.stat().st_size > LARGEST_SEAL:
        yield f"{path.name}は、{LARGEST_SEAL:,}バイトまでです。"
