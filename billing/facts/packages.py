"""How finance maps the journal onto accounting packages, as the settings' file has it (FINANCE_FILE, [[journal]])."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.facts.policy import faults_of_choices, policies
from billing.facts.policy_written import meant, tables_of
from billing.terms.packages import FORMS, PackageMapping, faults
from billing.terms.slip import Account

KEYS = {"package", "form", "from_on", "department", "partner", "encoding", "columns", "accounts", "tax", "partners"}
TEXTS = ("package", "form", "department", "partner", "encoding")
OF_ACCOUNT = {"account", "sub_account", "department"}


def mappings() -> tuple[PackageMapping, ...]:
    """Every mapping. Raises ImproperlyConfigured, a sentence a fault, where the file cannot be followed."""
    if wrong := faults_of_the_file():
        raise ImproperlyConfigured("\n".join(wrong))
    return _read(Path(settings.FINANCE_FILE))[0]


def faults_of_the_file() -> list[str]:
    """What of the mappings cannot be followed, a sentence a fault, with the file's name."""
    file = Path(settings.FINANCE_FILE)
    if faults_of_choices():
        return []  # said there; the rates that the mappings need are not known
    found, unread = _read(file)
    rates = [(policy.from_on, policy.tax_percent) for policy in policies()]
    return [f"{file}: {fault}" for fault in (*unread, *faults(found, rates))]


@cache
def _read(file: Path) -> tuple[tuple[PackageMapping, ...], tuple[str, ...]]:
    """The mappings of a file, and the sentences of those that are not even one."""
    rows, wrong = tables_of(tomllib.loads(file.read_text(encoding="utf-8")), "journal")
    found = []
    for row in rows:
        unread = list(_unread(row))
        wrong += unread
        if not unread:
            found.append(_mapping(row))
    return tuple(found), tuple(wrong)


def _unread(row: Mapping[str, Any]) -> Iterator[str]:
    whose = f"[[journal]]（{row.get('package', '？')}）"
    yield from (f"{whose}の{key}は知られていません。{meant(key, frozenset(KEYS))}" for key in sorted(row.keys() - KEYS))
    yield from (f"{whose}に{key}がありません。" for key in ("package", "from_on", "accounts", "tax") if key not in row)
    if "from_on" in row and type(row["from_on"]) is not date:
        yield f"{whose}のfrom_onは、2026-10-01のように、引用符を付けない日付で書いてください。"
    for key in TEXTS:
        if not isinstance(row.get(key, ""), str):
            yield f"{whose}の{key}は、引用符で囲んだ文字で書いてください。"
    for key in ("tax", "partners"):
        if not _texts(row.get(key, {})):
            yield f'{whose}の[journal.{key}]は、名前 = "文字" の表で書いてください。'
    yield from _unread_accounts(row.get("accounts", {}), whose)
    columns = row.get("columns", [])
    if not isinstance(columns, list) or not all(_is_column(column) for column in columns):
        yield f"{whose}のcolumnsは、[見出し, 内容] の並びで書いてください。"


def _unread_accounts(accounts: Any, whose: str) -> Iterator[str]:
    if not isinstance(accounts, Mapping):
        yield f"{whose}のaccountsは、[journal.accounts]の表で書いてください。"
        return
    for role, account in accounts.items():
        known = isinstance(account, str) or (
            _texts(account) and "account" in account and not account.keys() - OF_ACCOUNT
        )
        if not known:
            yield f"{whose}の科目{role}は、名前か、account、sub_account、departmentで書いてください。"


def _texts(table: Any) -> bool:
    return isinstance(table, Mapping) and all(isinstance(value, str) for value in table.values())


def _is_column(column: Any) -> bool:
    return isinstance(column, list) and len(column) == 2 and all(isinstance(one, str) for one in column)


def _mapping(row: Mapping[str, Any]) -> PackageMapping:
    return PackageMapping(
        package=row["package"],
        form=row.get("form") or FORMS.get(row["package"], ("",))[0],
        from_on=row["from_on"],
        accounts={role: _account(role, given, row.get("department", "")) for role, given in row["accounts"].items()},
        tax=row["tax"],
        partner=row.get("partner", "name"),
        encoding=row.get("encoding", "cp932"),
        columns=tuple((header, field) for header, field in row.get("columns", [])),
        partners=row.get("partners", {}),
    )


def _account(role: str, given: str | Mapping[str, str], department: str) -> Account:
    """The receivable and the tax are of no department unless theirs is written."""
    own = {"account": given} if isinstance(given, str) else given
    of_all = "" if role in {"receivable", "tax"} else department
    return Account(own["account"], own.get("sub_account", ""), own.get("department", of_all))
