"""What the ledger's commands take on their command line."""

from argparse import ArgumentTypeError
from datetime import date, datetime


def month(text: str) -> date:
    """YYYY-MM as the month's first day."""
    try:
        return datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        raise ArgumentTypeError(f"月はYYYY-MMで書いてください（{text}）") from None


def day(text: str) -> date:
    """YYYY-MM-DD as a day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"日付はYYYY-MM-DDで書いてください（{text}）") from None
