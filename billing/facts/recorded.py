"""What of the ledger's side is in the book: whom is billed, and the groups that units are invoiced in. Months, lines and invoices are not."""

from billing.models import BillingGroup, BillingGroupUnit, BillingParty, OrderNumber
from contracts.facts.recorded import OF_CONTRACTS, Recorded

OF_THE_BOOK: tuple[Recorded, ...] = (
    *OF_CONTRACTS,
    Recorded("billing_groups", "請求先グループ", BillingGroup, "code"),
    Recorded("billing_group_units", "グループの管理単位", BillingGroupUnit),
    Recorded("billing_parties", "請求先", BillingParty),
    Recorded("order_numbers", "管理単位の注文番号", OrderNumber),
)
"""Every table of the record, in the order of its sheets."""
