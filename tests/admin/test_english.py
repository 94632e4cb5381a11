"""English screens speak English: no Japanese but names of the catalogue, of customers, and what people wrote."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from contracts.models import Application, Customer, Entry, LinkedService, LinkedServiceState, ManagementUnit
from contracts.operations.applications import receive, save_draft
from contracts.terms import catalog
from tests.admin.conftest import signed_in
from tests.admin.test_pages import Page

pytestmark = pytest.mark.usefixtures("book")

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
NAMES = sorted(
    {
        *catalog.CATEGORY_NAMES.values(),
        *catalog.MODULE_TYPE_NAMES.values(),
        *catalog.SERVICE_NAMES.values(),
        *catalog.OPTION_NAMES.values(),
        *catalog.LICENCE_NAMES.values(),
        *catalog.PRODUCT_NAMES.values(),
        *(kind for _type, kind in catalog.ITEMS),
        *(item for items in catalog.ITEMS.values() for item in items),
    }
    - {""},
    key=len,
    reverse=True,
)


def japanese_of(text: str, *known: str) -> list[str]:
    """Japanese on a page that is neither a name of the catalogue nor one of the ``known`` words."""
    page = " ".join(" ".join(Page(text).text).split())
    for name in [*known, *NAMES]:
        page = page.replace(name, " ")
    return JAPANESE.findall(page.replace("日本語", ""))


def screens(unit: ManagementUnit, application: Application) -> list[str]:
    service = LinkedService.objects.order_by("pk").first()
    return [
        reverse("admin:index"),
        reverse("admin:contracts_managementunit_change", args=[unit.pk]),
        reverse("admin:contracts_managementunit_assign", args=[unit.pk]),
        reverse("admin:contracts_application_changelist"),
        reverse("admin:contracts_application_new", args=[unit.pk]),
        reverse("admin:contracts_application_change", args=[application.pk]),
        reverse("admin:contracts_application_accept", args=[application.pk]),
        reverse("admin:contracts_application_reject", args=[application.pk]),
        reverse("admin:contracts_customer_register"),
        reverse("admin:contracts_linkedservice_register"),
        reverse("admin:contracts_linkedservice_record-consent", args=[service.pk]),  # type: ignore[union-attr]
        reverse("admin:contracts_consent_changelist"),
        reverse("admin:contracts_settingchange_changelist"),
    ]


@pytest.mark.parametrize("code", ["U51900001", "U51900026", "U51900027"])
def test_english_screens_have_no_japanese_of_ours(chief: User, code: str) -> None:
    unit = ManagementUnit.objects.select_related("customer").get(code=code)
    broken = [
        {"key": "#1", "verb": "contract", "category": "basic", "billing_starts_on": "2027-01-01"},
        {"key": "#2", "verb": "contract", "category": "module", "module_type": "ips_ids", "kind": "", "item": ""},
        {"key": "#3", "verb": "option", "contract": "#2", "option": "edr_licence", "quantity": "3"},
        {"key": "#4", "verb": "option", "contract": "#2", "option": "log_retention", "retention_years": "11"},
        {"key": "#5", "verb": "price", "target": "nowhere", "fee": "monthly", "amount_yen": "-1", "from_on": "soon"},
    ]
    draft = save_draft(None, unit=unit, lines=broken, applied_on=date(2026, 11, 1), version=0, by=chief)
    application = receive(draft, on=date(2026, 11, 2), by=chief, reason="at the wish of all")
    client = signed_in(chief, "en")
    written = {*Customer.objects.values_list("name", flat=True), *ManagementUnit.objects.values_list("name", flat=True)}
    written |= set(LinkedServiceState.objects.values_list("holder", flat=True))
    # Who took the sample in, as the history has it.
    written |= set(Entry.objects.values_list("actor", flat=True).distinct())
    found = {}
    for address in screens(unit, application):
        answer = client.get(address)
        assert answer.status_code == 200, address
        if japanese := japanese_of(answer.text, *written):
            found[address] = japanese
    assert found == {}
