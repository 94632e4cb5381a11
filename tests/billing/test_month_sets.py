"""異動一覧 and 更新期限一覧 as sets: what the database finds, counts, adds up and puts in order is what going through every row comes to."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.operations.check_told import stored_is_what_was_told
from billing.reports import MOVEMENTS, RENEWALS
from billing.reports.filters import asked, filters_of
from billing.reports.ranges import rows_of
from contracts.facts import derive
from contracts.models import Change, Option, Target
from contracts.terms.art10_options import renewal_deadline, term_of
from contracts.terms.days import month_period, months_between
from tests.admin.conftest import signed_in
from tests.contracts.book.build import book, change, customer, edr, licence, must_take, notice, premium, unit
from tests.worlds import world

pytestmark = pytest.mark.django_db

DAYS = [
    *("2023-08-28", "2023-08-29", "2023-08-30", "2023-08-31", "2024-02-28", "2024-02-29"),
    *("2023-03-01", "2024-03-01", "2024-03-01", "2024-03-01", "2025-03-10", "2025-03-31"),
]
"""On which each unit's licences begin: ends of months, whose terms and deadlines come together, and several of a day."""
MONTHS = list(months_between(date(2024, 2, 1), date(2026, 4, 1)))


def _licensed() -> None:
    drawn = random.Random(5)
    facts: list[Any] = []
    order = list(range(len(DAYS)))
    drawn.shuffle(order)  # numbers that do not go as the ids do
    for nth, day in enumerate(DAYS):
        of, said = f"U-{nth}", {"application": f"A-{nth}", "accepted": "2023-02-01", "starts": day}
        tier, pair, term = f"T-{order[nth]}", f"E-{order[nth]}", f"L-{order[nth]}"
        facts += [
            *(customer(f"C-{nth}"), unit(of, of=f"C-{nth}"), premium(tier, of=of, **said)),
            *(edr(pair, on=tier, **said), licence("期間ライセンス", 1000 + nth, term, on=tier, **said)),
        ]
        if nth % 3 == 0:
            facts += [change(term, "quantity", 1500 + nth, "2025-03-10", application=f"B-{nth}")]
        if nth % 6 == 0:
            # Two of one day: in the order of their applications the later one says what holds.
            facts += [change(term, "quantity", 3000 + nth, "2025-03-10", application=f"D-{nth}", accepted="2025-05-11")]
        if nth % 4 == 1:
            facts += [notice(term, "2025-03-15")]
        if nth == 2:
            facts += [notice(term, "2025-05-20", "2025-08-29")]
    with TemporaryDirectory() as folder:
        must_take(book(*facts), Path(folder))


licensed = world("licences that began on many days", _licensed)


def of_month(report: Any, month: date, **given: str) -> Any:
    wanted = asked(filters_of(report, {"month": f"{month:%Y-%m}", **given}))
    assert wanted is not None
    return rows_of(report, wanted)


def moved(month: date) -> list[tuple[date, int, str]]:
    """Every row of the facts gone through: day, target and kind."""
    return sorted([*_of_targets(month), *_of_changes(month)])


def _of_targets(month: date) -> Iterator[tuple[date, int, str]]:
    days = month_period(month)
    for one in Target.objects.select_related("option"):
        began, ended = one.billing_starts_on, one.ends_on
        if began in days and not (ended and ended < began):
            yield began, one.pk, "new"
        if ended and ended in days and began and began <= ended:
            yield ended, one.pk, "ended"
        if began and began < month and one.kind == "option" and one.option.licence_type == "term":
            term = term_of(began, days.last)
            if term.first in days and term.renewals and not (ended and ended < term.first):
                yield term.first, one.pk, "renewed"


def _of_changes(month: date) -> Iterator[tuple[date, int, str]]:
    for one in Change.objects.standing().filter(effective_on__range=(month, month_period(month).last)):
        if not (one.target.ends_on and one.target.ends_on < one.effective_on):
            yield one.effective_on, one.target_id, "changed"


def test_the_days_are_as_rich_as_they_look(licensed: None) -> None:
    kinds = {kind for month in MONTHS for _on, _pk, kind in moved(month)}
    assert kinds == {"new", "changed", "ended", "renewed"}
    deadlines = [row[0] for row in of_month(RENEWALS, date(2025, 3, 1)).stream()]
    assert len(set(deadlines)) < len(deadlines)


def test_a_month_moved_what_going_through_every_row_finds(licensed: None) -> None:
    numbers = dict(Target.objects.values_list("number", "pk"))
    for month in MONTHS:
        rows = of_month(MOVEMENTS, month)
        found = [(row[0], numbers[row[5]], row[1]) for row in rows.stream()]
        assert found == moved(month), month
        assert rows.sums([]).count == len(found)


@pytest.mark.parametrize("ends_on", ["2025-03-09", "2025-03-10", "2025-03-30", "2025-03-31"])
def test_what_ends_by_a_day_neither_changes_nor_is_in_force_after_it(licensed: None, ends_on: str) -> None:
    """An end before a change, on its day, and about the month's last day; before what begins in the month, too."""
    month = date(2025, 3, 1)
    last = month_period(month).last
    for one in Target.objects.exclude(kind="tier"):
        Target.objects.filter(pk=one.pk).update(ends_on=ends_on)
    numbers = dict(Target.objects.values_list("number", "pk"))
    found = [(row[0], numbers[row[5]], row[1]) for row in of_month(MOVEMENTS, month).stream()]
    assert found == moved(month)
    running = Target.objects.filter(option__licence_type="term", billing_starts_on__lte=last).exclude(ends_on__lt=last)
    assert {row[4] for row in of_month(RENEWALS, month).stream()} == set(running.values_list("number", flat=True))


@pytest.mark.parametrize("report", [MOVEMENTS, RENEWALS], ids=lambda report: report.name)
def test_pages_of_any_size_put_together_are_the_whole(licensed: None, report: Any) -> None:
    for month in MONTHS:
        whole = list(of_month(report, month).stream())
        for size in (1, 2, 3, 5):
            rows = of_month(report, month)
            pages = [rows.page(first, size, report.totalled)[1] for first in range(0, len(whole) + size, size)]
            assert [row for page in pages for row in page] == whole, (month, size)


def test_renewals_come_by_deadline_and_number_with_their_licences_added_up(licensed: None) -> None:
    for month in MONTHS:
        last = month_period(month).last
        rows = of_month(RENEWALS, month)
        found = list(rows.stream())
        for before, after in pairwise(found):
            assert (before[0], before[4]) < (after[0], after[4])
        running = Target.objects.filter(option__licence_type="term", billing_starts_on__lte=last)
        running = running.exclude(ends_on__lt=last)
        assert {row[4]: row[0] for row in found} == {
            one.number: renewal_deadline(term_of(one.billing_starts_on, last)) for one in running
        }
        [at] = RENEWALS.totalled
        sums = rows.sums([at])
        assert (sums.count, sums.totals[at]) == (len(found), sum(row[at] for row in found))


def test_what_is_narrowed_is_narrowed_in_every_set(licensed: None) -> None:
    for given in ({"unit": "U-3"}, {"customer": "C-1"}, {"tier": "premium"}, {"module_type": "swg"}):
        for report in (MOVEMENTS, RENEWALS):
            column = {"unit": 4 if report is MOVEMENTS else 3, "customer": 2 if report is MOVEMENTS else 1}
            for month in (date(2025, 3, 1), date(2025, 6, 1)):
                wanted = list(of_month(report, month).stream())
                for name, code in given.items():
                    if name in column:
                        wanted = [row for row in wanted if row[column[name]].startswith(code)]
                    if name == "module_type":
                        wanted = []
                rows = of_month(report, month, **given)
                assert list(rows.stream()) == wanted
                assert rows.page(0, 50, report.totalled)[1] == wanted
                assert rows.sums(report.totalled).count == len(wanted)


def test_a_page_asks_few_questions_however_much_moved(licensed: None, admin_user: Any) -> None:
    client = signed_in(admin_user)
    for report in (MOVEMENTS, RENEWALS):
        for month in ("2025-03", "2025-06"):
            with CaptureQueriesContext(connection) as queries:
                assert (
                    client.get(f"/admin/billing/exportrecord/reports/{report.name}/?month={month}").status_code == 200
                )
            assert len(queries) <= 12, (report.name, month)


@pytest.mark.parametrize("wrong", [None, 7])
def test_the_licences_of_a_target_are_those_of_its_option(licensed: None, wrong: int | None) -> None:
    kept = dict(Target.objects.exclude(term_licences=None).values_list("pk", "term_licences"))
    assert kept == dict(Option.objects.filter(licence_type="term").values_list("pk", "quantity"))
    tier = Target.objects.filter(kind="tier")[0]
    Target.objects.filter(number="L-3").update(term_licences=wrong)
    Target.objects.filter(pk=tier.pk).update(term_licences=wrong)
    said = [sentence for sentence in stored_is_what_was_told() if "期間ライセンスの数" in sentence]
    named = ["L-3"] if wrong is None else sorted([tier.number, "L-3"], key=lambda n: Target.objects.get(number=n).pk)
    assert said == [f"{number}の期間ライセンスの数が、申し込んだ数と異なります。" for number in named]
    derive.store_term_licences()
    assert dict(Target.objects.exclude(term_licences=None).values_list("pk", "term_licences")) == kept
