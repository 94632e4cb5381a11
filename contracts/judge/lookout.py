"""The day on which work is looked at, and the next day on which it may be otherwise: every rule that hangs on the day asks here."""

from datetime import date

from contracts.terms.days import NOT_YET_KNOWN


class Lookout:
    """A day that is asked whether it has reached others, and remembers the earliest one that it has not.

    What was worked out by no other means than ``reached`` is the same on every day before ``changes_on``: each answer stays as
    it is until that day. So a unit has to be looked at again when that day has come, and not before.
    """

    def __init__(self, on: date) -> None:
        self.on = on
        self.changes_on: date | None = None

    def reached(self, day: date) -> bool:
        """Whether ``day`` has come; if it has not, the work may change on it. What has no day yet never comes."""
        if self.on >= day:
            return True
        if day < NOT_YET_KNOWN and (self.changes_on is None or day < self.changes_on):
            self.changes_on = day
        return False

    def over(self, last: date) -> bool:
        """Whether the day ``last`` is over."""
        return last < NOT_YET_KNOWN and self.reached(date.fromordinal(last.toordinal() + 1))
