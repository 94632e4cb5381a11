"""書面の定時処理: makes what is missing and sends what waits, every hour; for the schedule."""

from datetime import date

from billing.operations.documents.mail import send_waiting
from billing.operations.documents.making import make_missing, unmade
from contracts.operations.step import JobSteps, Step

DOCUMENTS_AN_HOUR, MAILS_AN_HOUR = 5_000, 2_000
"""What one run does at most; the rest waits for the next."""


def _count(on: date) -> int:
    return unmade().count()


def _nothing(on: date, after: int) -> Step:
    """Papers need no lock of the facts: they are made of what is issued, afterwards."""
    return Step(None)


def _make_and_send(on: date) -> None:
    make_missing(by="定時処理", most=DOCUMENTS_AN_HOUR)
    send_waiting(most=MAILS_AN_HOUR)


DOCUMENTS = JobSteps(_count, _nothing, _make_and_send)
