"""What may be changed leads to its change for whoever may enter an application, and is only told to everybody else."""

import pytest
import time_machine
from django.urls import reverse

from contracts.models import ManagementUnit
from tests.admin.conftest import signed_in
from tests.admin.test_customer_page import ALL_OF_A_CLERK, person
from tests.admin.test_unit_page import TODAY, sample

__all__ = ["sample"]

ENTERS = [*ALL_OF_A_CLERK, "view_contract", "view_option"]


@time_machine.travel(TODAY)
@pytest.mark.parametrize("screen", ["customer", "managementunit"])
def test_licences_lead_to_their_change_for_whoever_may_enter_one(sample: None, screen: str) -> None:
    unit = ManagementUnit.objects.get(code="U51900001")
    row = unit.customer if screen == "customer" else unit
    address = reverse(f"admin:contracts_{screen}_change", args=[row.pk])
    form = reverse("admin:contracts_application_new", args=[unit.pk]) + "?"
    assert form in signed_in(person("enters", *ENTERS)).get(address).text
    told = signed_in(person("sees", *(name for name in ENTERS if name != "enter_application"))).get(address).text
    assert form not in told
    assert "ライセンス" in told
