"""The ledger through its commands: close months, read what was exported."""

import csv
import hashlib
from collections import Counter
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from billing.models import ChargeLine, HeldSettlement, Month, MonthChunk, ParkedTarget
from tests.contracts.book.build import book, customer, module, priced, tier, unit

LATE = "2027-01-05"
"""A day after every month that the tests close."""


def close(month, *, on=LATE, until=None, leave_out=()):
    """``close_month``; what it said."""
    said = StringIO()
    arguments = [month, "--on", on]
    arguments += ["--until", until] if until else []
    arguments += ["--leave-out", *leave_out] if leave_out else []
    with override_settings(REHEARSAL=True):
        call_command("close_month", *arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def close_refused(month, **said):
    """``close_month`` that must refuse; the reason."""
    with pytest.raises(CommandError) as refused:
        close(month, **said)
    return str(refused.value)


def exported(month, path, *, headings="en"):
    """The lines of a closed month as rows of its CSV file."""
    out = path / f"{month}.csv"
    call_command(
        *("export_month", month, "--format", "csv", "--output", str(out), "--headings", headings), stdout=StringIO()
    )
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def summed(rows):
    """Yen by month, target and fee, nothing where it comes to 0."""
    sums = Counter()
    for row in rows:
        sums[row["month"], row["option"] or row["contract"], row["fee"]] += int(row["amount_yen"])
    return {key: amount for key, amount in sums.items() if amount}


@dataclass(frozen=True)
class State:
    """Everything of the ledger but the ids and the times of writing."""

    lines: tuple
    held: tuple
    parked: tuple
    chunks: tuple
    months: tuple


_LINE = ["month__month", "customer__code", "unit__code", "target__number", "fee", "from_on", "to_on", "quantity"]
_LINE += ["unit_price_yen", "amount_yen", "tax_category", "clause", "basis", "cause"]


def state():
    """The ledger as it stands, in the order in which it was written."""
    return State(
        tuple(ChargeLine.objects.order_by("pk").values_list(*_LINE)),
        tuple(HeldSettlement.objects.order_by("pk").values_list(*_LINE)),
        tuple(
            ParkedTarget.objects.order_by("target").values_list("month__month", "target__number", "reason", "clause")
        ),
        tuple(MonthChunk.objects.order_by("pk").values_list("month__month", "line_count", "total_yen")),
        tuple(Month.objects.order_by("month").values_list("month", "line_count", "total_yen", "closed_by")),
    )


def fingerprint():
    """A hash of every line with its id, and of the month's own row."""
    rows = [*ChargeLine.objects.order_by("pk").values_list(), *Month.objects.order_by("pk").values_list()]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def units(count, *more):
    """A book of that many units, each a tier at 1,000 yen and more and a module at 500."""
    facts = [customer()]
    for number in range(count):
        code = f"U-{number:02}"
        facts += [
            unit(code),
            tier(number=f"T-{number:02}", of=code, application=f"A-{number:02}"),
            module(number=f"M-{number:02}", of=code, application=f"A-{number:02}"),
            priced(f"T-{number:02}", 1000 + number, 300),
            priced(f"M-{number:02}", 500, 200),
        ]
    return book(*facts, *more)
