"""What of a [[policy]] of the finance department cannot be followed, a Japanese sentence a fault."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from billing.terms.account import TaxCategory
from billing.terms.due_day import HolidayRule
from billing.terms.journal import TAX
from billing.terms.packages import ROLES as FEES
from billing.terms.policy import Corrections

NEEDED = ("version", "from_on", "tax_percent", "settlement_tax", "due_months", "due_day", "accounts")
KEYS = frozenset({*NEEDED, "corrections", "due_holiday"})
LONGEST_VERSION = 16
MOST_MONTHS = 12
ROLES = tuple(str(role) for role in (*FEES, TAX))
BOUNDS = {"tax_percent": (0, 100), "due_months": (0, MOST_MONTHS), "due_day": (1, 31)}
"""From where to where a number goes; a due day beyond its month is the month's last."""
CHOICES = {
    "settlement_tax": tuple(str(one.value) for one in TaxCategory),
    "corrections": tuple(str(one.value) for one in Corrections),
    "due_holiday": tuple(str(one.value) for one in HolidayRule),
}


def meant(key: str, known: Sequence[str] | frozenset[str]) -> str:
    """「〜のことではありませんか。」 where a name is near to a known one; '' where it is to none."""
    like = get_close_matches(key, sorted(known), n=1, cutoff=0.6)
    return f"{like[0]}のことではありませんか。" if like else ""


def tables_of(written: Mapping[str, Any], key: str) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The tables [[key]] of a file, and a sentence where what stands there is something else."""
    rows = written.get(key, [])
    if isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows):
        return rows, []
    return [], [f"{key}は、[[{key}]]の表として書いてください。"]


def faults_of_policies(rows: Any) -> Iterator[str]:
    """What is wrong with the sets of choices as they are written."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Mapping) for row in rows):
        yield "[[policy]]がありません。税率と支払期限を、一つ以上の[[policy]]で定めてください。"
        return
    seen: dict[str, set[Any]] = {"version": set(), "from_on": set()}
    for row in rows:
        whose = f"[[policy]]（{row.get('version', '？')}）"
        yield from (f"{whose}{fault}" for fault in _faults_of(row))
        for key, found in seen.items():
            value = row.get(key)
            if value is not None and str(value) in found:
                yield f"{whose}と同じ{key}（{value}）の[[policy]]が、ほかにあります。"
            found.add(str(value))


def _faults_of(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"の{key}は知られていません。{meant(key, KEYS)}" for key in sorted(row.keys() - KEYS))
    yield from (f"に{key}がありません。" for key in NEEDED if key not in row)
    version = row.get("version", "-")
    if not isinstance(version, str) or not version.strip() or len(version) > LONGEST_VERSION:
        yield f"のversionは、{LONGEST_VERSION}文字までの名前で書いてください。"
    day = row.get("from_on", date.min)
    if not isinstance(day, date) or isinstance(day, datetime):
        yield "のfrom_onは、2026-10-01のように、引用符を付けない日付で書いてください。"
    for key, (least, most) in BOUNDS.items():
        value = row.get(key, least)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"の{key}（{value}）は、{least}から{most}までの整数で書いてください。"
    for key, known in CHOICES.items():
        value = row.get(key, known[0])
        if value not in known:
            yield f"の{key}（{value}）は、{'、'.join(known)}のどれかで書いてください。"
    yield from _faults_of_accounts(row.get("accounts", {}), needed="accounts" in row)


def _faults_of_accounts(accounts: Any, *, needed: bool) -> Iterator[str]:
    if not isinstance(accounts, Mapping):
        yield "のaccountsは、[policy.accounts]の表で書いてください。"
        return
    for key in sorted(accounts.keys() - set(ROLES)):
        yield f"の科目{key}は知られていません。{meant(key, frozenset(ROLES))}"
    if needed:
        yield from (f"の科目{key}がありません。" for key in ROLES if key not in accounts)
    for key, name in accounts.items():
        if not isinstance(name, str) or not name.strip():
            yield f"の科目{key}は、空でない名前で書いてください。"
