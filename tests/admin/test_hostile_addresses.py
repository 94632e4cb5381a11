"""What anybody may write into an address: days that are none or lie beyond the calendar, numbers of any length, anything at all.

Every parameter that a list or a page reads is tried on every screen; the answer may be a refusal or an empty list, never an error.
"""

from unittest.mock import Mock

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from billing.models import HeldSettlement, Month, ParkedTarget
from billing.reports import AHEAD, REPORTS
from contracts.models import ManagementUnit
from tests.admin.conftest import signed_in

DAYS = ("9999-12-31", "0001-01-01", "2025-13-45", "10000-01-01")
MONTHS = ("9999-12", "0001-01", "99999999999999999999-01", "2025-99999999999999999999", "0")
ANYTHING = ("\x00", "[]", "9" * 40, "-9", "١٢", "a" * 5000)
HOSTILE = (*DAYS, *MONTHS, *ANYTHING)
OF_EVERY_LIST = ("p", "o", "month", "on", "from", "to", "all", "_facets")
"""What all lists read in one place, or none reads: each list is tried with a part of the values, all together with all."""
PARTS = 5


def parameters_of(model_admin: admin.ModelAdmin, user: User) -> tuple[set[str], set[str]]:  # type: ignore[type-arg]
    """What a list reads in its own way, its search and its own filters; and what it reads as every list does."""
    request = RequestFactory().get("/")
    request.user = user
    # By the name of a column any list is narrowed.
    own = {"q", *(field.name for field in model_admin.opts.get_fields() if field.name in OF_EVERY_LIST)}
    for filter_ in model_admin.get_list_filter(request):
        if isinstance(filter_, type) and issubclass(filter_, SimpleListFilter):
            own.add(str(filter_.parameter_name))
        elif isinstance(filter_, str):
            own |= {filter_, f"{filter_}__exact"}
    return own, {*OF_EVERY_LIST} - own


LISTS = sorted(model._meta.label for model in admin.site._registry if model._meta.app_label in ("contracts", "billing"))


@pytest.mark.django_db
@pytest.mark.parametrize("label", LISTS)
def test_no_list_breaks(chief: User, label: str) -> None:
    """Without rows, and without drawing the page: what breaks an address breaks where its filters are read."""
    model_admin, broken = admin.site._registry[apps.get_model(label)], []
    own, alike = parameters_of(model_admin, chief)
    tried = [(parameter, HOSTILE) for parameter in sorted(own)]
    for at, parameter in enumerate(sorted(alike), LISTS.index(label)):
        tried.append((parameter, HOSTILE[at % PARTS :: PARTS]))
    for parameter, values in tried:
        for value in values:
            request = RequestFactory().get("/", {parameter: value})
            request.user = chief
            request._messages = Mock()
            try:
                list(model_admin.get_changelist_instance(request).result_list)
            except (IncorrectLookupParameters, SuspiciousOperation):
                pass  # Django answers these with the list as it is, or with a refusal
            except Exception as error:
                broken.append((label, parameter, value[:20], repr(error)[:80]))
    assert broken == []


OF_DAYS = {
    "contracts_managementunit_change": ("on", "known"),
    "contracts_customer_change": ("on", "known", "page"),
    "contracts_entry_changelist": ("from", "to", "q"),
    "contracts_entry_csv": ("from", "to", "q"),
    **{f"billing_report_{report.name}": ("month", "p") for report in (*REPORTS, *AHEAD)},
    "billing_report_lines": ("month", "p", "amount_from", "customer"),
    **{f"billing_{name}_changelist": ("month", "q") for name in ("chargeline", "heldsettlement", "month")},
}
"""Units and customers on a day, the history between days and its CSV, reports of a month, lists of a month: what each of them reads."""


ENDS = {
    **dict.fromkeys(("on", "known", "from", "to"), ("9999-12-31", "0001-01-01", "2025-13-45")),
    "month": ("9999-12", "0001-01", "0"),
    **dict.fromkeys(("p", "page"), ("0", "-9", "9" * 40)),
    "q": ("\x00", "a" * 5000),
}
"""The ends of the calendar and of pages, and what is no day: what several pages read in one place is tried with these."""
WHOLE = {
    *(("contracts_managementunit_change", "on"), ("contracts_customer_change", "page")),
    *(
        ("contracts_entry_changelist", "from"),
        ("contracts_entry_changelist", "q"),
        ("billing_chargeline_changelist", "month"),
    ),
    *(("contracts_entry_csv", parameter) for parameter in OF_DAYS["contracts_entry_csv"]),
    *(("billing_report_lines", parameter) for parameter in OF_DAYS["billing_report_lines"]),
}
"""What is read there first, or there alone, is tried with every value."""


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("name", OF_DAYS)
def test_no_page_of_days_breaks(chief: User, name: str) -> None:
    """With rows to look at."""
    client = signed_in(chief)
    of = [ManagementUnit.objects.order_by("pk")[0].pk] if name.endswith("_change") else []
    for parameter in OF_DAYS[name]:
        for value in HOSTILE if (name, parameter) in WHOLE else ENDS[parameter]:
            answer = client.get(reverse(f"admin:{name}", args=of), {parameter: value})
            assert answer.status_code < 500, (parameter, value)
            if isinstance(answer, StreamingHttpResponse):
                assert answer.getvalue()


@pytest.mark.usefixtures("book")
def test_the_last_day_of_the_calendar_narrows_nothing(chief: User) -> None:
    client, address = signed_in(chief), reverse("admin:contracts_entry_changelist")
    every = client.get(address).context["cl"].result_count
    assert every
    for query in ({"to": "9999-12-31"}, {"from": "0001-01-01"}):
        assert client.get(address, query).context["cl"].result_count == every
    for query in ({"from": "9999-12-31"}, {"to": "0001-01-01"}):
        assert client.get(address, query).context["cl"].result_count == 0


@pytest.mark.usefixtures("book")
def test_what_waits_in_a_month_that_is_not_the_newest_is_found(chief: User) -> None:
    """A held settlement waited eleven months behind a filter that showed none."""
    Month.objects.filter(closed_at=None).update(closed_at="2025-06-01T00:00:00Z", closed_by="試験")
    Month.objects.create(month="2025-06-01", facts_revision=1)
    client = signed_in(chief)
    held = client.get(reverse("admin:billing_heldsettlement_changelist")).context["cl"].result_list
    assert [row.pk for row in held] == list(HeldSettlement.objects.values_list("pk", flat=True))
    parked = client.get(reverse("admin:billing_parkedtarget_changelist")).context["cl"].result_list
    assert [row.pk for row in parked] == list(ParkedTarget.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_character_that_no_text_holds_is_refused_on_both_databases(admin_client: Client) -> None:
    """SQLite would look for it and find nothing; PostgreSQL cannot be asked."""
    page = reverse("admin:contracts_change_changelist")
    assert admin_client.get(page, {"what": "\x00"}).status_code == 400
    assert admin_client.get(page, {"what": "quantity"}).status_code == 200
