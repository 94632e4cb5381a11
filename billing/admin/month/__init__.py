"""月次: the proposal, the close, and what it holds."""
