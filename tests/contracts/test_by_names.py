"""What is asked by names: written once, answered for other names each time, as a query written for them alone would be."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Customer, ManagementUnit, Name
from contracts.models.bulk import NAMES_AT_ONCE, ids_of
from contracts.models.by_names import ByNames

pytestmark = pytest.mark.django_db

NAMES = ["C-1", "O'Brien", "100%", "%s", "/* names */", "(SELECT 1)", "株式会社", "c-1"]


@pytest.fixture
def customers():
    return {name: Customer.objects.create(code=name, name=f"名{name}").pk for name in NAMES}


def asked():
    return ByNames(lambda: Customer.objects.order_by("-code").values_list("code", "pk"), "code")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_as_it_is(customers, name):
    assert list(asked()([name])) == [(name, customers[name])]


def test_others_are_asked_for_each_time(customers):
    ask = asked()
    assert list(ask([])) == []
    for names in (NAMES[:1], NAMES, NAMES[2:4], ["X-1"]):
        wanted = Customer.objects.filter(code__in=names).order_by("-code").values_list("code", "pk")
        assert list(ask(names)) == list(wanted)


def test_it_is_asked_as_a_query_of_its_own_would_be(customers):
    """Also where what the name is of may be missing: a name of a unit is of no customer."""
    unit = ManagementUnit.objects.create(code="U-1", name="本社", customer_id=customers["C-1"])
    of = {"recorded_by": "t", "recorded_in": 1, "name": "旧"}
    Name.objects.create(unit=unit, **of)
    Name.objects.create(customer_id=customers["C-1"], **of)
    rows = Name.objects.order_by("pk").values_list("customer__code", "recorded_at", "name")
    ask, names = ByNames(lambda: rows, "customer__code"), ["C-1", "U-1"]
    with CaptureQueriesContext(connection) as queries:
        assert list(ask(names)) == list(rows.filter(customer__code__in=names))
    written, plain = (query["sql"] for query in queries.captured_queries)
    assert written == plain


def test_nothing_is_asked_where_there_are_no_names(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(asked()([])) == []
        assert ids_of(Customer, "code", []) == {}


def test_ids_of_more_than_are_asked_for_at_once(django_assert_num_queries):
    made = Customer.objects.bulk_create(Customer(code=f"C-{n}", name="名") for n in range(2 * NAMES_AT_ONCE + 1))
    with django_assert_num_queries(3):
        found = ids_of(Customer, "code", [customer.code for customer in made])
    assert found == dict(Customer.objects.values_list("code", "pk"))


@pytest.mark.django_db(transaction=True)
def test_what_one_thread_wrote_is_asked_by_another():
    ask = asked()
    Customer.objects.create(code="C-1", name="名")

    def elsewhere():
        try:
            return [code for code, _pk in ask(["C-1"])]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as another:
        assert another.submit(elsewhere).result() == ["C-1"]
    assert [code for code, _pk in ask(["C-1"])] == ["C-1"]
