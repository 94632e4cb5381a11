"""発行者: who issues invoices from a day on, with the accounts that they are paid to; and what of it cannot be so."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from billing.terms.paper import Bank, Issuer
from billing.terms.registration import fault_of

POSTAL_CODE = re.compile(r"[0-9]{3}-[0-9]{4}")
KINDS = ("普通", "当座", "貯蓄")
NUMBER, CODE, BRANCH_CODE = re.compile(r"[0-9]{7}"), re.compile(r"[0-9]{4}"), re.compile(r"[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Issuing:
    """The issuer from a day on: ``banks`` in their order, the first for whoever has no other; ``seal`` the image's path, '' for none."""

    from_on: date
    issuer: Issuer
    banks: tuple[Bank, ...] = ()
    seal: str = ""

    def bank(self, key: str) -> Bank | None:
        """The account of that key, the first for ''; None where there is none."""
        return next((bank for bank in self.banks if key in ("", bank.key)), None)


def issuing_on(known: Sequence[Issuing], day: date) -> Issuing | None:
    """Who issues on a day; ``known`` in the order of their days. None before the first."""
    return next((one for one in reversed(known) if one.from_on <= day), None)


def faults(known: Iterable[Issuing]) -> Iterator[str]:
    """What of the issuers cannot be printed or paid to, a Japanese sentence each."""
    rows = list(known)
    for day, count in Counter(one.from_on for one in rows).items():
        if count > 1:
            yield f"[[issuer]]の適用日{day}が{count}つあります。"
    for one in rows:
        whose = f"[[issuer]]（{one.from_on}）"
        if not one.issuer.name.strip():
            yield f"{whose}のnameが空です。"
        if wrong := fault_of(one.issuer.registration):
            yield f"{whose}：{wrong}。"
        if one.issuer.postal_code and not POSTAL_CODE.fullmatch(one.issuer.postal_code):
            yield f"{whose}のpostal_codeは、123-4567の形で書いてください。"
        for key, count in Counter(bank.key for bank in one.banks).items():
            if count > 1:
                yield f"{whose}の振込先「{key}」が{count}つあります。"
        for bank in one.banks:
            yield from (f"{whose}の振込先「{bank.key}」：{wrong}" for wrong in _faults_of(bank))


def _faults_of(bank: Bank) -> Iterator[str]:
    for name in ("key", "name", "branch", "holder"):
        if not getattr(bank, name).strip():
            yield f"{name}が空です。"
    if bank.kind not in KINDS:
        yield f"kindは、{'、'.join(KINDS)}のどれかです。"
    if not NUMBER.fullmatch(bank.number):
        yield "numberは、7桁の数字です。"
    if bank.code and not CODE.fullmatch(bank.code):
        yield "codeは、4桁の金融機関コードです。"
    if bank.branch_code and not BRANCH_CODE.fullmatch(bank.branch_code):
        yield "branch_codeは、3桁の支店コードです。"
