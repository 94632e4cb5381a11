"""What an operation says when it does not do what was asked: a sentence a person can act on, and the clause behind it."""

from dataclasses import dataclass


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
