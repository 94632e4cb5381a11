"""お客様への書面: what invoices and letters say, made once as PDF, kept, bound together, sent by mail."""
