"""The admin screens of contracts."""
