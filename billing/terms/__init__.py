"""What the terms say of money (第13〜15条, 別紙1〜4): plain functions over integers and dates."""
