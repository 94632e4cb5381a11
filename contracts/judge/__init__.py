"""What the facts come to: whether they are allowed, what follows, what is coming, what has happened, what is to do."""
