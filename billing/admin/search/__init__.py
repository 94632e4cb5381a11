"""検索: the page of one search over everything, invoices included."""
