"""A small book asks for what can be there, once: nothing of names that nobody knows, nothing of what was made a moment ago."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Application, Entry, Price, UnitLook
from tests.contracts.book.build import (
    book,
    change,
    customer,
    module,
    must_take,
    notice,
    option,
    outage,
    price,
    priced,
    tier,
    unit,
)

pytestmark = pytest.mark.django_db

TABLE = re.compile(r'FROM "contracts_(\w+)"')


def tables_asked(rows, path):
    """The tables that are asked first of all in each question, of those that the facts are in."""
    with CaptureQueriesContext(connection) as queries:
        must_take(rows, path)
    return [found[1] for query in queries.captured_queries if (found := TABLE.search(query["sql"]))], len(queries)


def test_of_what_nobody_knows_no_versions_are_asked_for(tmp_path):
    asked, count = tables_asked(book(tier(), module(), priced("T-1", 100_000), priced("M-1", 50_000)), tmp_path / "in")
    assert not {"price", "name", "transfer", "move", "billingstart", "linkedservicestate"} & set(asked)
    assert count <= 42


def test_no_question_more_for_more_rows(tmp_path):
    """In an empty database, and again beside what is known already."""
    counts = []
    for many in (2, 30):
        names = [f"{many}-{n}" for n in range(many)]
        rows = book(
            *(customer(f"C-{n}", f"株式会社{n}") for n in names),
            *(unit(f"U-{n}", f"C-{n}") for n in names),
            *(tier("アドバンスト", f"T-{n}", of=f"U-{n}", application=f"A-{n}") for n in names),
            *(module(number=f"M-{n}", of=f"U-{n}", application=f"A-{n}") for n in names),
            *(priced(f"T-{n}", 100_000) for n in names),
        )
        _asked, count = tables_asked(rows, tmp_path / f"in{many}")
        later = book(*(price(f"T-{n}", "monthly", 90_000, "2026-04-01") for n in names))
        del later["customers"], later["units"]
        _asked, beside = tables_asked(later, tmp_path / f"more{many}")
        counts.append((count, beside))
    (few, few_more), (many, many_more) = counts
    # The revision has no row before the first book.
    assert many <= few
    assert many_more <= few_more


def test_prices_and_incidents_alone_are_of_their_unit(tmp_path):
    """Of which nothing else is brought: its history, and its worklist, which is looked at again."""
    must_take(book(tier(), module()), tmp_path / "in")
    for rows in ([price("T-1", "initial", 5)], [outage("T-1", "2025-06-01 10:00", "2025-06-03 10:00")]):
        UnitLook.objects.update(judged_by="")
        more = book(*rows)
        del more["customers"], more["units"]
        must_take(more, tmp_path / rows[0][0])
        assert Entry.objects.latest("pk").unit.code == "U-1"
        assert UnitLook.objects.get().judged_by != ""


def test_a_price_names_an_application_on_record(tmp_path):
    must_take(book(tier(), module()), tmp_path / "in")
    sheet, row = price("T-1", "initial", 5)
    must_take({sheet: [{**row, "application": "A-1"}]}, tmp_path / "more")
    assert Price.objects.get().application == Application.objects.get()


def test_a_notice_of_the_book_before_is_known(tmp_path):
    must_take(book(tier(), module(), notice("T-1", "2025-08-10")), tmp_path / "in")
    sheet, row = notice("T-1", "2025-08-10")
    other = notice("M-1", "2025-08-10")[1]
    answer = must_take({sheet: [row, other]}, tmp_path / "more")
    assert (answer.added, answer.known) == ({"notices": 1}, 1)


def test_a_later_book_says_when_a_stored_application_was_applied_for(tmp_path):
    """A change does not say it; what else is of its application does. Beside it a price is quoted with another that is stored."""
    higher = change("T-1", "category", "プレミアム", "2025-07-01")
    must_take(book(tier(premium_consent_on="2025-03-10"), module(), higher), tmp_path / "in")
    assert Application.objects.get(number="A-2").applied_on is None
    _sheet, kept = option("ログ保管オプション", "M-1", application="A-2", accepted="2025-05-10", retention_years=2)
    _sheet, quoted = price("T-1", "initial", 5)
    must_take({"options": [kept], "prices": [{**quoted, "application": "A-1"}]}, tmp_path / "more")
    assert Application.objects.get(number="A-2").applied_on == date(2025, 5, 10)
