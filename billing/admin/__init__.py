"""The admin screens of billing: months and their lines to look at."""

from billing.admin import line, month, notice, parked

__all__ = ["line", "month", "notice", "parked"]
