"""An event of the platform, recorded for all it concerns at once — as many as were shown, in a fixed number of queries."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.facts.writing import Writing
from contracts.models import Breach, Change, Entry, Outage
from contracts.operations.concerned import outage_concerned, uptime_concerned
from contracts.operations.incidents import record_uptime
from contracts.operations.refusal import Refused
from tests.contracts.book import build as had
from tests.contracts.incidents.desk import day, moment


def units(count, category="アドバンスト"):
    """Units of a tier and a クラウドログ収集 module each."""
    facts = [had.customer()]
    for number in range(count):
        code, application = f"U-{number:03}", f"A-{number:03}"
        facts += [
            had.unit(code),
            had.tier(category, number=f"T-{number:03}", of=code, application=application),
            had.module(number=f"M-{number:03}", of=code, application=application),
        ]
    return facts


def mixed():
    """A ベーシック tier with its module, an アドバンスト one that ends on 2025-05-20, and one that starts on 2025-06-01."""
    return had.book(
        had.customer(),
        *(had.unit(code) for code in ("U-1", "U-2", "U-3")),
        had.tier("ベーシック", number="T-1", application="A-1"),
        had.ips(number="M-1"),
        had.ips_service(),
        had.tier(number="T-2", of="U-2", application="A-12"),
        had.module(number="M-2", of="U-2", application="A-12"),
        had.notice("T-2", "2025-04-10", "2025-05-20"),
        had.notice("M-2", "2025-04-10", "2025-05-20"),
        had.tier(number="T-3", of="U-3", application="A-13", starts="2025-06-01"),
        had.module(number="M-3", of="U-3", application="A-13", starts="2025-06-01"),
    )


def numbers(found):
    return sorted(found.values_list("target__number", flat=True))


@pytest.mark.parametrize(
    ("known", "kinds", "expected"),
    [
        pytest.param("2025-05-20 23:59", (), ["M-1", "M-2", "T-1", "T-2"], id="I-03: the end day is still served"),
        pytest.param("2025-05-21 00:00", (), ["M-1", "T-1"], id="the day after it is not"),
        pytest.param("2025-06-01 00:00", (), ["M-1", "M-3", "T-1", "T-3"], id="the first day of service is"),
        pytest.param("2025-05-10 00:00", ("cloud_log", "basic"), ["M-2", "T-1"], id="chosen kinds: a module type and a tier"),
    ],
)  # fmt: skip
def test_an_outage_concerns_what_is_in_service(known, kinds, expected, desk):
    desk.has(mixed())
    assert numbers(outage_concerned(moment(known), kinds=kinds)) == expected


def test_uptime_is_guaranteed_to_all_but_basic(desk):
    """11-1: not the ベーシック contract; I-21: its module is; what ended within the month is, on its last day."""
    desk.has(mixed())
    assert numbers(uptime_concerned(day("2025-05-01"))) == ["M-1", "M-2", "T-2"]
    assert record_uptime(day("2025-05-01"), Decimal("99.89"), by=desk.by, on=day("2025-06-01"), counted=3) == 3
    occurred = {row.contract.target.number: row.occurred_at for row in Breach.objects.all()}
    assert occurred == {
        "M-1": moment("2025-05-31 00:00"),
        **dict.fromkeys(("M-2", "T-2"), moment("2025-05-20 00:00")),
    }
    with pytest.raises(Refused, match="ありません"):
        record_uptime(day("2025-05-01"), Decimal("99.89"), by=desk.by, on=day("2025-06-01"))


def test_an_upgraded_tier_is_guaranteed_from_its_month_on(desk):
    """9-1(1), 11-1: ベーシック until 2025-06-09, アドバンスト from the 10th."""
    basic = had.tier("ベーシック"), had.ips(number="M-1"), had.ips_service()
    desk.has(had.book(*basic, had.change("T-1", "カテゴリ", "アドバンスト", "2025-06-10")))
    assert [numbers(uptime_concerned(day(month))) for month in ("2025-05-01", "2025-06-01")] == [
        ["M-1"],
        ["M-1", "T-1"],
    ]


def test_what_was_withdrawn_neither_guarantees_nor_breaks(desk):
    """An upgrade taken back leaves the tier ベーシック; a breach taken back leaves its month open for the guarantee (I-20)."""
    basic = had.tier("ベーシック"), had.ips(number="M-1"), had.ips_service()
    said = had.change("T-1", "カテゴリ", "アドバンスト", "2025-05-15"), had.breach("M-1", "2025-05-20 12:00")
    desk.has(had.book(*basic, *said))
    assert numbers(uptime_concerned(day("2025-05-01"))) == ["T-1"]
    with transaction.atomic():
        writing = Writing.begin(by="試験", on=day("2025-05-12"))
        for row in (Change.objects.get(), Breach.objects.get()):
            writing.withdraw(row, because="誤記")
    assert numbers(uptime_concerned(day("2025-05-01"))) == ["M-1"]


@pytest.mark.parametrize(
    ("percent", "on", "why"),
    [
        pytest.param("99.90", "2025-06-01", "99.9%以上", id="別紙1-1: 99.90 % is kept"),
        pytest.param("99.89", "2025-05-31", "まだ終わって", id="a month that is not over has no 稼働率"),
    ],
)
def test_a_month_that_breaks_nothing(percent, on, why, desk):
    desk.has(mixed())
    with pytest.raises(Refused, match=why):
        record_uptime(day("2025-05-01"), Decimal(percent), by=desk.by, on=day(on))
    assert not Breach.objects.exists()


def test_others_than_were_shown_are_not_recorded(desk):
    desk.has(mixed())
    with pytest.raises(Refused, match="4件"):
        desk.outage("2025-05-10 00:00", None, counted=3)
    assert not Outage.objects.exists()


def test_a_number_out_of_service_is_named(desk):
    desk.has(mixed())
    with pytest.raises(Refused, match="T-3、X-9"):
        desk.outage("2025-05-10 00:00", None, "T-1", "T-3", "X-9")


def test_the_queries_do_not_grow_with_the_contracts(desk):
    desk.has(had.book(*units(40)))
    counts = []
    for known, some in (("2025-05-10 00:00", [f"T-{n:03}" for n in range(2)]), ("2025-05-11 00:00", [])):
        with CaptureQueriesContext(connection) as queries:
            desk.outage(known, "2025-05-13 00:00", *some)
        counts.append(len(queries))
    assert Outage.objects.count() == 2 + 80
    assert Entry.objects.filter(operation="record_outage").count() == 82
    assert max(counts) <= 30
    assert abs(counts[0] - counts[1]) <= 2  # the two numbers are looked for, and their one row read
