"""パスワード: set by its person, or by another only for one log-in — recorded, since whoever sets it could be that person."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.models import PasswordSet
from contracts.operations.refusal import Refused
from contracts.operations.rights import end_log_ins
from contracts.operations.witnessed import tells_itself


@transaction.atomic
def set_by_another(person: User, password: str, *, by: User) -> None:
    """Set another's password: they have to change it at the next log-in, and their log-ins end. Raises Refused for one's own."""
    if person.pk == by.pk:
        raise Refused(_("自分のパスワードは「パスワードの変更」で変えてください。"))
    _save(person, password)
    PasswordSet.objects.create(person=person, set_by=by)
    history.record("set_password", "password", str(person), by=by)
    end_log_ins([person.pk])


@transaction.atomic
def first_of(person: User, *, by: User) -> None:
    """Keep that a new person's first password was set by another."""
    PasswordSet.objects.create(person=person, set_by=by)
    history.record("set_password", "password", str(person), by=by)


@transaction.atomic
def change_own(person: User, password: str) -> None:
    """Somebody has chosen a password of their own."""
    _save(person, password)
    PasswordSet.objects.create(person=person, set_by=person)
    history.record("own_password", "password", str(person), by=person)


def _save(person: User, password: str) -> None:
    """Told here, and not once more by what listens to changes of people: it does not know who may know the password."""
    tells_itself(person)
    person.set_password(password)
    person.save(update_fields=["password"])


def has_to_change(person: User) -> bool:
    """Whether the last password was set by another: it lasts for one log-in."""
    last = PasswordSet.objects.filter(person=person).order_by("-pk").first()
    return last is not None and last.set_by_id != person.pk
