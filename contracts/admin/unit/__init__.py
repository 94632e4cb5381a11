"""管理単位: its list, its page, its time line."""
