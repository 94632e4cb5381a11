"""What of the ledger's side stays once it is written, beside the lines, which are sealed with their month."""

from billing.models import (
    BillingGroup,
    BillingGroupUnit,
    BillingParty,
    Document,
    ExportRecord,
    HeldDecision,
    Invoice,
    InvoiceMark,
    InvoiceRate,
    InvoiceUnit,
    JournalFile,
    JournalSlip,
    KeptSeal,
    LedgerCheck,
    MonthClosing,
    OrderNumber,
    Proposal,
)
from contracts.facts.marks import OF_CONTRACTS, Marked, Values, all_of, of_fact


def _over(row: Values) -> bool:
    return row["state"] in ("done", "failed")


def _done(row: Values) -> bool:
    return bool(row["state"] == "done")


_TAKEN_BACK = ("taken_back_at", "taken_back_by", "taken_back_because")

OF_ALL: tuple[Marked, ...] = (
    *OF_CONTRACTS,
    all_of(Invoice, "sent_on", "paid_on"),
    all_of(InvoiceRate),
    all_of(InvoiceUnit),
    all_of(HeldDecision),
    *of_fact(BillingGroupUnit),
    *of_fact(BillingParty),
    *of_fact(OrderNumber),
    all_of(InvoiceMark, *_TAKEN_BACK),
    Marked(InvoiceMark, _TAKEN_BACK, lambda row: row["taken_back_at"] is not None, "taken_back"),
    # Of its bytes the hash; that it is theirs is looked at for itself (billing.operations.check_documents).
    all_of(Document, "data"),
    all_of(KeptSeal),
    all_of(BillingGroup, first=("code",)),
    all_of(ExportRecord),
    all_of(JournalFile),
    all_of(JournalSlip),
    Marked(Proposal, ("month", "proposed_by_id", "proposed_at")),
    all_of(Proposal, when=_over, name="over"),
    Marked(MonthClosing, ("proposal_id", "proposed_by_id", "four_eyes", "asked_at")),
    all_of(MonthClosing, when=_done, name="done"),
    all_of(LedgerCheck, "sent_at", when=_over),
)
"""Every table of which rows are compared with what they were. Of a table in the order of its entries: they stand side by side."""
