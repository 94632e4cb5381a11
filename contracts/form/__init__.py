"""申込書: the application form, line by line, as rows of the contract book, and what the terms say to it."""
