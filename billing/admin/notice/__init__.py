"""解約通知 and 廃止, with all that follows and what it costs."""
