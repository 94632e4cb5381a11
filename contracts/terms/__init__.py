"""What the terms say: plain functions over plain values. No Django, no database, no clock."""
