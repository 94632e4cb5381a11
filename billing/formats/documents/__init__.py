"""紙: the templates of what leaves the house on document, and what sets them."""
