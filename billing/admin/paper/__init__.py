"""お客様への書面: what left the house as paper, and the mails that carry it."""
