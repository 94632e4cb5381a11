"""発行の予告: what the invoices of a month come to, as issuing them tells before it is done and after."""

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum

from billing.models import Invoice, Month
from billing.operations.invoices import issue_invoices
from billing.operations.statement import paper_of

SHOWN = 20
"""Invoices of a kind that are named; of more, how many."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The invoices of a month: how many of them, the yen, what is to be looked at before they leave.

    ``below``: owed to the customer; ``nothing``: of 0 yen; ``without_address``: to be sent by post, with no address to send to;
    the first and the last due day; the issuer's name, and whether an account to pay to is on them.
    """

    count: int
    total_yen: int
    below: int
    nothing: int
    by_mail: int
    without_address: tuple[str, ...]
    first_due: date | None
    last_due: date | None
    issuer: str
    bank: str


def issued_in(month: Month) -> Issued:
    """What the stored invoices of a month come to. Two queries, and the words of those that go by post."""
    rows = Invoice.objects.filter(month=month)
    sums = rows.aggregate(
        count=Count("pk"),
        total=Sum("total_yen"),
        below=Count("pk", filter=Q(total_yen__lt=0)),
        nothing=Count("pk", filter=Q(total_yen=0)),
        by_mail=Count("pk", filter=Q(sending="mail")),
        first_due=Min("due_on"),
        last_due=Max("due_on"),
    )
    lacking = rows.filter(sending="post", paper__addressee__address="").order_by("number")
    first = rows.order_by("number").first()
    paper = paper_of(first) if first else None
    return Issued(
        count=sums["count"],
        total_yen=sums["total"] or 0,
        below=sums["below"],
        nothing=sums["nothing"],
        by_mail=sums["by_mail"],
        without_address=tuple(lacking.values_list("addressee", flat=True)[: SHOWN + 1]),
        first_due=sums["first_due"],
        last_due=sums["last_due"],
        issuer=paper.issuer.name if paper else "",
        bank=str(paper.bank or "") if paper else "",
    )


@transaction.atomic
def issue(month: Month, *, on: date, by: User) -> Issued:
    """Issue the invoices of a month, and say what they come to. Raises Refused as issue_invoices does."""
    issue_invoices(month, on=on, by=by)
    return issued_in(month)
