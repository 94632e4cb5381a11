"""Tables of the ledger: months, their lines, what was held or parked, and what was decided on it."""

from billing.models.beside import ProposalCustomer, ProposalDifference
from billing.models.decision import HeldDecision
from billing.models.document import Document, DocumentMail
from billing.models.export import ExportRecord
from billing.models.forecast import Forecast, ForecastEvent, ForecastMovement, ForecastPart, ForecastRow
from billing.models.group import BillingGroup, BillingGroupUnit
from billing.models.invoice import Invoice, InvoiceRate, InvoiceUnit
from billing.models.journal import JournalFile, JournalSlip
from billing.models.kept import KeptSums
from billing.models.ledger_check import LedgerCheck
from billing.models.line import ChargeLine, HeldSettlement
from billing.models.mark import InvoiceMark, Receipts
from billing.models.month import Month, MonthChunk, ParkedTarget
from billing.models.moved import MovedUnit
from billing.models.party import BillingParty, KeptSeal, OrderNumber
from billing.models.proposal import MonthClosing, Proposal, ProposalPart

__all__ = [
    "BillingGroup",
    "BillingGroupUnit",
    "BillingParty",
    "ChargeLine",
    "Document",
    "DocumentMail",
    "ExportRecord",
    "Forecast",
    "ForecastEvent",
    "ForecastMovement",
    "ForecastPart",
    "ForecastRow",
    "HeldDecision",
    "HeldSettlement",
    "Invoice",
    "InvoiceMark",
    "InvoiceRate",
    "InvoiceUnit",
    "JournalFile",
    "JournalSlip",
    "KeptSeal",
    "KeptSums",
    "LedgerCheck",
    "Month",
    "MonthChunk",
    "MonthClosing",
    "MovedUnit",
    "OrderNumber",
    "ParkedTarget",
    "Proposal",
    "ProposalCustomer",
    "ProposalDifference",
    "ProposalPart",
    "Receipts",
]
