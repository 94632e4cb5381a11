"""What an operation says when it does not do what was asked: a sentence a person can act on, and the clause behind it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the sentence, the field of the form it belongs to ('' for the whole), the clause ('' for none)."""

    message: str
    field: str = ""
    clause: str = ""


class Refused(Exception):
    """Nothing was done, and why. Raised inside the operation's transaction, which it ends."""

    def __init__(self, message: str, field: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.reason = Reason(message, field, clause)


class OutdatedError(Refused):
    """The facts are no longer those on which what follows was shown."""

    def __init__(self) -> None:
        super().__init__(
            _("表示した後に事実が変わりました。起こることを計算し直しました。確かめて、もう一度確定してください。")
        )
