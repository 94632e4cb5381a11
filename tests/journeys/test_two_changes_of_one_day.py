"""Two changes of one thing that stand on one day: the later accepted says what holds, each owes its fee; in and out (I-39, I-53)."""

from datetime import date

import pytest
from django.db.models import Q

from billing.operations.check_ledger import check_ledger
from contracts.facts.change_order import LAST_FIRST
from contracts.facts.names import names_of
from contracts.models import Change, Effect, Price, Target
from contracts.operations.jobs import run
from tests.contracts.applications.form import Desk, licences, quoted, refusals, years
from tests.contracts.book.build import (
    book,
    change,
    edr,
    ips,
    ips_service,
    licence,
    module,
    must_take,
    option,
    premium,
    price,
    priced,
    take,
    tier,
)
from tests.contracts.book.restored import goes_round
from tests.contracts.corrections.desk import Corrector

EDR = [premium(), edr(), licence(), *priced("T-1", 300_000, 10_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100)]
TWO = [
    change("O-LIC", "ライセンス数", "2000", "2025-05-01", application="A-2", accepted="2025-04-10"),
    change("O-LIC", "ライセンス数", "300", "2025-05-01", application="A-3", accepted="2025-04-20"),
]


@pytest.fixture(autouse=True)
def sound(db):
    yield
    assert list(check_ledger(recompute=True)) == []


@pytest.fixture
def desk(db, tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def lead(db, django_user_model):
    return Corrector(django_user_model.objects.create_superuser("責任者"), on="2025-06-10")


def monthly(licences):
    return [("T-1", 300_000), ("O-EDR", 50_000), ("O-LIC", 100 * licences)]


@pytest.mark.parametrize("rows", [TWO, TWO[::-1]], ids=["as accepted", "the other way round"])
def test_the_later_accepted_holds(story, tmp_path, rows):
    """Whatever the order of the rows, or of the books."""
    must_take(book(*EDR, rows[0]), tmp_path / "first")
    must_take(book(rows[1]), tmp_path / "second")
    story.close("2025-03", "2025-05")
    story.month("2025-03", ("T-1", "initial", "2025-03-10", "2025-03-10", 10_000))
    story.months_alike("2025-04", "2025-04", *monthly(100))
    story.months_alike("2025-05", "2025-05", *monthly(300))
    target = Target.objects.get(number="O-LIC").pk
    names = names_of(Q(pk=target))
    assert names.on(target, date(2025, 5, 1)).quantity == 300
    assert names.on(target, date(2025, 4, 30)).quantity == 100
    assert Change.objects.standing().order_by(*LAST_FIRST).first().to_number == 300
    story.nothing_more()


def test_of_one_acceptance_day_the_later_number_holds(story, tmp_path):
    rows = [
        change("O-LIC", "ライセンス数", f"{count}", "2025-05-01", application=application, accepted="2025-04-10")
        for application, count in (("A-3", 300), ("A-2", 2000))
    ]
    must_take(book(*EDR, *rows), tmp_path / "book")
    story.close("2025-05")
    story.months_alike("2025-05", "2025-05", *monthly(300))
    story.nothing_more()


def test_the_same_application_says_one_thing_a_day(tmp_path, db):
    answer = take(
        book(
            *EDR,
            TWO[0],
            change("O-LIC", "ライセンス数", "3000", "2025-05-01", application="A-2", accepted="2025-04-10"),
        ),
        tmp_path,
    )
    assert len(answer.faults) == 1


def test_first_the_one_then_the_other_after_the_close_and_back(story, tmp_path, lead):
    """The second becomes known after May was closed: the difference is billed; taken back, it is billed back. Put right again."""
    must_take(book(*EDR, TWO[0]), tmp_path / "first")
    story.close("2025-03", "2025-05")
    story.month("2025-03", ("T-1", "initial", "2025-03-10", "2025-03-10", 10_000))
    story.months_alike("2025-04", "2025-04", *monthly(100))
    story.months_alike("2025-05", "2025-05", *monthly(2000))
    run("effects", date(2025, 6, 1))
    must_take(book(TWO[1]), tmp_path / "second")
    run("effects", date(2025, 6, 2))
    assert list(Effect.objects.filter(kind="changed").values_list("value", flat=True)) == ["300"]
    story.close("2025-06")
    story.month(
        "2025-06",
        *((number, "monthly", "2025-06-01", "2025-06-30", yen) for number, yen in monthly(300)),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", -170_000),
    )
    second = Change.objects.standing().get(to_number=300)
    lead.back("change", second)
    assert list(Effect.objects.filter(kind="changed").values_list("value", flat=True)) == ["2000"]
    story.close("2025-07")
    story.month(
        "2025-07",
        *((number, "monthly", "2025-07-01", "2025-07-31", yen) for number, yen in monthly(2000)),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", 170_000),
        ("O-LIC", "correction", "2025-06-01", "2025-06-30", 170_000),
    )
    # The order is that of the acceptances: what is said anew of the first does not come behind the second.
    must_take(
        book(change("O-LIC", "ライセンス数", "400", "2025-05-01", application="A-4", accepted="2025-04-25")),
        tmp_path / "third",
    )
    lead.right("change", Change.objects.standing().get(to_number=2000), to_number=1000)
    story.close("2025-08")
    story.month(
        "2025-08",
        *((number, "monthly", "2025-08-01", "2025-08-31", yen) for number, yen in monthly(400)),
        *(
            ("O-LIC", "correction", f"2025-{m}", last, -160_000)
            for m, last in (("05-01", "2025-05-31"), ("06-01", "2025-06-30"), ("07-01", "2025-07-31"))
        ),
    )
    story.nothing_more()


def test_each_owes_its_fee(story, tmp_path):
    """ベーシック to アドバンスト and, on the same day, on to プレミアム: two changes, two fees (I-39)."""
    agreed = (("アドバンスト", "A-2", "2025-04-10"), ("プレミアム", "A-3", "2025-04-20"))
    rows = [
        tier("ベーシック", premium_consent_on="2025-04-01"),
        *(change("T-1", "カテゴリ", to, "2025-05-01", application=a, accepted=on) for to, a, on in agreed),
        *(ips(), ips_service(premium_consent_on="2020-01-01")),
        *priced("T-1", 100_000),
        *priced("M-IPS", 10_000),
        price("T-1", "one_time", 30_000, "2025-04-10"),
        price("T-1", "one_time", 40_000, "2025-04-20"),
        price("T-1", "monthly", 300_000, "2025-05-01"),
    ]
    answer = take(book(*rows), tmp_path / "book")
    assert answer.faults == []
    story.close("2025-04", "2025-05")
    found = [line[1:] for line in story.untold if line[2] == "one_time"]
    assert sorted((line[0], line[2], line[6]) for line in found) == [
        ("T-1", "2025-04-10", 30_000),
        ("T-1", "2025-04-20", 40_000),
    ]
    assert [line[7] for line in story.untold if line[:3] == ("2025-05", "T-1", "monthly")] == [300_000]


def test_a_second_application_for_the_day_with_its_own_price(desk, story, lead):
    """Asked for, accepted, priced anew; its price takes the place of the first's, and gives it back when it is taken back."""
    desk.has(premium(), edr(), licence(), *priced("T-1", 300_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100))
    desk.accepted(licences("2000", monthly_yen="90"), applied="2025-04-01", on="2025-04-10")
    again = licences("3000", monthly_yen="80")
    assert refusals(desk.judged(again, applied="2025-04-12", on="2025-04-20")) == set()
    desk.accepted(again, applied="2025-04-12", on="2025-04-20")
    standing = Price.objects.standing().filter(target__number="O-LIC", from_on=date(2025, 5, 1))
    assert list(standing.values_list("amount_yen", flat=True)) == [80]
    story.close("2025-04", "2025-05")
    story.months_alike("2025-04", "2025-04", *monthly(100))
    story.months_alike("2025-05", "2025-05", ("T-1", 300_000), ("O-EDR", 50_000), ("O-LIC", 240_000))
    lead.back("change", Change.objects.standing().get(to_number=3000))
    assert list(standing.values_list("amount_yen", flat=True)) == [90]
    story.close("2025-06")
    story.month(
        "2025-06",
        *(
            ("T-1", "monthly", "2025-06-01", "2025-06-30", 300_000),
            ("O-EDR", "monthly", "2025-06-01", "2025-06-30", 50_000),
        ),
        ("O-LIC", "monthly", "2025-06-01", "2025-06-30", 180_000),
        ("O-LIC", "correction", "2025-05-01", "2025-05-31", -60_000),
    )
    story.nothing_more()


def test_moved_to_another_day_it_gives_the_first_price_back(desk, lead):
    desk.has(premium(), edr(), licence(), *priced("T-1", 300_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100))
    desk.accepted(licences("2000", monthly_yen="90"), applied="2025-04-01", on="2025-04-10")
    desk.accepted(licences("3000", monthly_yen="80"), applied="2025-04-12", on="2025-04-20")
    lead.right("change", Change.objects.standing().get(to_number=3000), effective_on=date(2025, 5, 11))
    rows = Price.objects.standing().filter(target__number="O-LIC", fee="monthly").order_by("from_on")
    assert [(f"{row.from_on}", row.amount_yen) for row in rows][-2:] == [("2025-05-01", 90), ("2025-05-11", 80)]


def test_a_price_alone_for_a_day_that_has_one_is_still_refused(desk):
    desk.has(premium(), edr(), licence(), *priced("T-1", 300_000), *priced("O-EDR", 50_000), *priced("O-LIC", 100))
    desk.accepted(licences("2000", monthly_yen="90"), applied="2025-04-01", on="2025-04-10")
    assert refusals(desk.judged(quoted("O-LIC", "monthly", "70", "2025-05-01"), on="2025-04-20"))


def test_the_terms_judge_the_second_on_the_first(desk):
    """10-5: five years after the first of the day, never back to three."""
    desk.has(tier(), module(), option("ログ保管オプション", "M-1", number="O-KEEP", retention_years="1"))
    desk.accepted(years("5"), applied="2025-04-01", on="2025-04-10")
    assert {clause for clause, *_rest in refusals(desk.judged(years("3"), on="2025-04-20"))} == {"10-5"}
    assert refusals(desk.judged(years("7"), on="2025-04-20")) == set()


@pytest.mark.parametrize("kind", ["book.xlsx", "book"])
def test_both_go_round(tmp_path, kind):
    goes_round(lambda: must_take(book(*EDR, *TWO), tmp_path / "begins"), tmp_path, kind)
