"""Tables of the ledger: months, their lines, what was held or parked, and what was taken out."""

from billing.models.export import ExportRecord
from billing.models.line import ChargeLine, HeldSettlement
from billing.models.month import Month, MonthChunk, ParkedTarget

__all__ = ["ChargeLine", "ExportRecord", "HeldSettlement", "Month", "MonthChunk", "ParkedTarget"]
