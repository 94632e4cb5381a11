"""The settings that a process started with, as the history keeps them: what decides, and no secret."""

from hashlib import sha256
from logging import getLogger
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from contracts.operations.witnessed import settings_seen
from csoc_admin.production import owner_that_serves

log = getLogger(__name__)

TOLD = (
    *(
        "FOUR_EYES",
        "TOLD_WITHIN_HOURS",
        "LARGE_CORRECTION_YEN",
        "BOOK_MEGABYTES",
        "INVOICE_ISSUER",
        "INVOICE_REGISTRATION",
    ),
    *(
        "DEBUG",
        "HTTPS",
        "MAINTENANCE",
        "ALLOWED_HOSTS",
        "SITE_URL",
        "MONTH_PROCESSES",
        "JOB_ATTEMPTS",
        "SESSION_COOKIE_AGE",
    ),
    *("CHAIN_HEAD_MAIL", "CHAIN_HEAD_FILE", "EMAIL_HOST", "DEFAULT_FROM_EMAIL"),
)
"""The settings that are told by their values; of the database its address without the password, of finance's file its hash."""


def seen() -> dict[str, Any]:
    """What the settings are, by their names."""
    values = {name: getattr(settings, name) for name in TOLD}
    known = settings.DATABASES["default"]
    values["DATABASE"] = (
        f"{known['ENGINE'].rpartition('.')[2]} {known.get('HOST', '')} {known['NAME']} {known.get('USER', '')}"
    )
    file = Path(settings.FINANCE_FILE)
    values["FINANCE_FILE"] = sha256(file.read_bytes()).hexdigest() if file.exists() else ""
    return values


def tell(by: str) -> None:
    """Write them into the history where they changed; ``by`` is what has started."""
    settings_seen(seen(), by=by)


def at_start(by: str) -> None:
    """Tell them, and let go of the connection: what starts may be copied into processes that each need their own."""
    tell(by)
    if name := owner_that_serves():
        log.warning("the database's role %s owns the tables: it could take the guards off (docs/operations.md)", name)
    connections.close_all()
