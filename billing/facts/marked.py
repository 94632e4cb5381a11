"""What of the ledger's side stays once it is written, beside the lines, which are sealed with their month."""

from billing.models import (
    ExportRecord,
    HeldDecision,
    Invoice,
    InvoiceRate,
    InvoiceUnit,
    JournalFile,
    JournalSlip,
    LedgerCheck,
    MonthClosing,
    Proposal,
)
from contracts.facts.marks import OF_CONTRACTS, Marked, Values, all_of


def _over(row: Values) -> bool:
    return row["state"] in ("done", "failed")


def _done(row: Values) -> bool:
    return bool(row["state"] == "done")


OF_ALL: tuple[Marked, ...] = (
    *OF_CONTRACTS,
    all_of(Invoice),
    all_of(InvoiceRate),
    all_of(InvoiceUnit),
    all_of(HeldDecision),
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
