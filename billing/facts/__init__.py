"""Facts for the month: what is charged (load), what was billed (ledger), what finance chose (policy)."""
