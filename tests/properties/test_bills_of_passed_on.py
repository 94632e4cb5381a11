"""Whatever passed on, came back or was put right: the next bill on each customer's page is what the close then bills it, to the yen."""

import random
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import ChargeLine, Month
from billing.operations.close_month import close_month
from contracts.models import Customer
from contracts.terms.days import next_month
from tests.effort import examples
from tests.properties.office import Office
from tests.properties.verbs import VERBS

LATE = date(2030, 1, 1)
FEW = settings(
    deadline=None,
    max_examples=examples(2, at_night=120),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PASSING = ["transfer", "right_transfer", "back_transfer", "merge", "move", "right_move", "back_move", "customer"]
OTHERS = ["second_unit", "unit", "rename", "notice", "take_back", "put_right", "price", "right_price", "bill", "waive"]
STEPS = st.lists(st.sampled_from([*PASSING * 2, *OTHERS, "months"]), min_size=5, max_size=30)


def shown(day: date) -> dict[str, int]:
    """What each customer's page says of its next bill, in yen; those of nothing left out."""
    client, found = Client(), {}
    client.force_login(User.objects.get_or_create(username="chief", is_superuser=True, is_staff=True)[0])
    with time_machine.travel(f"{day}T12:00:00+09:00"):
        for customer in Customer.objects.all():
            page = client.get(reverse("admin:contracts_customer_change", args=[customer.pk]), {"part": "whole"})
            yen = int(page.context["bills"]["now"]["yen"].replace(",", "").replace("−", "-"))
            if yen:
                found[customer.code] = yen
    return found


def billed(month: date) -> dict[str, int]:
    """What the close of the month bills each customer, in yen; what cannot be computed is left out of it."""
    outcome = close_month(month, on=LATE, by="経理")
    close_month(month, on=LATE, by="経理", leave_out=[parked.number for parked in outcome.parked])
    sums = ChargeLine.objects.filter(month__month=month).order_by().values_list("customer__code")
    return {code: yen for code, yen in sums.annotate(Sum("amount_yen")) if yen}


@pytest.mark.django_db
@FEW
@given(STEPS, st.integers(0, 2**32))
def test_the_page_of_each_customer_shows_what_it_is_billed(tmp_path_factory, steps, seed):
    with transaction.atomic():
        office, chance = Office(tmp_path_factory.mktemp("office")), random.Random(seed)
        for verb in ("months", "second_unit", *steps):
            office.does(verb, VERBS[verb], chance)
        last = Month.objects.order_by("-month").first()
        if last is not None:
            seen = shown(office.on)
            assert seen == billed(next_month(last.month))
        transaction.set_rollback(True)
