"""What is asked of each table to make accounts (billing.facts.load), by ids alone: each written once in a process.

What is said when they are asked: the days at hand (``first``, ``stop``), and when these begin and end (``begins``, ``ends``).
"""

from datetime import date
from typing import Any

from django.db.models import BigIntegerField, DateField, DateTimeField, Q, Value
from django.db.models.functions import Coalesce

from billing.facts.read import OptionRow
from contracts.facts.ids import ById, KnownById
from contracts.models import Application, BillingStart, Breach, Change, Notice, Option, Outage, Price, Target
from contracts.models.fact import Fact
from contracts.models.incident import GRANTED
from contracts.models.written_once import Given

_FIRST, _STOP = Given("first", DateField()), Given("stop", DateField())
_BEGINS, _ENDS = Given("begins", DateTimeField()), Given("ends", DateTimeField())

_TARGET = ("pk", "number", "billing_starts_on", "application_id")
TARGETS = ById(Target.objects.all, "unit_id", *_TARGET)
TARGETS_RECORDED = ById(
    lambda: Target.objects.filter(recorded_in__lte=Given("as_of", BigIntegerField())), "unit_id", *_TARGET
)
STARTS = KnownById(BillingStart, "target_id", "starts_on")
OPTIONS = ById(Option.objects.all, "target_id", *OptionRow._fields)

APPLICATIONS = ById(Application.objects.all, "pk", "accepted_on", "number")
ACCEPTED = ById(
    lambda: Application.objects.alias(on=Coalesce("accepted_on", Value(date.min))).filter(on__gte=_FIRST, on__lt=_STOP),
    *("pk", "accepted_on"),
)
"""Those accepted in the days. No index of days answers it: it would lead through the applications of all units."""

MONTHLY = KnownById(
    *(Price, "target_id", "from_on", "amount_yen"),
    of=lambda prices: prices.filter(fee="monthly", from_on__lt=_STOP).order_by("target_id", "from_on"),
)
INITIAL = KnownById(Price, "target_id", "amount_yen", of=lambda prices: prices.filter(fee="initial"))

_ONE_TIME = ("pk", "from_on", "amount_yen", "application_id", "note", "reference")
ONE_TIME = KnownById(Price, "target_id", *_ONE_TIME, of=lambda prices: prices.filter(fee="one_time"))
ONE_TIME_IN = KnownById(
    *(Price, "target_id", *_ONE_TIME),
    of=lambda prices: prices.filter(fee="one_time", from_on__gte=_FIRST, from_on__lt=_STOP),
)
"""Those of the days alone."""

CHANGES = KnownById(Change, "target_id", "what", "to_name", "to_number", "effective_on", "application_id")
NOTICES = KnownById(Notice, "target_id", "arrived_on", "requested_for", "ground")


def granted_in(over_at: str, *, first: Any, stop: Any, begins: Any, ends: Any) -> Q:
    """The claims whose grant lies in the days: the claim's own day, or that on which it was all over (I-37), told by the moment at ``over_at``.

    The days ``first`` and ``stop``, and the moments at which these begin, may be Given later.
    """
    before = GRANTED & Q(claimed_on__lt=stop) & Q(**{f"{over_at}__lt": ends})
    return before & (Q(claimed_on__gte=first) | Q(**{f"{over_at}__gte": begins}))


def _claiming(model: type[Fact], over_at: str) -> KnownById:
    of_days = granted_in(over_at, first=_FIRST, stop=_STOP, begins=_BEGINS, ends=_ENDS)
    return KnownById(model, "contract_id", of=lambda known: known.filter(of_days))


CLAIMING = (_claiming(Outage, "restored_at"), _claiming(Breach, "occurred_at"))
"""The contracts with a claim whose grant lies in the days."""
