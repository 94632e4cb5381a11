"""One file a kind of record: its list, its page, its verbs."""
