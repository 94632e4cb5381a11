"""The admin screens of billing: months and their lines to look at, reports to take out."""

from billing.admin import export_record, line, month, parked

__all__ = ["export_record", "line", "month", "parked"]
