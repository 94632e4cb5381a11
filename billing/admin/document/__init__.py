"""お客様への書面: what left the house on paper, and the mails that carry it."""
