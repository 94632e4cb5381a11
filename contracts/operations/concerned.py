"""対象: which contracts an outage, a month's 稼働率 or another event concerns (第11条, 第15条). Nothing here writes."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.facts.change_order import LAST_FIRST
from contracts.facts.moments import start_of
from contracts.models import Breach, Change, Contract, Outage
from contracts.operations.refusal import Refused
from contracts.terms.catalog import Category
from contracts.terms.days import ONE_DAY, month_of, next_month
from contracts.terms.unit import What


def concerned(
    first: date, last: date, *, numbers: Sequence[str] = (), kinds: Collection[str] = ()
) -> QuerySet[Contract]:
    """Contracts that serve on a day from first to last: those of the numbers, or else of the kinds (module types and tiers; none: all).

    Each with its ``tier_then`` on its ``last_served`` day of them. Raises Refused for numbers that are not among them.
    """
    upgraded = Change.objects.standing().filter(target=OuterRef("pk"), what=What.CATEGORY.value, effective_on__lte=last)
    found = serving(first, last).annotate(
        last_served=Least(Coalesce("target__ends_on", last), last),
        tier_then=Coalesce(Subquery(upgraded.order_by(*LAST_FIRST).values("to_name")[:1]), F("category")),
    )
    if numbers:
        found = found.filter(target__number__in=numbers)
        missing = sorted(set(numbers) - set(found.values_list("target__number", flat=True)))
        if missing:
            said = {"numbers": "、".join(missing)}
            raise Refused(_("その日に利用中の契約ではありません：%(numbers)s") % said, field="numbers", clause="15-1")
    elif kinds:
        found = found.filter(Q(module_type__in=kinds) | Q(module_type="", tier_then__in=kinds))
    return found.order_by("pk")


def serving(first: date, last: date | None = None) -> QuerySet[Contract]:
    """Contracts that serve on a day from first to last; last is first unless said."""
    served = Q(target__ends_on=None) | Q(target__ends_on__gte=first)
    return Contract.objects.filter(served, target__billing_starts_on__lte=last or first)


def guaranteed(found: QuerySet[Any]) -> QuerySet[Any]:
    """Those of them that have the guarantees: not contracts whose category is ベーシック (11-1); modules beside one have (I-21)."""
    return found.exclude(tier_then=Category.BASIC.value)


def outage_concerned(
    known_at: datetime, *, numbers: Sequence[str] = (), kinds: Collection[str] = ()
) -> QuerySet[Contract]:
    """The contracts an outage is recorded for: those in service then that have no record of it yet. Raises Refused."""
    day = timezone.localtime(known_at).date()
    return concerned(day, day, numbers=numbers, kinds=kinds).filter(
        ~Exists(Outage.objects.standing().filter(contract=OuterRef("pk"), known_at=known_at))
    )


def uptime_concerned(month: date, *, numbers: Sequence[str] = (), kinds: Collection[str] = ()) -> QuerySet[Contract]:
    """The contracts that a month's 稼働率 is guaranteed to and that have no breach of it in the month yet (I-20). Raises Refused."""
    first, last = month_of(month), next_month(month_of(month)) - ONE_DAY
    known = Breach.objects.standing().filter(guarantee="uptime", occurred_at__gte=start_of(first))
    known = known.filter(occurred_at__lt=start_of(next_month(first)))
    found = guaranteed(concerned(first, last, numbers=numbers, kinds=kinds))
    return found.exclude(pk__in=known.values("contract"))


def overlapped(found: QuerySet[Contract], known_at: datetime, restored_at: datetime | None) -> QuerySet[Outage]:
    """The records of those contracts that an outage of those moments would overlap or touch: they are one state (I-38)."""
    lasting = Q(restored_at=None) | Q(restored_at__gte=known_at)
    begun = Q() if restored_at is None else Q(known_at__lte=restored_at)
    return Outage.objects.standing().filter(lasting & begun, contract__in=found.values("pk")).order_by("known_at", "pk")
