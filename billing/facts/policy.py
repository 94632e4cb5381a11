"""The finance department's choices as the settings' file has them (FINANCE_FILE)."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from billing.facts.policy_written import faults_of_policies, meant
from billing.terms.account import TaxCategory
from billing.terms.due_day import HolidayRule
from billing.terms.policy import Corrections, Policy, in_order
from billing.terms.registration import fault_of

KNOWN = frozenset({"policy", "journal", "issuer"})


def policies() -> tuple[Policy, ...]:
    """Every set of choices, in the order of their days. Raises ImproperlyConfigured where the file cannot be followed."""
    found, wrong = _read(Path(settings.FINANCE_FILE))
    if wrong:
        raise ImproperlyConfigured("\n".join(wrong))
    return found


def faults_of_choices() -> list[str]:
    """What of the file's sets of choices cannot be followed, and of who issues the invoices: a sentence a fault."""
    wrong = list(_read(Path(settings.FINANCE_FILE))[1])
    if not settings.INVOICE_ISSUER.strip():
        wrong.append("設定 INVOICE_ISSUER が空です。請求書を発行する者の名称を書いてください。")
    if fault := fault_of(settings.INVOICE_REGISTRATION):
        wrong.append(f"設定 INVOICE_REGISTRATION（{settings.INVOICE_REGISTRATION[:20]}）：{fault}。")
    return wrong


@cache
def _read(file: Path) -> tuple[tuple[Policy, ...], tuple[str, ...]]:
    """The sets of choices, and the sentences of what is wrong with them."""
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        return (), (f"{file}: 読めません（{fault}）。",)
    wrong = [f"{key}は知られていません。{meant(key, KNOWN)}" for key in sorted(written.keys() - KNOWN)]
    wrong += faults_of_policies(written.get("policy"))
    found: tuple[Policy, ...] = ()
    if not wrong:
        try:
            found = in_order(_policy(row) for row in written["policy"])
        except ValueError as fault:
            wrong.append(str(fault))
    return found, tuple(f"{file}: {fault}" for fault in wrong)


def _policy(row: dict[str, Any]) -> Policy:
    chosen = {
        "settlement_tax": TaxCategory(row["settlement_tax"]),
        "corrections": Corrections(row.get("corrections", Corrections.RETURN)),
        "due_holiday": HolidayRule(row.get("due_holiday", HolidayRule.NONE)),
    }
    return Policy(**{**row, **chosen})
