"""The admin screens of billing: months and their lines to look at, what is held to decide on, what is taken out."""

from billing.admin import (
    billing_group,
    export_record,
    held,
    incident,
    invoice,
    line,
    month,
    notice,
    parked,
    proposal,
)

__all__ = [
    "billing_group",
    "export_record",
    "held",
    "incident",
    "invoice",
    "line",
    "month",
    "notice",
    "parked",
    "proposal",
]
