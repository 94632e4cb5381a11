"""Which records name a person: they stay, and so does whom they name."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import CASCADE, Exists, OuterRef


def records_naming(person: User) -> list[type[Any]]:
    """The tables with a row that names the person and that would not go with them: one query, which reads no more than a row of each.

    What merely belongs to a person, such as their own second factors, is none of these.
    """
    naming: list[Any] = [
        relation
        for relation in User._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one) and getattr(relation, "on_delete", CASCADE) is not CASCADE
    ]
    exists = {
        f"named_{nth}": Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
        for nth, relation in enumerate(naming)
    }
    found = User.objects.filter(pk=person.pk).values_list(*exists.values()).get()
    named = {relation.related_model: None for relation, names in zip(naming, found, strict=True) if names}
    return list(named)
