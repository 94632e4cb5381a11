"""紙: the templates of what leaves the house on paper, and what sets them."""
