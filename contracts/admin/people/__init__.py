"""利用者と権限: people, roles, what they may do and who changed it."""
