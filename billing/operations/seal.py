"""The hash that seals a closed month: over its own values, its chunks' hashes, what it holds and parked, and the month before."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from billing.models import Month

_MONTH = ("month", "facts_revision", "closed_at", "closed_by", "left_out", "line_count", "total_yen", "entries_seen")


def sealed(row: Month) -> str:
    """SHA-256 of a month with its lines computed, as hexadecimal digits. Streams; reads the chunks, not the lines they hash."""
    digest = hashlib.sha256()

    def add(kind: str, *values: Any) -> None:
        digest.update(json.dumps([kind, *values], ensure_ascii=False, default=_text).encode() + b"\n")

    before = Month.objects.filter(month__lt=row.month).order_by("-month").values_list("sha256", flat=True).first()
    add("month", before or "", *(getattr(row, name) for name in _MONTH))
    for kind, rows in (("chunk", row.chunks), ("held", row.held), ("parked", row.parked)):
        for values in rows.order_by("pk").values_list().iterator():
            add(kind, *values)
    return digest.hexdigest()


def _text(value: Any) -> str:
    # A moment as it is in UTC: databases hand it back in other zones.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
