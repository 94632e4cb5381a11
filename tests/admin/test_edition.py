"""附則: a contract keeps the edition it was concluded under, and the name it then had."""

from datetime import date

import pytest
from django.urls import reverse

from contracts.models import Application, Contract, Customer, ManagementUnit, Target


@pytest.mark.parametrize(
    ("accepted_on", "shown"),
    [
        pytest.param(date(2021, 4, 30), "2020-07-01（IIJ C-SOCサービス）", id="the day before the tiers were renamed"),
        pytest.param(date(2021, 5, 1), ">2021-05-01<", id="the day the tiers were renamed"),
    ],
)
def test_a_contract_shows_the_edition_it_was_concluded_under(accepted_on, shown, admin_client):
    unit = ManagementUnit.objects.create(
        code="U-1", name="本社", customer=Customer.objects.create(code="C-1", name="甲")
    )
    application = Application.objects.create(number="A-1", unit=unit, applied_on=accepted_on, accepted_on=accepted_on)
    target = Target.objects.create(number="T-1", kind="tier", unit=unit, application=application)
    contract = Contract.objects.create(target=target, category="advanced")
    page = admin_client.get(reverse("admin:contracts_contract_change", args=[contract.pk])).content.decode()
    assert shown in page
