"""帳票: looked at, and taken out."""
