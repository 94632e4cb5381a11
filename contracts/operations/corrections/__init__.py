"""訂正: accepted facts put right or taken back — one shape (kind), the ground it needs (ground), and a file a group of facts."""
