"""What of the ledger's side is in the book: the groups that units are invoiced in. Months, lines and invoices are not."""

from billing.models import BillingGroup, BillingGroupUnit
from contracts.facts.recorded import OF_CONTRACTS, Recorded

OF_THE_BOOK: tuple[Recorded, ...] = (
    *OF_CONTRACTS,
    Recorded("billing_groups", "請求先グループ", BillingGroup, "code"),
    Recorded("billing_group_units", "グループの管理単位", BillingGroupUnit),
)
"""Every table of the record, in the order of its sheets."""
