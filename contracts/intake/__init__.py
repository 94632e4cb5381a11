"""What people hand over, as facts and faults: the contract book, and the lines of an application form."""
