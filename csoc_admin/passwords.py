"""What a password may be: read as people read it — full-width letters as plain ones, capitals as small — before it is compared."""

import unicodedata
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)


def folded(password: str) -> str:
    """A password as it is compared: NFKC, without regard to case or to spaces."""
    return "".join(unicodedata.normalize("NFKC", password).casefold().split())


class NotCommon(CommonPasswordValidator):
    """None of the passwords that everybody tries, however it is written."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(folded(password), user)


class NotOnlyDigits(NumericPasswordValidator):
    """Not digits alone, in whatever script."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(folded(password), user)


class NotLikeTheirName(UserAttributeSimilarityValidator):
    """Not like the person's own log-in, name or address."""

    def validate(self, password: str, user: Any = None) -> None:
        super().validate(folded(password), user)
