"""The text of an entry that its link hashes: one for every database, kept apart from the tables for the migration's sake."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

SAID = ("id", "at", "actor", "operation", "record", "subject", "unit_id", "reason", "before", "after")
"""The columns of an entry, in the order in which they are hashed."""


def link_of(before: str, position: int, said: tuple[Any, ...]) -> str:
    """The SHA-256 of a link, in hexadecimal digits: over the link ``before`` ('' for the first), its place, and the entry as it is
    stored. Moments are written as they are in UTC: databases hand them back in other zones.
    """
    text = json.dumps([before, position, *said], ensure_ascii=False, sort_keys=True, default=_text)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
