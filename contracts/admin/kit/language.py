"""What the terms say, in the language of the screen."""

from collections.abc import Iterable

from django.utils.translation import get_language, gettext

from contracts.intake.sentence import Sentence
from contracts.terms.clause import spoken, spoken_in_english
from contracts.terms.standing import Violation


def clause_said(clause: str) -> str:
    """A clause as people read it, in the active language; '' for ''."""
    return spoken(clause) if (get_language() or "ja").startswith("ja") else spoken_in_english(clause)


def violation_said(violation: Violation) -> str:
    """What a violation says, in the active language."""
    return filled(violation.text, violation.values)


def filled(text: str, values: Iterable[tuple[str, str]]) -> str:
    """A sentence and what fills it, in the active language; names of the catalogue, and what somebody wrote, stay."""
    return Sentence(text, **dict(values)).said()


def with_clause(sentence: str, clause: str) -> str:
    """A sentence, and the clause it rests on behind it in brackets, where there is one."""
    return sentence + gettext("（%(what)s）") % {"what": clause_said(clause)} if clause else sentence
