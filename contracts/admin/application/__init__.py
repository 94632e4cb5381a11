"""申込: the form, the judgement beside it, the decision."""
