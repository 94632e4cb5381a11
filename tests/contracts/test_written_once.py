"""What is written once is answered for other names, ids and days each time as a query written for them alone would be."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import BigIntegerField, DateField, DateTimeField
from django.test.utils import CaptureQueriesContext

from contracts.facts.ids import ById, Ids, KnownById
from contracts.models import Application, Customer, ManagementUnit, Name, Price, Target
from contracts.models.among import Later, among
from contracts.models.bulk import NAMES_AT_ONCE, ids_of
from contracts.models.written_once import ByNames, Given, WrittenOnce

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


DAY = date(2025, 4, 1)


@pytest.fixture
def prices(customers):
    """A price a day of each of a hundred targets, of which those of every third were taken back in revision 5."""
    unit = ManagementUnit.objects.create(code="U-1", name="本社", customer_id=customers["C-1"])
    application = Application.objects.create(number="AP-1", unit=unit, applied_on=DAY, accepted_on=DAY)
    of = {"kind": "module", "unit": unit, "application": application}
    targets = Target.objects.bulk_create(Target(number=f"T-{n:03}", billing_starts_on=DAY, **of) for n in range(100))
    gone = {"withdrawn_on": DAY, "withdrawn_in": 5, "withdrawn_because": "誤り"}
    Price.objects.bulk_create(
        Price(
            target=target, fee="monthly", amount_yen=n, from_on=DAY + timedelta(days=n), recorded_in=n % 9 + 1,
            **(gone if n % 3 == 0 and n % 9 + 1 <= 5 else {}),
        )
        for n, target in enumerate(targets)
    )  # fmt: skip
    return [target.pk for target in targets]


def of_days(rows):
    return rows.filter(from_on__gte=Given("first", DateField()), from_on__lt=Given("stop", DateField()))


def test_a_day_is_given_each_time(prices):
    ask = WrittenOnce(lambda: of_days(Price.objects.order_by("pk")).values_list("amount_yen"))
    for first, stop in ((0, 3), (50, 51), (7, 7), (98, 200)):
        days = {"first": DAY + timedelta(days=first), "stop": DAY + timedelta(days=stop)}
        assert list(ask(**days)) == [(n,) for n in range(first, min(stop, 100))]
        assert list(ask.stream(**days)) == list(ask(**days))


def test_a_moment_is_given_in_whatever_zone_it_is_told(prices):
    recorded = Price.objects.get(amount_yen=7).recorded_at
    ask = WrittenOnce(
        lambda: Price.objects.filter(recorded_at=Given("at", DateTimeField()), amount_yen=7).values_list("recorded_at")
    )
    for zone in ("Asia/Tokyo", "UTC"):
        assert list(ask(at=recorded.astimezone(ZoneInfo(zone)))) == [(recorded,)]
    assert list(ask(at=recorded + timedelta(hours=9))) == []


def test_it_is_the_statement_of_a_query_of_its_own(prices):
    rows = Price.objects.order_by("-from_on")
    ask = WrittenOnce(
        lambda: of_days(rows).filter(among("target_id", Later("ids"))).values_list("pk", "from_on", "fee")
    )
    days, plain = {"first": DAY, "stop": date(2025, 5, 1)}, rows.filter(from_on__gte=DAY, from_on__lt=date(2025, 5, 1))
    with CaptureQueriesContext(connection) as queries:
        assert list(ask(ids=prices[:40], **days)) == list(
            plain.filter(among("target_id", prices[:40])).values_list("pk", "from_on", "fee")
        )
    written, own = (query["sql"] for query in queries.captured_queries)
    assert written == own


def test_it_is_asked_within_another(prices):
    ask = WrittenOnce(lambda: of_days(Price.objects.all()).values_list("amount_yen"))
    statement, values = ask.within(first=DAY, stop=date(2025, 4, 4))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH found (yen) AS ({statement}) SELECT SUM(yen) + %s FROM found", [*values, 1_000])
        assert cursor.fetchone() == (1_003,)


def test_it_is_written_once_and_never_anew(prices):
    asked = []

    def rows():
        asked.append(1)
        return of_days(Price.objects.all()).values_list("pk")

    ask = WrittenOnce(rows)
    for n in range(3):
        assert len([*ask(first=DAY, stop=DAY + timedelta(days=n))]) == n
    assert len(asked) == 1


def test_what_is_streamed_is_all_of_it(prices, monkeypatch):
    monkeypatch.setattr("contracts.models.written_once.ROWS_A_FETCH", 7)
    ask = WrittenOnce(lambda: of_days(Price.objects.order_by("pk")).values_list("amount_yen"))
    assert [*ask.stream(first=DAY, stop=date(2030, 1, 1))] == [(n,) for n in range(100)]


def test_what_is_not_said_is_missed(prices):
    with pytest.raises(KeyError, match="stop"):
        WrittenOnce(lambda: of_days(Price.objects.all()).values_list("pk"))(first=DAY)


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(slice(0, 70), id="one run"),
        pytest.param(slice(0, 100, 7), id="each by itself"),
        pytest.param(slice(0, 100, 4), id="a run with others between"),
        pytest.param(slice(0, 0), id="none"),
    ],
)
@pytest.mark.parametrize("as_of", [None, 1, 4, 5, 9])
def test_facts_of_ids_are_those_of_a_query_by_ids(prices, chosen, as_of, monkeypatch):
    monkeypatch.setattr("contracts.facts.ids.SHORTEST_RUN", 20)
    ids = Ids(prices[chosen])
    known = Price.objects.as_known_in(as_of).filter(from_on__gte=DAY + timedelta(days=10), from_on__lt=date(2025, 6, 1))
    asked = KnownById(Price, "target_id", "amount_yen", "from_on", of=of_days)
    found = list(asked.of(ids, as_of, first=DAY + timedelta(days=10), stop=date(2025, 6, 1)))
    assert sorted(found) == sorted(ids.rows(known, "target_id", "amount_yen", "from_on"))
    assert sorted(pk for pk, *_told in found) == sorted(
        known.filter(target__in=prices[chosen]).values_list("target_id", flat=True)
    )


def test_the_ids_of_a_run_are_not_taken_for_a_day(prices):
    """A question has names of its own for what is given: ids go by others."""
    asked = ById(lambda: of_days(Price.objects.all()), "target_id", "amount_yen")
    rows = asked.between(from_id=prices[3], to_id=prices[5], first=DAY, stop=date(2030, 1, 1))
    assert sorted(rows) == [(prices[n], n) for n in (3, 4, 5)]
    assert sorted(asked.named(ids=[prices[8]], first=DAY, stop=date(2030, 1, 1))) == [(prices[8], 8)]


def test_a_number_is_given_as_it_is(prices):
    ask = WrittenOnce(lambda: Price.objects.filter(amount_yen=Given("yen", BigIntegerField())).values_list("target_id"))
    assert [list(ask(yen=n)) for n in (0, 99, 100)] == [[(prices[0],)], [(prices[99],)], []]
