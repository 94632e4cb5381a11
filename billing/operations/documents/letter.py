"""案内と見積書: what a letter is made of, and how it is kept: a number of its own, the value it was made of, its bytes, the history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from billing.facts.issuer import issuers
from billing.facts.parties import parties_on
from billing.formats.documents.printer import printed
from billing.formats.documents.words import day, postal
from billing.models import Document
from billing.operations.documents.invoice_told import Told, issuer_of
from billing.operations.documents.letter_in_english import letter_in_english
from billing.operations.papers import addressee_of
from billing.terms.issuer import issuing_on
from contracts.facts import history
from contracts.facts.party_names import named
from contracts.models import Customer, ManagementUnit, NumberSeries
from contracts.operations.refusal import Refused

PREFIX, DIGITS = "IN", 8
"""Letters are numbered by themselves: IN00000001."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a letter's table."""

    label: str
    right: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a letter: texts alone."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    heading: str = ""

    def told(self) -> Told:
        """As the template takes it."""
        columns = [{"label": one.label, "right": one.right, "wide": one.wide} for one in self.columns]
        return {"heading": self.heading, "columns": columns, "rows": [list(row) for row in self.rows]}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter says: kind, title, what it is about (``subject`` is the number of an application or a target)."""

    kind: str
    title: str
    about: str
    subject: str
    paragraphs: Sequence[str]
    tables: Sequence[Table]
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    total: tuple[str, int, str] | None = None
    """What the amount is called, the yen, and a word beside it."""
    sums: dict[str, int] = field(default_factory=dict)
    """Yen that a preview tells, by their names."""


@transaction.atomic
def keep_letter(letter: Letter, unit: ManagementUnit, *, on: date, by: User) -> Document:
    """Make a letter to the customer of the unit, dated ``on``, and keep it under the next number. Raises Refused without an issuer."""
    customer = Customer.objects.annotate(called=named("customer", "", on=on)).get(pk=unit.customer_id)
    number = _next_number()
    told = _told(letter, customer, number, on)
    data = printed("letter", told)
    document = Document.objects.create(
        kind=letter.kind,
        number=number,
        on=on,
        customer=customer,
        unit=unit,
        subject=letter.subject,
        addressee=told["addressee"],
        told=told,
        data=data,
        size=len(data),
        sha256=sha256(data).hexdigest(),
        made_by=str(by),
    )
    after = {"kind": letter.kind, "on": on, "subject": letter.subject, "digest": document.sha256}
    history.record("make_document", "document", number, by=by, unit_id=unit.pk, after=after)
    return document


def _next_number() -> str:
    """The next number; the series' row is its lock, and what is rolled back leaves no gap."""
    series, _made = NumberSeries.objects.select_for_update(no_key=True).get_or_create(prefix=PREFIX)
    series.last += 1
    series.save(update_fields=["last"])
    return f"{PREFIX}{series.last:0{DIGITS}}"


def _told(letter: Letter, customer: Any, number: str, on: date) -> Told:
    issuing = issuing_on(issuers(), on)
    if issuing is None:
        raise Refused(_("%(day)sの発行者が、経理の設定にありません。") % {"day": on}, field="on")
    row = parties_on(on, {(customer.pk, None)}).get((customer.pk, None))
    to = addressee_of(row, code=customer.code, name=customer.called)
    label, yen, beside = letter.total or ("", 0, "")
    said = {
        "title": letter.title,
        "number": number,
        "on": [on.year, on.month, on.day],
        "issued": day(on),
        "reissued": "",
        "addressee": customer.called,
        "honorific": to.honorific,
        "person": to.person,
        "department": to.department,
        "address": [line for line in (postal(to.postal_code), to.address, to.building) if line],
        "customer_number": to.customer_number,
        "issuer": issuer_of(issuing.issuer),
        "subject": letter.about,
        "paragraphs": list(letter.paragraphs),
        "total": {"label": label, "yen": f"¥{yen:,}-", "beside": beside} if letter.total else None,
        "tables": [table.told() for table in letter.tables],
        "facts": [list(fact) for fact in letter.facts],
        "notes": list(letter.notes),
        "closing": letter.kind != "quotation",
    }
    return letter_in_english(said) if to.language == "en" else said
