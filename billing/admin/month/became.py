"""What became of a month's invoices: asked once for a page, however many of its verbs and links hang on it."""

from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from billing.models import Document, Month
from billing.terms.paper import Sending

_KEPT = "became"


class Became(NamedTuple):
    """How many invoices of a month are issued, have their PDF, wait to be sent, and of those by mail."""

    issued: int
    made: int
    unsent: int
    to_mail: int


def became(month: Month) -> Became:
    """What became of the invoices of a month: one query for each record that a page has read."""
    kept: Became | None = month.__dict__.get(_KEPT)
    if kept is None:
        made = Exists(Document.objects.filter(invoice=OuterRef("pk"), edition=0))
        kept = month.__dict__[_KEPT] = Became(
            **month.invoices.aggregate(
                issued=Count("pk"),
                made=Count("pk", filter=made),
                unsent=Count("pk", filter=Q(sent_on=None)),
                to_mail=Count("pk", filter=Q(sent_on=None, sending=Sending.MAIL)),
            )
        )
    return kept
