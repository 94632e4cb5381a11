"""対象の検査: whether every contract and option is in the unit that it was concluded for, or came to since. One Japanese sentence a fault."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from contracts.models import Move, Option, Target


def targets_are_where_they_came_to() -> Iterator[str]:
    """A target is in its application's unit, or in one that its contract's moves name; an option is beside its contract."""
    moves = Move.objects.standing().filter(contract=OuterRef("of_contract"))
    rows = Target.objects.annotate(of_contract=Coalesce("contract__pk", "option__contract"))
    strayed = rows.exclude(unit=F("application__unit")).filter(
        ~Exists(moves.filter(Q(unit=OuterRef("unit")) | Q(origin=OuterRef("unit"))))
    )
    for number in strayed.order_by("pk").values_list("number", flat=True):
        yield f"{number}の管理単位が、申込の管理単位とも、移動の記録とも異なります。"
    apart = Option.objects.exclude(target__unit=F("contract__target__unit")).order_by("pk")
    for number in apart.values_list("target__number", flat=True):
        yield f"オプション{number}が、その契約と異なる管理単位にあります。"
