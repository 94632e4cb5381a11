"""請求書 and whom they are for."""
