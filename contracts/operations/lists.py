"""一覧: how a person left a list, and that its rows were taken out of the system."""

from django.contrib.auth.models import User
from django.db import transaction

from contracts.facts import history
from contracts.models import ListChoice

LONGEST = 500
"""Letters of a choice that is kept; what is longer is not."""


def choice_of(person: User, list_name: str) -> str:
    """How the person left the list, as its address says it; '' for as it comes."""
    own = ListChoice.objects.filter(person=person.get_username(), list=list_name)
    return own.values_list("query", flat=True).first() or ""


@transaction.atomic
def keep_choice(person: User, list_name: str, query: str) -> None:
    """Keep how the person left the list; '' forgets it. What is kept already is not written again."""
    if len(query) > LONGEST or query == choice_of(person, list_name):
        return
    who = person.get_username()
    if query:
        ListChoice.objects.update_or_create(person=who, list=list_name, defaults={"query": query})
    else:
        ListChoice.objects.filter(person=who, list=list_name).delete()


def record_taken_out(title: str, file_format: str, narrowed: str, *, by: User) -> None:
    """Write down in the history that the rows of a list left the system, and what it was narrowed by."""
    history.record("book_export", "book_export", title, by=by, reason=" ".join(filter(None, (file_format, narrowed))))
