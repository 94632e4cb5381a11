"""How long PostgreSQL is waited for: to be reached, to answer a statement, and to let go of what others are writing."""

from typing import Any

CONNECTION = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""A server that is gone is an error soon, not after the minutes that TCP would wait: before it is reached, and in the middle of an answer."""


def with_patience(options: dict[str, Any], *, statement_seconds: int, lock_seconds: int) -> dict[str, Any]:
    """The options of a connection with what is waited for at most, in seconds; 0: as long as it takes. What is given goes before."""
    limits = {"statement_timeout": statement_seconds, "lock_timeout": lock_seconds}
    said = [options.get("options", ""), *(f"-c {name}={seconds}s" for name, seconds in limits.items() if seconds)]
    return {**CONNECTION, **options, "options": " ".join(filter(None, said))}
