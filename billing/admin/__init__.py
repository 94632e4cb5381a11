"""The admin screens of billing: months and their lines to look at, and what is held to decide on."""

from billing.admin import held, line, month, notice, parked

__all__ = ["held", "line", "month", "notice", "parked"]
