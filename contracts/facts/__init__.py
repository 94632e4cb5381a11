"""Facts between the tables and the terms: load (tables to plain facts) and save (plain facts to tables)."""
