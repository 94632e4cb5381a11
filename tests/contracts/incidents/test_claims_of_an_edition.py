"""A claim that a new edition gives more time for is asked for as long as it can come: nothing in the database knows another bound."""

import pytest
import time_machine

from contracts.models import ManagementUnit, WorkItem
from contracts.operations.worklist import refresh_worklist
from contracts.terms.art15_claims import longest_claim
from contracts.terms.editions import Edition, with_edition
from tests.contracts.book.build import must_take, outage, priced, sound
from tests.terms.build import day

pytestmark = pytest.mark.django_db


def claims(on):
    with time_machine.travel(f"{on} 09:00:00+09:00", tick=False):
        refresh_worklist(ManagementUnit.objects.values_list("pk", flat=True))
        return [f"{item.until_on}" for item in WorkItem.objects.filter(kind__in=("claim", "claim_due"))]


@pytest.mark.parametrize(
    ("months", "asked", "deadline", "lapsed"),
    [(3, "2025-08-20", "2025-08-31", "2025-09-01"), (6, "2025-11-20", "2025-11-30", "2025-12-01")],
)
def test_a_claim_is_asked_for_until_its_deadline(tmp_path, months, asked, deadline, lapsed):
    with with_edition(Edition(first=day("2025-05-01"), changes={"outage_claim_months": months})):
        must_take(
            sound(*priced("T-1", 1), *priced("M-1", 1), outage("T-1", "2025-05-29 10:00", "2025-05-31 12:00")), tmp_path
        )
        assert claims(asked) == [deadline]
        assert claims(deadline) == [deadline]
        assert claims(lapsed) == []


def test_the_bound_is_longer_than_any_claim():
    assert longest_claim().days == 93
    with with_edition(Edition(first=day("2030-01-01"), changes={"outage_claim_months": 6})):
        assert longest_claim().days == 185
    with with_edition(Edition(first=day("2025-05-01"), changes={"outage_claim_months": 1})):
        assert longest_claim().days == 93
