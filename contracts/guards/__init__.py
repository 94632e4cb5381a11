"""What the database itself refuses, as data (of_contracts), and the one step that puts it on after every migrate (step)."""
