"""What the terms say, in the language of the screen."""

from django.utils.translation import gettext

from contracts.terms.clause import spoken
from contracts.terms.standing import Violation


def clause_said(clause: str) -> str:
    """A clause as people read it, in the active language; '' for ''."""
    return spoken(clause)


def violation_said(violation: Violation) -> str:
    """What a violation says, in the active language."""
    return gettext(violation.text).format(**dict(violation.values))
