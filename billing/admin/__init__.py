"""The admin screens of billing: months and their lines to look at."""

from billing.admin import line, month, parked

__all__ = ["line", "month", "parked"]
