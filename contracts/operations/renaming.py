"""名称変更: a customer or a management unit is called otherwise from a day on. What was said of earlier days stays (I-52)."""

from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.facts import history, name_keys
from contracts.facts.party_names import PARTIES, named_otherwise, names_of_party
from contracts.facts.writing import Writing
from contracts.models import Customer, ManagementUnit, Name
from contracts.operations.refusal import Refused

Owner = Customer | ManagementUnit


def about(owner: Owner) -> dict[str, Any]:
    """Whose name it is, as Name has it."""
    return {"customer": owner} if isinstance(owner, Customer) else {"unit": owner}


@transaction.atomic
def rename(owner: Owner, *, name: str, kana: str = "", from_on: date, reason: str, on: date, by: User) -> Name:
    """名称変更 from a day on, gone by or to come. Raises Refused without a reason, where it is called so on that day anyway, and
    where a name begins on that day already: that one is put right (contracts.operations.corrections.of_names).
    """
    writing = Writing.begin(by=by, on=on)
    if not reason.strip():
        raise Refused(_("理由が必要です。"), field="reason")
    stored = _locked(owner)
    first_name(stored, writing)
    said = {"name": name.strip(), "kana": kana.strip()}
    known = names_of_party(stored)
    if any(one.from_on == from_on for one in known):
        raise Refused(
            _("この日からの名称が既に記録されています。その名称を訂正してください（I-52）。"), field="from_on"
        )
    before = [one for one in known if one.from_on is None or one.from_on < from_on][-1]
    if (before.name, before.kana) == (said["name"], said["kana"]):
        raise Refused(_("この日の名称は、既に「%(name)s」です。") % said, field="name")
    row = writing.add(Name(**about(stored), **said, from_on=from_on))
    history.record(
        "rename",
        "name",
        stored.code,
        by=by,
        unit_id=row.unit_id,
        before={"name": before.name, "kana": before.kana},
        after={**said, "from_on": from_on},
        reason=reason.strip(),
    )
    bring_name_up(stored, on=on)
    return row


def _locked(owner: Owner) -> Any:
    return type(owner)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)


def first_name(owner: Owner, writing: Writing) -> Name:
    """The row of what a party was called from the beginning; written where there is none yet, as known from the beginning too."""
    known = Name.objects.standing().filter(**about(owner), from_on=None).first()
    if known is not None:
        return known  # type: ignore[no-any-return]
    return writing.add_as_ever(Name(**about(owner), name=owner.name, kana=getattr(owner, "kana", "")))


@transaction.atomic
def first_name_of(owner: Owner, *, on: date, by: User) -> Name:
    """The row of what a party was called from the beginning, to be put right."""
    writing = Writing.begin(by=by, on=on)  # before the party: in the order in which all others take them
    return first_name(_locked(owner), writing)


def bring_name_up(owner: Owner, *, on: date) -> None:
    """The name that stands with the party is what it is called on the day; it is found by all its names."""
    now = [one for one in names_of_party(owner) if one.from_on is None or one.from_on <= on][-1]
    owner.name = now.name
    if isinstance(owner, Customer):
        owner.kana = now.kana
        owner.save(update_fields=["name", "kana"])
    else:
        owner.save(update_fields=["name"])
    name_keys.keep("customer" if isinstance(owner, Customer) else "unit", [owner.pk])


def bring_names_up(on: date) -> int:
    """Every name that stands with a customer or a unit is what it is called on the day, in the transaction of the caller; how many
    were called otherwise. Nothing is computed by it: papers of a day ask the names themselves.
    """
    count = 0
    for party in PARTIES:
        for owner in named_otherwise(party, on=on).select_for_update(no_key=True, of=("self",)):
            bring_name_up(owner, on=on)
            count += 1
    return count
