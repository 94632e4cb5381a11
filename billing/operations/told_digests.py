"""What the history keeps of proposals, requests to close and issued invoices beside their sums: a hash over all that they say.

``whole``: as the first release told it, with what a row has by default too. What it told stays in the history.
"""

from hashlib import sha256
from typing import Any

from billing.models import Invoice, InvoiceRate, InvoiceUnit, Month, MonthClosing, Proposal
from contracts.facts.marks import columns_but, digest_of, digest_of_row, said


def proposal_digest(proposal: Proposal, *, whole: bool = False) -> str:
    """The SHA-256 over a proposal that is computed, as it is stored."""
    return digest_of_row(proposal, whole=whole)


def closing_digest(closing: MonthClosing, *, whole: bool = False) -> str:
    """The SHA-256 over a request to close; how far it came is no part of it."""
    return digest_of_row(closing, "state", "done", "total", "error", whole=whole)


def invoices_digest(month: Month, *, whole: bool = False) -> str:
    """The SHA-256 over every invoice of a month with its rates and its units, as they are stored. Streams."""
    digest = sha256()
    for model in (Invoice, InvoiceRate, InvoiceUnit):
        rows: Any = model._base_manager.order_by("pk")
        of_month = rows.filter(invoice__month=month) if model is InvoiceRate else rows.filter(month=month)
        # Whether an invoice was sent and paid is told later.
        for values in of_month.values(*columns_but(model, "sent_on", "paid_on")).iterator(chunk_size=500):
            digest.update(digest_of(values if whole else said(model, values)).encode())
    return digest.hexdigest()
