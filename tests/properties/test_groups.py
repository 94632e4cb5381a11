"""請求先グループ: whatever is said in whatever order, each day has what was said last of it, and no unit is in two groups."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.facts.parties import groups_on
from billing.models import BillingGroup, BillingGroupUnit
from billing.operations.groups import make_group, put_in_group
from contracts.models import Customer, ManagementUnit
from contracts.operations.refusal import Refused
from tests.effort import examples

BEGIN, DAYS = date(2025, 4, 1), 6
SAID = st.tuples(st.integers(0, 1), st.sets(st.integers(0, 2)), st.none() | st.integers(0, DAYS - 1))


@pytest.mark.django_db
@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SAID, max_size=8))
def test_each_day_has_what_was_said_last_of_it(said: list[tuple[int, set[int], int | None]]) -> None:
    with transaction.atomic():
        by = User.objects.create_user("keiri")
        customer = Customer.objects.create(code="C-1", name="甲")
        units = [ManagementUnit.objects.create(customer=customer, code=f"U-{n}", name="乙") for n in range(3)]
        groups = [make_group(customer=customer, code=f"G-{n}", addressee="甲", by=by) for n in range(2)]
        # What each group has on each day; the first place stands for all days before.
        wanted: list[list[set[int]]] = [[set() for _day in range(DAYS + 1)] for _group in groups]
        for group, chosen, first in said:
            begins = 0 if first is None else first + 1
            other = wanted[1 - group]
            taken = any(chosen & other[day] for day in range(begins, DAYS + 1))
            from_on = None if first is None else BEGIN + timedelta(first)
            try:
                put_in_group(groups[group], units=[units[n] for n in chosen], from_on=from_on, on=BEGIN, by=by)
            except Refused:
                assert taken
                continue
            assert not taken
            for day in range(begins, DAYS + 1):
                wanted[group][day] = set(chosen)
        for day in range(DAYS + 1):
            found = groups_on(BEGIN + timedelta(day - 1))
            assert _by_group(found, groups, units) == [wanted[0][day], wanted[1][day]]
        _stands_once(units)
        transaction.set_rollback(True)


def _by_group(
    found: dict[tuple[int, int], int], groups: list[BillingGroup], units: list[ManagementUnit]
) -> list[set[int]]:
    place = {unit.pk: n for n, unit in enumerate(units)}
    return [{place[unit] for (_customer, unit), of in found.items() if of == group.pk} for group in groups]


def _stands_once(units: list[ManagementUnit]) -> None:
    """No two rows that stand speak of one day."""
    for unit in units:
        rows = list(BillingGroupUnit.objects.standing().filter(unit=unit))
        spans = sorted((row.from_on or date.min, row.until_on or date.max) for row in rows)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))
