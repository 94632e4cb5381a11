"""The earlier versions of an application that came back: each as it was received, out of the history, with why it came back."""

from typing import Any

from contracts.admin.application.lines import readable
from contracts.models import Application, Entry

RECEIVED, BACK = "receive", ("send_back", "reopen")


def versions(application: Application) -> list[dict[str, Any]]:
    """Every version that was received and came back, the latest first: when and by whom, and why and by whom it came back."""
    asked = Entry.objects.filter(record="application", subject=application.number, operation__in=[RECEIVED, *BACK])
    found: list[dict[str, Any]] = []
    received: Entry | None = None
    for entry in asked.order_by("pk"):
        if entry.operation == RECEIVED:
            received = entry
        elif received is not None:
            lines = list(readable((received.after or {}).get("lines", []), {}))
            found.append({"received": received, "back": entry, "lines": lines, "number": len(found) + 1})
            received = None
    return found[::-1]
