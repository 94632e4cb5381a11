"""Tables of the ledger: months, their lines, what was held or parked, and what was decided on it."""

from billing.models.decision import HeldDecision
from billing.models.line import ChargeLine, HeldSettlement
from billing.models.month import Month, MonthChunk, ParkedTarget

__all__ = ["ChargeLine", "HeldDecision", "HeldSettlement", "Month", "MonthChunk", "ParkedTarget"]
