"""The admin screens of the ledger."""
