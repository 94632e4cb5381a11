"""Tables of the ledger: months, their lines, what was held or parked."""

from billing.models.line import ChargeLine, HeldSettlement
from billing.models.month import Month, MonthChunk, ParkedTarget

__all__ = ["ChargeLine", "HeldSettlement", "Month", "MonthChunk", "ParkedTarget"]
