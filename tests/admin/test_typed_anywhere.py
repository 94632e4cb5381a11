"""Days, months, amounts and numbers are read alike wherever they are typed: any form, filter, search or address."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import RequestFactory

from billing.admin.kit.filters import in_month
from billing.models import LedgerCheck, Month
from billing.reports import AHEAD, REPORTS
from billing.reports.filters import MonthField as MonthOfReports
from billing.reports.filters import YenField as YenOfReports
from contracts.admin.application.backdated import _begins_before
from contracts.admin.kit.amounts import CountField, PercentField, YenField
from contracts.admin.kit.as_of import as_of
from contracts.admin.kit.days import DayField, MomentField, MonthField, day_typed
from contracts.admin.work.calendar import calendar_of
from contracts.intake.book.written import month
from contracts.models import Entry, Job
from tests.admin.conftest import list_of, signed_in

DAY = date(2026, 1, 5)
DAYS = ("2026-01-05", "2026/1/5", "2026年1月5日", "令和8年1月5日", "２０２６／１／５", "R8.1.5", "20260105")
MONTHS = ("2026-01", "2026/1", "2026年1月", "令和8年1月", "２０２６年１月", "R8.1", "202601")


def _classes(of: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for one in of.__subclasses__():
        if one.__module__.startswith(("contracts.", "billing.", "csoc_admin.")):
            yield one
        yield from _classes(one)


def fields() -> list[tuple[str, forms.Field]]:
    """Every field that somebody types into: of every form of ours, behind a button or not, and of the reports' filters."""
    ours = [(str(one), one.base_fields) for one in set(_classes(forms.BaseForm))]
    ours += [(one.name, one.filters({}, queryset=Month.objects.none()).form.fields) for one in (*REPORTS, *AHEAD)]
    return [
        (f"{where} {name}", field)
        for where, named in ours
        for name, field in named.items()
        if not field.widget.is_hidden
    ]


def test_every_field_of_a_number_or_a_day_is_one_that_reads_what_people_write() -> None:
    read = (YenField, CountField, PercentField, YenOfReports, DayField, MomentField, MonthField, MonthOfReports)
    kinds = (forms.IntegerField, forms.DateField, forms.DateTimeField)
    found = [(where, field) for where, field in fields() if isinstance(field, kinds)]
    assert len(found) > 60
    assert [where for where, field in found if not isinstance(field, read)] == []
    assert [where for where, field in found if getattr(field.widget, "input_type", "") != "text"] == []


@pytest.mark.parametrize("at", range(len(DAYS)))
def test_each_of_them_reads_each_manner(at: int) -> None:
    for where, field in fields():
        if isinstance(field, MonthField | MonthOfReports):
            assert field.clean(MONTHS[at]) == DAY.replace(day=1), where
        elif isinstance(field, DayField):
            assert field.clean(DAYS[at]) == DAY, where


@pytest.mark.parametrize("typed", ["1,234", "１，２３４", "１２３４", "￥1,234", "1,234円", "1234"])
def test_each_amount_is_read_with_commas_and_in_full_width(typed: str) -> None:
    amounts = [(where, field) for where, field in fields() if isinstance(field, YenField | YenOfReports)]
    assert len(amounts) > 10
    for where, field in amounts:
        assert field.clean(typed) == 1234, where


@pytest.mark.parametrize("typed", ["99.95", "９９．９５", "99.95%", " 99.95 ％"])
def test_a_percentage_too(typed: str) -> None:
    assert PercentField(max_value=100).clean(typed) == Decimal("99.95")


@pytest.mark.parametrize(
    "typed", ["2026-13", "2026/0", "令和0年1月", "平成31年5月", "令和元年4月", "1月", "", "②026-01", "0000-01"]
)
def test_what_is_no_month(typed: str) -> None:
    assert month(typed) is None


def test_the_month_of_a_new_era_is_of_both() -> None:
    assert month("令和元年5月") == date(2019, 5, 1)
    assert month("平成31年4月") == date(2019, 4, 1)


@pytest.mark.parametrize("typed", DAYS)
def test_an_address_that_asks_as_of_a_day(db: None, typed: str) -> None:
    request = RequestFactory().get("/", {"on": typed, "known": typed})
    found = as_of(request, today=date(2026, 11, 26))
    assert (found.on, found.known_day) == (DAY, DAY)


@pytest.mark.parametrize("typed", ["", "1999-12-31", "2200-01-01", "明日", "2026-02-30"])
def test_what_is_no_day_tells_of_today(typed: str) -> None:
    today = date(2026, 11, 26)
    found = as_of(RequestFactory().get("/", {"on": typed, "known": typed}), today=today)
    assert (found.on, found.known_day, day_typed(typed)) == (today, None, None)


@pytest.mark.parametrize("typed", DAYS)
def test_a_line_of_an_application_that_begins_in_a_closed_month(typed: str) -> None:
    lines = [{"key": "#1", "verb": "contract", "category": "basic", "billing_starts_on": typed}]
    assert _begins_before(lines, date(2026, 2, 1))
    assert not _begins_before(lines, DAY)


@pytest.fixture
def history(db: None, chief: User) -> User:
    for subject in ("E-1", "E-2"):
        Entry.objects.create(actor="chief", operation="register", record="contract", subject=subject)
    return chief


@pytest.mark.parametrize(
    "manner", [lambda on: f"{on.year}/{on.month}/{on.day}", lambda on: f"令和{on.year - 2018}年{on.month}月{on.day}日"]
)
def test_the_history_from_a_day_on(history: User, manner) -> None:
    client, at = signed_in(history), Entry.objects.earliest("pk").at
    here = list_of("contracts.entry")
    today, later = manner(at.date()), manner(date(at.year + 1, 1, 9))
    assert client.get(here, {"from": today}).context["cl"].result_count == Entry.objects.count()
    assert client.get(here, {"from": later}).context["cl"].result_count == 0


def test_a_day_of_the_history_that_is_none_is_said_and_finds_nothing(history: User) -> None:
    client, here = signed_in(history), list_of("contracts.entry")
    answer = client.get(here, {"from": "2026-02-30"})
    assert answer.context["cl"].result_count == 0
    assert "日付として読めません" in answer.text
    assert "日付として読めません" not in client.get(here, {"from": "2026/1/5"}).text


def test_runs_and_checks_are_found_by_their_day(db: None, chief: User) -> None:
    Job.objects.create(name="worklist", on=DAY)
    LedgerCheck.objects.create(asked_by="chief", on=DAY)
    for model in ("contracts.job", "billing.ledgercheck"):
        screen = admin.site.get_model_admin(apps.get_model(model))
        for typed in (*DAYS, "2026/1/6"):
            found = screen.model.objects.filter(screen.found(typed)).count()  # type: ignore[attr-defined]
            assert found == (typed in DAYS), (model, typed)


def test_months_are_found_as_they_are_typed(db: None) -> None:
    for number in (1, 2):
        Month.objects.create(month=date(2026, number, 1), facts_revision=1)
    for typed, found in (
        *((typed, 1) for typed in MONTHS),
        ("2026年", 2),
        ("2026", 2),
        ("2027", 0),
        ("2026-13", 0),
        ("x", 0),
    ):
        assert Month.objects.filter(in_month("month", typed)).count() == found, typed


def test_the_calendar_opens_at_the_month_that_is_typed(db: None, chief: User) -> None:
    shown = calendar_of(chief, QueryDict("month=2026年12月").dict(), today=date(2026, 11, 26))
    assert shown["weeks"][1][0].on.month == 12
