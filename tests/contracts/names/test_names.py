"""Names of customers and units over time: from a day on, put right, taken back, found by any of them; and what books know (I-52)."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from contracts.facts.party_names import called, ever_called, names_of_party
from contracts.models import Customer, Entry, FactCorrection, ManagementUnit, Name
from contracts.operations.corrections.kind import put_right, take_back
from contracts.operations.corrections.of_names import NAMES
from contracts.operations.jobs import run
from contracts.operations.refusal import Refused
from contracts.operations.renaming import first_name_of, rename
from tests.contracts.book.build import book, customer, must_take, take, unit
from tests.contracts.book.restored import goes_round
from tests.contracts.corrections.desk import agreed, slip

pytestmark = pytest.mark.django_db
TODAY, APRIL, JUNE = date(2026, 1, 10), date(2026, 4, 1), date(2026, 6, 1)


@pytest.fixture
def office(tmp_path, django_user_model):
    """Two customers, the first with two units."""
    must_take(book(customer(), customer("C-2", "株式会社乙"), unit(), unit("U-2", name="支社")), tmp_path / "begins")
    return django_user_model.objects.create_superuser("責任者")


def of(code="C-1"):
    return Customer.objects.filter(code=code).first() or ManagementUnit.objects.get(code=code)


def call(code, name, from_on, by, *, on=TODAY, **more):
    return rename(of(code), name=name, from_on=from_on, reason="商号変更", on=on, by=by, **more)


def on(day, code="C-1", known_in=None):
    """What one is called on a day."""
    row = of(code)
    party = "customer" if isinstance(row, Customer) else "unit"
    found = type(row).objects.filter(pk=row.pk).annotate(said=called(party, "", on=day, known_in=known_in))
    return found.values_list("said", flat=True).get()


def test_from_a_day_on(office):
    """Until the day it is called as it was; the morning of the day brings it up, and once is enough."""
    call("C-1", "株式会社新生", APRIL, office, kana="シンセイ")
    assert (on(date(2026, 3, 31)), on(APRIL), of().name) == ("株式会社見本", "株式会社新生", "株式会社見本")
    assert run("dated", date(2026, 3, 31)).count == 0
    assert of().name == "株式会社見本"
    assert run("dated", date(2026, 4, 5)).count == 1
    assert (of().name, of().kana) == ("株式会社新生", "シンセイ")
    assert run("dated", date(2026, 4, 6)).count == 0
    assert (on(date(2020, 1, 1)), on(date(2026, 3, 31)), on(APRIL)) == ("株式会社見本", "株式会社見本", "株式会社新生")
    assert on(APRIL, "C-2") == "株式会社乙"
    told = Entry.objects.get(operation="rename")
    assert (told.record, told.subject, told.unit_id, told.reason) == ("name", "C-1", None, "商号変更")
    assert told.after == {"name": "株式会社新生", "kana": "シンセイ", "from_on": "2026-04-01"}


def test_a_unit_is_called_otherwise_at_once(office):
    call("U-1", "大阪本社", TODAY, office)
    assert (of("U-1").name, of("U-2").name) == ("大阪本社", "支社")
    assert (on(date(2026, 1, 9), "U-1"), on(TODAY, "U-1")) == ("本社", "大阪本社")
    assert Entry.objects.get(operation="rename").unit_id == of("U-1").pk


def test_one_between_two_others(office):
    """The later name stays from its day on; a name of a day gone by is brought up where none follows it."""
    call("C-1", "丙", JUNE, office)
    call("C-1", "乙", APRIL, office)
    call("C-1", "甲", date(2025, 10, 1), office)
    assert [on(day) for day in (date(2025, 9, 30), date(2025, 10, 1), APRIL, date(2026, 5, 31), JUNE)] == [
        *("株式会社見本", "甲", "乙", "乙", "丙")
    ]
    assert of().name == "甲"
    assert [(one.name, one.from_on, one.until) for one in names_of_party(of())] == [
        ("株式会社見本", None, date(2025, 10, 1)),
        ("甲", date(2025, 10, 1), APRIL),
        ("乙", APRIL, JUNE),
        ("丙", JUNE, None),
    ]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "株式会社見本"}, "name"),
        ({"name": "丁", "from_on": APRIL}, "from_on"),
        ({"name": "丁", "reason": " "}, "reason"),
        ({"name": "新生", "from_on": date(2026, 4, 2)}, "name"),
    ],
)
def test_what_is_refused(office, said, field):
    call("C-1", "新生", APRIL, office)
    with pytest.raises(Refused) as refused:
        rename(of(), **{"from_on": date(2026, 2, 1), "reason": "理由", **said}, on=TODAY, by=office)
    assert refused.value.reason.field == field
    assert Name.objects.count() == 2


def test_put_right_and_taken_back(office):
    """Each with its ground; what stands with the customer follows; the record of corrections keeps both."""
    row = call("C-1", "新正", date(2026, 1, 1), office)
    assert of().name == "新正"
    said = {"on": TODAY, "by": office}
    (put,) = put_right(NAMES, [row], {"name": "新生"}, ground=slip(), **said)
    assert of().name == "新生"
    (put,) = put_right(NAMES, [put.now], {"from_on": APRIL}, ground=agreed(), **said)
    assert (of().name, on(date(2026, 1, 1)), on(APRIL)) == ("株式会社見本", "株式会社見本", "新生")
    take_back(NAMES, [put.now], ground=slip(), **said)
    assert on(APRIL) == on(TODAY) == of().name == "株式会社見本"
    call("C-1", "新生", date(2026, 1, 1), office)
    assert of().name == "新生"
    told = FactCorrection.objects.order_by("pk").values_list("kind", "subject", "unit")
    assert list(told) == [("name", "C-1", None)] * 3


def test_the_first_name_put_right(office):
    """A slip of the day on which the customer was taken in: it was always called so. It cannot be taken back."""
    first = first_name_of(of(), on=TODAY, by=office)
    (put,) = put_right(
        NAMES, [first], {"name": "株式会社見本堂", "kana": "ミホンドウ"}, ground=slip(), on=TODAY, by=office
    )
    assert (of().name, of().kana, on(date(2020, 1, 1))) == ("株式会社見本堂", "ミホンドウ", "株式会社見本堂")
    with pytest.raises(Refused, match="取り消せません"):
        take_back(NAMES, [put.now], ground=slip(), on=TODAY, by=office)
    later = call("C-1", "新生", APRIL, office)
    for row, says in ((later, {"from_on": None}), (put.now, {"from_on": APRIL}), (later, {"name": " "})):
        with pytest.raises(Refused):
            put_right(NAMES, [row], says, ground=slip(), on=TODAY, by=office)


def test_two_of_one_day_are_refused(office):
    first, second = call("C-1", "新生", APRIL, office), call("C-1", "新星", JUNE, office)
    with pytest.raises(Refused) as refused:
        put_right(NAMES, [second], {"from_on": APRIL}, ground=slip(), on=TODAY, by=office)
    assert refused.value.reason.field == "from_on"
    put_right(NAMES, [first], {"from_on": date(2026, 4, 2)}, ground=slip(), on=TODAY, by=office)
    put_right(NAMES, [second], {"from_on": APRIL}, ground=slip(), on=TODAY, by=office)
    assert (on(APRIL), on(date(2026, 4, 2))) == ("新星", "新生")


def test_a_slip_of_others_or_of_before_is_a_leads(office, django_user_model):
    """The first name was written by nobody here: only a lead puts it right (I-51)."""
    clerk = django_user_model.objects.create_user("担当")
    first = first_name_of(of(), on=TODAY, by=clerk)
    with pytest.raises(Refused):
        put_right(NAMES, [first], {"name": "見本堂"}, ground=slip(leads=False), on=TODAY, by=clerk)
    assert of().name == "株式会社見本"


def test_as_it_was_known(office):
    """A paper of a month that was closed goes by the names as they were known then."""
    first = call("C-1", "新生", date(2025, 10, 1), office)
    known = first.recorded_in
    call("C-1", "新星", date(2025, 11, 1), office)
    put_right(NAMES, [first], {"name": "新正"}, ground=slip(), on=TODAY, by=office)
    days = [date(2025, 9, 30), date(2025, 10, 31), date(2025, 11, 30)]
    assert [on(day) for day in days] == ["株式会社見本", "新正", "新星"]
    assert [on(day, known_in=known) for day in days] == ["株式会社見本", "新生", "新生"]
    assert [on(day, known_in=known - 1) for day in days] == ["株式会社見本"] * 3


def test_the_first_name_as_it_was_known(office):
    first = first_name_of(of(), on=TODAY, by=office)
    (put,) = put_right(NAMES, [first], {"name": "見本堂"}, ground=slip(), on=TODAY, by=office)
    assert on(TODAY, known_in=put.now.recorded_in - 1) == "株式会社見本"
    assert on(TODAY, known_in=put.now.recorded_in) == "見本堂"


def test_found_by_any_name(office):
    call("C-1", "新生", APRIL, office, kana="シンセイ")
    for part in ("見本", "新生"):
        assert list(Customer.objects.filter(ever_called("customer", Q(name__contains=part)))) == [of()], part
    assert not Customer.objects.filter(ever_called("customer", Q(name__contains="旧"))).exists()


def test_a_book_that_knows_another_name_is_known_again(office, tmp_path):
    """What was handed out before the change of name comes back as it was; a name that was never given is a contradiction."""
    call("C-1", "新生", date(2026, 1, 1), office)
    call("U-1", "大阪本社", date(2026, 1, 1), office)
    for at, rows in enumerate(((customer(), unit()), (customer(name="新生"), unit(name="大阪本社")))):
        answer = take(book(*rows), tmp_path / f"again {at}")
        assert answer.faults == []
    answer = take(book(customer(name="別会社")), tmp_path / "other")
    assert "新生" in f"{answer.faults}"
    assert len(answer.faults) == 1
    assert of().name == "新生"


@pytest.mark.parametrize("kind", ["book.xlsx", "book"])
def test_names_go_round(tmp_path, django_user_model, kind):
    def made():
        must_take(book(customer(), unit()), tmp_path / "begins")
        by = django_user_model.objects.create_superuser("責任者")
        call("C-1", "新生", date(2026, 1, 1), by, kana="シンセイ")
        row = call("U-1", "大阪", APRIL, by)
        put_right(NAMES, [row], {"name": "大阪本社"}, ground=slip(), on=TODAY, by=by)

    goes_round(made, tmp_path, kind)


def test_nobody_called_otherwise_costs_one_query(office):
    """A report names a million lines: where no name differs on the day it reads the column, and asks nothing a row."""
    with CaptureQueriesContext(connection) as asked:
        list(ManagementUnit.objects.annotate(said=called("customer", "customer", on=TODAY)).values_list("said"))
    assert len(asked) == 2
    assert "contracts_name" not in asked[-1]["sql"]
    call("C-1", "新生", APRIL, office)
    with CaptureQueriesContext(connection) as asked:
        rows = ManagementUnit.objects.annotate(said=called("customer", "customer", on=APRIL)).values_list("said")
        assert list(rows) == [("新生",)] * 2
    assert len(asked) == 2


def test_names_are_never_overwritten(office):
    row = call("C-1", "新生", APRIL, office)
    for sql in (
        "UPDATE contracts_name SET name = '別' WHERE id = %s",
        "UPDATE contracts_name SET from_on = NULL WHERE id = %s",
    ):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [row.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Name.objects.create(customer=of(), name="二つ目", from_on=APRIL)
    with pytest.raises(IntegrityError), transaction.atomic():
        Name.objects.create(customer=of(), unit=of("U-1"), name="両方", from_on=JUNE)
