"""The picture of a unit: days stand where they belong, and what colour says is said in words too."""

import re
from datetime import date, timedelta
from html import unescape
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import clock
from contracts.admin.kit.language import violation_said
from contracts.admin.kit.naming import detail_on
from contracts.admin.unit.picture import picture
from contracts.admin.unit.picture_rows import PictureRow
from contracts.admin.unit.picture_scale import (
    LEFT,
    RIGHT,
    WIDTH,
    DayScale,
    months_of,
    placed,
    shortened,
    text_width,
    window_of,
)
from contracts.facts.load import load_units
from contracts.models import ManagementUnit
from contracts.operations.import_book import import_book
from contracts.terms import catalog
from contracts.terms.catalog import LicenceType, ModuleType, OptionType
from contracts.terms.days import Period
from contracts.terms.timeline import Timeline, judge
from contracts.terms.unit import Ground, Unit
from tests.conftest import SAMPLE
from tests.effort import examples
from tests.properties.facts import units
from tests.terms.build import change, edr, ips, licence, module, notice, option, premium, tier, unit
from tests.worlds import world

JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uff5e]")
ON = date(2025, 9, 15)


def drawn(facts: Unit, on: date = ON) -> dict:
    return picture(facts, on=on, findings=judge(facts))


def row_of(shown: dict, number: str) -> PictureRow:
    return next(row for row in shown["rows"] if row.number == number)


def bars_of(row: PictureRow) -> dict[str, tuple[date, date]]:
    return {bar.kind: (bar.first, bar.last) for bar in row.bars}


def rendered(facts: Unit, language: str, on: date = ON) -> str:
    with translation.override(language):
        return render_to_string("admin/picture.html", {"picture": drawn(facts, on)})


def test_days_stand_in_their_order_and_in_proportion() -> None:
    scale = DayScale(Period(date(2025, 1, 1), date(2026, 1, 1)))
    xs = [scale.x(date(2025, 1, 1) + timedelta(days=days)) for days in range(366)]
    assert xs == sorted(set(xs))
    assert (xs[0], xs[-1]) == (LEFT, RIGHT)
    assert xs[73] == pytest.approx(LEFT + (RIGHT - LEFT) / 5, abs=0.1)


def test_days_outside_the_window_stand_at_its_edges() -> None:
    scale = DayScale(Period(date(2025, 1, 1), date(2026, 1, 1)))
    assert (scale.x(date.min), scale.x(date.max)) == (LEFT, RIGHT)


@pytest.mark.parametrize(
    ("known", "first", "last"),
    [
        ((), "2024-09-01", "2026-09-30"),
        (("2025-04-10",), "2025-04-01", "2026-09-30"),
        (("2020-01-01",), "2024-09-01", "2026-09-30"),
        (("2025-04-10", "2027-02-28"), "2025-04-01", "2027-03-31"),
        (("2025-04-10", "2040-01-01"), "2025-04-01", "2030-03-31"),
        (("2026-01-05",), "2025-09-01", "2026-09-30"),
    ],
)
def test_the_window_of_time(known: tuple[str, ...], first: str, last: str) -> None:
    window = window_of(ON, map(date.fromisoformat, known))
    assert (str(window.first), str(window.last)) == (first, last)


def test_months_are_labelled_less_often_where_they_are_many() -> None:
    year = months_of(DayScale(Period(date(2025, 1, 1), date(2026, 1, 1))))
    assert all(month.label for month in year)
    five = months_of(DayScale(Period(date(2025, 1, 1), date(2030, 1, 1))))
    assert [month.first.month for month in five if month.label][:4] == [1, 4, 7, 10]
    assert [month.first.year for month in five if month.year] == [2025, 2026, 2027, 2028, 2029]


def test_a_bar_stands_where_its_days_are() -> None:
    shown = drawn(unit(tier(starts="2025-04-01")))
    scale = DayScale(Period(shown["first"], shown["last"] + timedelta(days=1)))
    served, committed = row_of(shown, "T-1").bars
    assert (served.x, committed.x) == (scale.x(date(2025, 4, 1)),) * 2
    assert committed.x + committed.width == pytest.approx(scale.x(date(2025, 10, 1)))
    assert shown["on_x"] == scale.x(ON)


def test_what_has_no_end_runs_on_to_the_edge() -> None:
    row = row_of(drawn(unit(tier())), "T-1")
    assert row.runs_on
    assert row.bars[0].x + row.bars[0].width == pytest.approx(RIGHT)


def test_what_ends_stops_and_says_so() -> None:
    row = row_of(drawn(unit(tier(), notice("T-1", "2025-12-01"))), "T-1")
    assert not row.runs_on
    assert bars_of(row)["served"][1] == date(2025, 12, 31)
    assert [(mark.kind, mark.day) for mark in row.marks] == [("end", date(2025, 12, 31))]
    assert row.marks[0].words is not None
    assert "2025-12-31" in row.marks[0].words.text


def test_the_minimum_terms() -> None:
    shown = drawn(unit(premium(), edr(), licence(LicenceType.MSSP), module()))
    assert {row.number: str(row.committed_until) for row in shown["rows"]} == {
        "T-1": "2025-09-30",
        "O-EDR": "2026-03-31",
        "O-LIC": "2026-03-31",
        "M-1": "2025-09-30",
    }


def test_an_end_leaves_the_rest_of_a_minimum_term() -> None:
    bars = bars_of(row_of(drawn(unit(tier(), notice("T-1", "2025-06-01"))), "T-1"))
    assert bars["committed"] == (date(2025, 4, 1), date(2025, 7, 1))
    assert bars["rest"] == (date(2025, 7, 2), date(2025, 9, 30))


def test_a_term_licence_has_terms_and_the_last_day_to_stop_the_next() -> None:
    facts = unit(premium(starts="2024-04-01"), edr(starts="2024-04-01"), licence(LicenceType.TERM, starts="2024-04-01"))
    shown = drawn(facts)
    row = row_of(shown, "O-LIC")
    scale = DayScale(Period(shown["first"], shown["last"] + timedelta(days=1)))
    assert bars_of(row)["committed"] == (date(2025, 4, 1), date(2026, 3, 31))
    assert row.renewals == [scale.x(date(2025, 4, 1)), scale.x(date(2026, 4, 1))]
    assert [(mark.kind, mark.day) for mark in row.marks] == [("deadline", date(2025, 12, 31))]


def test_a_term_licence_that_has_ended_leaves_no_term_that_never_began() -> None:
    ended = notice("O-LIC", "2025-03-01", "2025-03-31", Ground.COMPANY)
    facts = unit(premium(starts="2024-04-01"), edr(starts="2024-04-01"), licence(LicenceType.TERM, starts="2024-04-01"))
    row = row_of(drawn(unit(*facts.contracts, *facts.options, ended)), "O-LIC")
    assert (row.over, row.committed_until) == (True, date(2025, 3, 31))
    assert "rest" not in bars_of(row)
    assert [mark.kind for mark in row.marks] == ["end"]


def test_a_day_that_is_not_known_is_said_and_not_drawn() -> None:
    row = row_of(drawn(unit(tier(), module(starts=None))), "M-1")
    assert (row.bars, row.marks, row.runs_on) == ([], [], False)
    assert "未定" in row.note


def test_what_ended_before_it_began_is_said_and_not_drawn() -> None:
    facts = unit(tier(), module(starts="2026-01-01"), notice("M-1", "2025-05-01", "2025-06-30", Ground.COMPANY))
    row = row_of(drawn(facts), "M-1")
    assert (row.bars, row.marks) == ([], [])
    assert row.note


def test_what_is_scheduled_is_marked() -> None:
    facts = unit(
        premium(),
        edr(),
        licence(),
        module(starts="2026-02-01"),
        change("O-LIC", "quantity", 200, "2025-07-01"),
        change("O-LIC", "quantity", 300, "2026-01-01"),
    )
    shown = drawn(facts)
    assert [(mark.kind, str(mark.day)) for mark in row_of(shown, "O-LIC").marks] == [
        ("changed", "2025-07-01"),
        ("change", "2026-01-01"),
    ]
    assert [(mark.kind, str(mark.day)) for mark in row_of(shown, "M-1").marks] == [("start", "2026-02-01")]
    assert {"change", "changed", "start"} <= shown["kinds"]


def test_days_on_which_a_condition_is_not_met_are_a_band() -> None:
    facts = unit(tier(starts="2025-06-01"), module(starts="2025-04-01"))
    shown = drawn(facts)
    strip = shown["strips"][0]
    assert (strip.first, strip.last) == (date(2025, 4, 1), date(2025, 5, 31))
    assert strip.refused
    assert "第7条第1項" in strip.clauses
    assert shown["broken"][0]["clause"] == strip.clauses[0]


def test_contracts_come_with_their_options_the_tier_first() -> None:
    facts = unit(
        module(number="A-1"),
        option(OptionType.CLOUD_LOG_MONITORING, "A-1", "O-2"),
        module(ModuleType.M365_LOG, number="A-2"),
        tier(number="Z-1"),
        option(OptionType.ON_SITE_REPORT, "Z-1", "O-1"),
    )
    assert [row.number for row in drawn(facts)["rows"]] == ["Z-1", "O-1", "A-1", "O-2", "A-2"]


def test_facts_that_contradict_each_other_are_drawn_without_ends() -> None:
    facts = unit(tier(), notice("T-1", "2025-12-01", None, Ground.COMPANY))
    assert row_of(picture(facts, on=ON, findings=[]), "T-1").ends_on is None


@pytest.mark.parametrize("on", [date.min, date(1990, 1, 1), date(2100, 12, 31), date.max])
def test_any_day_can_be_asked_for(on: date) -> None:
    facts = unit(premium(), edr(), licence(LicenceType.TERM), notice("O-EDR", "2025-05-01"))
    shown = drawn(facts, on)
    assert len(shown["months"]) <= 60
    assert "<svg" in rendered(facts, "ja", on)


def test_a_unit_without_contracts_can_be_drawn() -> None:
    assert "<svg" in rendered(unit(), "ja")


@settings(deadline=None, max_examples=examples(60))
@given(facts=units(), on=st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_nothing_stands_outside_the_picture_or_on_other_words(facts: Unit, on: date) -> None:
    shown = drawn(facts, on)
    bars = [bar for row in shown["rows"] for bar in row.bars] + shown["served"] + shown["strips"]
    assert all(bar.width >= 0 and LEFT <= bar.x <= bar.x + bar.width <= RIGHT + 0.1 for bar in bars)
    assert all(month.width > 0 for month in shown["months"])
    for row in shown["rows"]:
        assert all(LEFT <= mark.x <= RIGHT for mark in row.marks)
        spans = sorted(mark.words.span for mark in row.marks if mark.words)
        assert all(first >= LEFT and last <= WIDTH for first, last in spans)
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_words_without_room_are_left_out() -> None:
    first, second = placed([(500, ("2025-10-01 終了",)), (502, ("2025-10-02 → タイプA",) * 2)])
    assert first is not None
    assert second is None or second.span[1] <= first.span[0]


def test_words_keep_off_the_line_where_they_can() -> None:
    (words,) = placed([(500, ("2025-10-01",))], line=510)
    assert words is not None
    assert words.span[1] < 510


def test_long_names_are_cut_and_keep_their_end_where_it_tells() -> None:
    text = "SOC51900094  McAfee Network Security Platform IPS/タイプD"
    short = shortened(text, 200, 11, keep=len("IPS/タイプD"))
    assert short.endswith("…IPS/タイプD")
    assert text_width(short, 11) <= 200
    assert shortened("短い", 200) == "短い"


def test_a_detail_is_that_of_the_day() -> None:
    facts = unit(tier(), ips(), change("M-IPS", "item", "IPS/タイプC", "2025-10-01"))
    details = [detail_on(facts.contracts[1], Timeline(facts), day) for day in (ON, date(2025, 10, 1))]
    assert [detail.split()[-1] for detail in details] == ["IPS/タイプA", "IPS/タイプC"]


sample_taken = world("the sample", lambda: import_book(SAMPLE, by="試験", on=clock.today()))


@pytest.fixture
def sample(sample_taken: None) -> list[Unit]:
    return list(load_units(ManagementUnit.objects.values_list("pk", flat=True)).values())


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_unit_of_the_sample_is_drawn(sample: list[Unit], language: str) -> None:
    for facts in sample:
        page = rendered(facts, language, date(2026, 3, 15))
        assert 'role="img"' in page
        assert "style=" not in page
        for target in facts.targets:
            assert page.count(target.number) >= 3


def test_english_has_no_japanese_of_ours(sample: list[Unit]) -> None:
    """The terms' own names and clauses stand as the terms write them; everything else is said in English."""
    names = {part for found in catalog.MODULES for part in (found.name, found.kind, found.item) if part}
    for table in (catalog.CATEGORY_NAMES, catalog.MODULE_TYPE_NAMES, catalog.OPTION_NAMES, catalog.LICENCE_NAMES):
        names |= set(table.values())
    names |= set(catalog.PRODUCT_NAMES.values())
    for facts in sample:
        page = unescape(rendered(facts, "en", date(2026, 3, 15)))
        # What the picture cuts short it has in full beside it.
        text = re.sub(r"<text class=\"(?:sub)?label\".*?</text>", "", page)
        # A sentence about a condition comes from the terms' side, as do the clauses.
        with translation.override("en"):
            for finding in judge(facts):
                text = text.replace(violation_said(finding.violation), "")
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "")
        text = re.sub(r"第\d+条(?:第\d+項)?(?:第\d+号)?", "", text)
        assert JAPANESE.findall(text) == [], facts.code
        assert "Eligibility" in page
