"""訂正: the two verbs that every kind of accepted fact has, their form, and the record of what was put right."""
