"""第二要素の削除: of somebody who has lost theirs — asked for by another, kept in the history; they log in anew, by their password."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history
from contracts.operations.refusal import Refused
from contracts.operations.rights import end_log_ins


@transaction.atomic
def remove_factors(person: User, *, reason: str, by: User) -> list[str]:
    """Remove every second factor of a person, and end their log-ins; the kinds that they had.

    Raises Refused for one's own, for ``by`` who is not at work here (no more), without a reason, and where there is none.
    """
    if person.pk == by.pk:
        raise Refused(_("自分の第二要素は、この方法では外せません。別の人が依頼してください。"))
    if not by.is_active or not by.is_staff:
        raise Refused(_("依頼した人「%(name)s」は、ログインできる利用者ではありません。") % {"name": by})
    if not reason.strip():
        raise Refused(_("理由が必要です。"))
    factors = Authenticator.objects.select_for_update(no_key=True).filter(user=person)
    kinds = sorted(factor.type for factor in factors)
    if not kinds:
        raise Refused(_("利用者「%(name)s」に第二要素はありません。") % {"name": person})
    factors.delete()
    after: dict[str, list[str]] = {"second_factors": []}
    history.record(
        "change_person",
        "person",
        str(person),
        by=by,
        reason=reason.strip(),
        before={"second_factors": kinds},
        after=after,
    )
    end_log_ins([person.pk])
    return kinds
