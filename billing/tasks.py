"""Celery's tasks of billing. They only call operations, which may be called any number of times."""

from celery import shared_task

from billing.operations.closing import carry_out


@shared_task  # type: ignore[untyped-decorator]
def close(closing: int) -> str:
    """Carry out the closing that was asked for; the state it comes to."""
    return carry_out(closing)
