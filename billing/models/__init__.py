"""Tables of the ledger: months, their lines, what was held or parked, and what was decided on it."""

from billing.models.beside import ProposalCustomer, ProposalDifference
from billing.models.check import LedgerCheck
from billing.models.decision import HeldDecision
from billing.models.export import ExportRecord
from billing.models.invoice import BillingGroup, BillingGroupUnit, Invoice, InvoiceRate, InvoiceUnit
from billing.models.journal import JournalFile, JournalSlip
from billing.models.kept import KeptSums
from billing.models.line import ChargeLine, HeldSettlement
from billing.models.month import Month, MonthChunk, ParkedTarget
from billing.models.moved import MovedUnit
from billing.models.proposal import MonthClosing, Proposal, ProposalPart

__all__ = [
    "BillingGroup",
    "BillingGroupUnit",
    "ChargeLine",
    "ExportRecord",
    "HeldDecision",
    "HeldSettlement",
    "Invoice",
    "InvoiceRate",
    "InvoiceUnit",
    "JournalFile",
    "JournalSlip",
    "KeptSums",
    "LedgerCheck",
    "Month",
    "MonthChunk",
    "MonthClosing",
    "MovedUnit",
    "ParkedTarget",
    "Proposal",
    "ProposalCustomer",
    "ProposalDifference",
    "ProposalPart",
]
