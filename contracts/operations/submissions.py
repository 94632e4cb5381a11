"""送信: a form is carried out once, however often it is sent. Its key is written with what it wrote, and unique."""

import re
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from contracts.models import Submission

FIELD = "once"
"""What forms call the field with their key."""
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class SentBeforeError(Exception):
    """The form was carried out already; ``submission`` says where that led."""

    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.key)
        self.submission = submission


def new_key() -> str:
    """A key for one form on one page."""
    return str(uuid4())


def is_key(given: str) -> bool:
    """Whether it can be a key that a page of ours gave out."""
    return bool(_KEY.fullmatch(given))


def claim(key: str, *, by: User) -> Submission:
    """Take the key for the transaction that is open; whoever sends the same form meanwhile waits for its end.

    Raises SentBeforeError where the form was carried out already.
    """
    try:
        with transaction.atomic():
            return Submission.objects.create(key=key, person=by)
    except IntegrityError as error:
        raise SentBeforeError(Submission.objects.get(key=key)) from error


def keep(submission: Submission, *, led_to: str) -> None:
    """The form wrote something: from now on it leads to that page."""
    submission.led_to = led_to
    submission.save(update_fields=["led_to"])


def release(submission: Submission) -> None:
    """The form wrote nothing and is shown again: it can be sent again."""
    submission.delete()
