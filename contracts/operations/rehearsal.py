"""予行: a day to come is named in a rehearsal alone, and what is closed in one is marked."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from contracts import clock
from contracts.operations.refusal import Refused

MARK = "【予行】"
"""Before the name of whoever closes a month or issues its invoices in a rehearsal."""


def not_to_come(on: date) -> date:
    """The day itself. Raises Refused for one after today, but in a rehearsal: what is done on it could not be done before it."""
    if on > clock.today() and not settings.REHEARSAL:
        said = {"on": on.isoformat(), "today": clock.today().isoformat()}
        raise Refused(_("%(on)sは未来の日です（今日は%(today)s）。予行なら、REHEARSAL=1で始めてください。") % said)
    return on


def marked(by: str) -> str:
    """Who does it, marked in a rehearsal."""
    return f"{MARK}{by}"[:150] if settings.REHEARSAL and not by.startswith(MARK) else by
