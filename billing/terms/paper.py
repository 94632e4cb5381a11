"""請求書の紙面: to whom an invoice is addressed, who issues it and where it is paid, in the words of its issue (I-71). A plain value.

It is kept with the invoice as ``as_kept`` gives it and read back by ``read``: whoever draws an invoice takes these words and no others.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from billing.terms.due_day import HolidayRule


class Honorific(StrEnum):
    """敬称: 御中 for a company or a department, 様 for a person; never both."""

    COMPANY = "御中"
    PERSON = "様"


class Sending(StrEnum):
    """How an invoice is sent."""

    POST = "post"
    MAIL = "mail"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """請求先: whom the invoice is for, and what they want to read on it. '' where nothing is known."""

    company: str
    honorific: str = Honorific.COMPANY
    postal_code: str = ""
    address: str = ""
    building: str = ""
    department: str = ""
    person: str = ""
    email: str = ""
    sending: str = Sending.POST
    customer_number: str = ""
    order_number: str = ""
    language: str = "ja"

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the address block, top to bottom, the honorific behind the last name."""
        postal = f"〒{self.postal_code}" if self.postal_code else ""
        names = [name for name in (self.company, self.department, self.person) if name]
        names[-1] = f"{names[-1]} {self.honorific}"
        return tuple(line for line in (postal, self.address, self.building, *names) if line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """振込先: an account of the issuer. ``key`` is what a billing party names it by; codes and number are digits."""

    key: str
    name: str
    branch: str
    kind: str
    number: str
    holder: str
    code: str = ""
    branch_code: str = ""

    def __str__(self) -> str:
        """In one line, as it is written on an invoice."""
        bank = f"{self.name}（{self.code}）" if self.code else self.name
        branch = f"{self.branch}（{self.branch_code}）" if self.branch_code else self.branch
        return f"{bank} {branch} {self.kind} {self.number} {self.holder}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """発行者: name, 登録番号, address and contact. ``seal_sha256`` names the kept image of the seal; '' for none."""

    name: str
    registration: str
    postal_code: str = ""
    address: str = ""
    building: str = ""
    telephone: str = ""
    email: str = ""
    department: str = ""
    person: str = ""
    seal_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """All words of an invoice beside its lines and amounts. ``holiday`` is the rule by which its due day was moved."""

    addressee: Addressee
    issuer: Issuer
    bank: Bank | None = None
    holiday: HolidayRule = HolidayRule.NONE

    def as_kept(self) -> dict[str, Any]:
        """As the invoice keeps it: JSON."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Paper":
        """What ``as_kept`` gave; a word that was not known when it was kept is as if it had not been given."""
        bank = kept.get("bank")
        return cls(
            addressee=_read(Addressee, kept["addressee"]),
            issuer=_read(Issuer, kept["issuer"]),
            bank=_read(Bank, bank) if bank else None,
            holiday=HolidayRule(kept.get("holiday", HolidayRule.NONE)),
        )


def _read(kind: Any, kept: Mapping[str, Any]) -> Any:
    return kind(**{field.name: kept[field.name] for field in fields(kind) if field.name in kept})
