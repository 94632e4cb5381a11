"""The admin screens of billing: months and their lines to look at, and what is held to decide on."""

from billing.admin import billing_group, held, incident, invoice, line, month, notice, parked

__all__ = ["billing_group", "held", "incident", "invoice", "line", "month", "notice", "parked"]
