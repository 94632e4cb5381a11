"""二人での確認: one rule for all that is decided by another — whoever had a hand in it does not decide it.

A hand is a draft, an edit, a receipt, a correction, a request. Whoever set the password of one of them could have been that person,
and does not decide either, until a third person has set it anew.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import F
from django.utils.translation import gettext as _

from contracts.models import Hand, PasswordSet
from contracts.operations.refusal import Refused


def lend_hand(record: str, number: int, *, by: User, did: str) -> None:
    """Keep that the person had a hand in a record: ``did`` what. Kept once, however often it is done."""
    Hand.objects.get_or_create(record=record, number=number, person=by, did=did)


def hands(record: str, number: int, besides: Iterable[int | None] = ()) -> set[int]:
    """The ids of everybody who had a hand in a record; ``besides``: those that its own columns name."""
    found = set(Hand.objects.filter(record=record, number=number).values_list("person_id", flat=True))
    return found | {pk for pk in besides if pk is not None}


def is_another(by: User, of: Iterable[int]) -> bool:
    """Whether the person is none of them, and could have been none of them by a password."""
    people = set(of)
    return by.pk not in people and not _could_have_been(by, people)


def by_another(by: User, of: Iterable[int], *, said: str) -> None:
    """Raises Refused with the sentence ``said`` for one of those people, and for whoever set a password of theirs."""
    people = set(of)
    if by.pk in people:
        raise Refused(said)
    names = _could_have_been(by, people)
    if names:
        sentence = _(
            "%(names)sのパスワードを設定した人は、その人が関わったものを決定できません。別の人が決定してください。"
        )
        raise Refused(sentence % {"names": _("、").join(names)})


def _could_have_been(by: User, people: set[int]) -> list[str]:
    """The log-ins of those whose password the person set, as the last one beside themselves."""
    last: dict[int, PasswordSet] = {}
    rows = PasswordSet.objects.filter(person__in=people).exclude(set_by=F("person")).select_related("person")
    for row in rows.order_by("pk"):
        last[row.person_id] = row
    return sorted(row.person.username for row in last.values() if row.set_by_id == by.pk)
