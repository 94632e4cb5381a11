"""Celery's tasks of billing. They only call operations, which may be called any number of times."""

from logging import getLogger

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError

from billing.facts.span import UnitRange
from billing.models import Month, MonthClosing
from billing.operations.ask_ledger_check import carry_out_check
from billing.operations.close_month import compute_range
from billing.operations.closing import carry_out
from billing.operations.documents.making import make_missing, ranges
from billing.operations.forecast import compute_forecast
from billing.operations.kept_sums import keep_sums
from billing.operations.propose import compute_proposal
from billing.operations.take_book import take_book, try_book
from contracts.operations.queue import hand_over
from contracts.terms.days import month_period

log = getLogger(__name__)

BY_ITSELF = "定時処理"


@shared_task  # type: ignore[untyped-decorator]
def close(closing: int) -> str:
    """Carry out the closing that was asked for; the state it comes to."""
    state = carry_out(closing, share=share)
    if state == "done":
        _keep_sums(closing)
    return state


def _keep_sums(closing: int) -> None:
    """Make what is kept of a month just closed, while nobody waits. Whoever asks later makes it where this fails."""
    try:
        keep_sums(Month.objects.get(month=MonthClosing.objects.get(pk=closing).proposal.month))
    except DatabaseError:
        log.exception("the sums of the closing %s could not be kept", closing)


def ask(closing: int) -> None:
    """Hand a closing over. Where the broker does not answer it stays waiting, and can be gone on with by its button."""
    hand_over(close, closing)


@shared_task  # type: ignore[untyped-decorator]
def propose(proposal: int) -> str:
    """Compute the proposal that was asked for; the state it comes to."""
    return compute_proposal(proposal)


def ask_for_proposal(proposal: int) -> None:
    """Hand a proposal over. Where the broker does not answer it stays waiting, and can be gone on with by its button."""
    hand_over(propose, proposal)


@shared_task  # type: ignore[untyped-decorator]
def forecast(pk: int) -> str:
    """Compute the forecast that was asked for; the state it comes to."""
    return compute_forecast(pk)


def ask_for_months_ahead(forecast_pk: int) -> None:
    """Hand a forecast over. Where the broker does not answer it stays waiting, and can be gone on with by its button."""
    hand_over(forecast, forecast_pk)


@shared_task  # type: ignore[untyped-decorator]
def check(ledger_check: int) -> str:
    """Check the ledger as was asked; the state it comes to."""
    return carry_out_check(ledger_check)


def ask_to_check(ledger_check: int) -> None:
    """Hand a check of the ledger over. Where the broker does not answer it stays waiting, and can be gone on with by its button."""
    hand_over(check, ledger_check)


@shared_task  # type: ignore[untyped-decorator]
def try_upload(upload: int) -> str:
    """Try the book that was brought; the state it comes to."""
    return try_book(upload)


def ask_for_trial(upload: int) -> None:
    """Hand a book over to be tried. Where the broker does not answer it stays waiting, and can be tried again by its button."""
    hand_over(try_upload, upload)


@shared_task  # type: ignore[untyped-decorator]
def take_upload(upload: int) -> str:
    """Take in the book that was decided on; the state it comes to."""
    return take_book(upload)


def ask_to_take_in(upload: int) -> None:
    """Hand a book over to be taken in. Where the broker does not answer it stays so, and can be gone on with by its button."""
    hand_over(take_upload, upload)


@shared_task  # type: ignore[untyped-decorator]
def compute(month: int, after: int, last: int) -> None:
    """Compute one range of units of an open month; nothing where it is computed or the month is closed."""
    row = Month.objects.filter(pk=month).first()
    if row is not None:
        compute_range(row.pk, UnitRange(after, last), month_period(row.month))


def share(month: Month, ranges: list[UnitRange]) -> bool:
    """Hand the ranges of a month to whatever workers there are; without a broker nobody shares."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return False
    return all(hand_over(compute, month.pk, some.after, some.last) for some in ranges)


@shared_task  # type: ignore[untyped-decorator]
def make_documents(month: int, first: int = 0, last: int | None = None) -> int:
    """Make the documents that invoices of a month, of a range of ids, do not have yet; how many it made."""
    row = Month.objects.filter(pk=month).first()
    return make_missing(row, by=BY_ITSELF, first=first, last=last) if row is not None else 0


def ask_for_documents(month: int) -> None:
    """Hand the documents of a month to whatever workers there are. What the queue loses, the next job makes."""
    for first, last in ranges(Month.objects.get(pk=month)):
        hand_over(make_documents, month, first, last)
