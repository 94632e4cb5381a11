"""動作の宣言: what a verb is. What the admin makes of it — its button, its page, what follows — is contracts.admin.kit.verbs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib.auth.models import User

from contracts.admin.kit.following import Rehearsal

Given = Mapping[str, Any]
"""The values of a verb's form."""


def always(row: Any) -> bool:
    """For verbs that every record offers."""
    return True


def never(row: Any) -> bool:
    """For verbs that no record waits for."""
    return False


def no_reason(row: Any) -> Any:
    """For verbs that nothing stands against where they are offered."""
    return ""


def nothing_to_show(row: Any, given: Given) -> list[str]:
    """For verbs that do just what their form says."""
    return []


def no_units(row: Any, given: Given) -> Collection[int]:
    """For verbs that touch no unit's facts."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Verb:
    """One thing to do: ``do`` is an operation, called with the record, the form's values and who asks; it may raise Refused.

    ``offered`` says whether the record is in a state for it; ``initial`` fills the form; ``weight`` is the button's look.

    ``follows`` gives the verb's own sentences of what would follow, from the record, the form's values and the rehearsal of
    ``do`` on its ``units``; those of ends, conditions and yen are put behind them. What follows is shown first and has to be
    confirmed; where nothing does, the verb is carried out at once. ``preview`` is for what is too much to rehearse: the
    sentences of what the operation itself counts.
    """

    name: str
    label: Any
    permission: str
    form: type[forms.Form]
    do: Callable[[Any, Given, User], Any]
    done: Any
    clause: str = ""
    offered: Callable[[Any], bool] = always
    why_not: Callable[[Any], Any] = no_reason
    """Why it would be refused as the record stands: its button is greyed, and says so. '' where it would not."""
    awaited: Callable[[Any], bool] = never
    """Whether the record waits for it before anything else: its button is the loud one then."""
    initial: Callable[[Any], dict[str, Any]] = field(default=lambda row: {})
    by_address: Sequence[str] = ()
    """Fields that another page fills through the address; they are shown, and change nothing by themselves."""
    follows: Callable[[Any, Given, Any], list[str]] | None = None
    by_result: bool = False
    """Whether ``follows`` tells of the operation's result and of nothing else that is stored: then confirming it runs it once."""
    units: Callable[[Any, Given], Collection[int]] = no_units
    large: str = ""
    """The permission that corrections of LARGE_CORRECTION_YEN and more ask for; '' where whoever may do it may do it for any."""
    late: bool = False
    """Whether what follows takes so long that the page comes first, and it after it (contracts.admin.kit.late)."""
    bills: bool = True
    """Whether yen can follow: where none can, no month is computed, however many the units are."""
    preview: Callable[[Any, Given], list[str]] | None = None
    counted: Callable[[Any, Given], dict[str, Any]] | None = None
    """Values of hidden fields that hold what the preview was shown on, for ``do`` to compare."""
    help: Any = ""
    weight: str = ""
    fit: Callable[[Any, Any], None] | None = None
    """Brings the form to the record, called with both: its choices, and fields that are nothing to it."""
    open_to: Callable[[Any, User], bool] = lambda row, by: True
    """Whether the button is for the person; what they may not do is refused by the operation whoever asks."""
    second: Callable[[Any, Given, Rehearsal], bool] | None = None
    """Whether another person has to confirm it (FOUR_EYES): then it is asked for, and done once somebody else confirms."""
    second_permission: str = ""
    """What the other person may; the verb's own permission where not given."""
    then: Callable[[Any, Any], str] | None = None
    """Where to go once it is done, from the record and the operation's result; back to the record where not given."""
