"""Somebody who puts things right: accepted facts by their kind and number, on a ground, on a day."""

from contracts.models import BillingStart, Change, FactCorrection, LinkedServiceState, Outage, Price
from contracts.operations.corrections.ground import Ground
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_incidents import OUTAGES
from contracts.operations.corrections.of_services import STATES
from contracts.operations.corrections.of_targets import CHANGES, PRICES, STARTS
from contracts.terms.putting_right import Basis
from tests.contracts.ends.desk import day

NAMED = {"change": CHANGES, "start": STARTS, "price": PRICES, "state": STATES, "outage": OUTAGES}


def agreed(document="合意 1", reason="書き間違い", *, leads=True):
    return Ground(basis=Basis.AGREED, document=document, reason=reason, leads=leads)


def slip(reason="書き間違い", *, leads=True):
    return Ground(basis=Basis.SLIP, reason=reason, leads=leads)


def change_of(number):
    return Change.objects.standing().get(target__number=number)


def start_of(number):
    return BillingStart.objects.standing().get(target__number=number)


def price_of(number, fee="monthly"):
    return Price.objects.standing().filter(target__number=number, fee=fee).order_by("from_on").first()


def outage_of(number):
    return Outage.objects.standing().get(contract__target__number=number)


def state_of(code):
    return LinkedServiceState.objects.standing().filter(linked_service__code=code).order_by("from_on").last()


class Corrector:
    """Puts right as a lead unless said, on a day."""

    def __init__(self, by, on="2025-08-10"):
        self.by, self.on = by, day(on)

    def right(self, kind, *rows, ground=None, on=None, **says):
        return put_right(NAMED[kind], rows, says, ground=ground or agreed(), on=day(on) or self.on, by=self.by)

    def back(self, kind, *rows, ground=None, on=None):
        return take_back(NAMED[kind], rows, ground=ground or agreed(), on=day(on) or self.on, by=self.by)


def recorded():
    """Every correction on record: (kind, subject, ground, whether something stands in its place)."""
    rows = FactCorrection.objects.order_by("pk").values_list("kind", "subject", "ground", "now")
    return [(kind, subject, ground, now is not None) for kind, subject, ground, now in rows]
