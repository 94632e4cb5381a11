"""Days, moments, amounts and codes as people write them, and what is no way to write one."""

import re
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.intake.book import cells, written
from contracts.intake.book.cells import CellError

APRIL = date(2025, 4, 1)
DAYS = [
    *("2025-04-01", "2025/4/1", "2025/04/01", "2025.4.1", "2025-4-1", "2025年4月1日", "2025年04月01日", "20250401"),
    *("令和7年4月1日", "R7.4.1", "R7/4/1", "r7.4.1", "令7.4.1", "㋿7年4月1日", "Ｒ７．４．１", "R07.04.01"),
    *(
        "２０２５／４／１",
        "2025／4／1",
        " 2025/4/1 ",
        "2025/4/1(火)",
        "2025/4/1（火）",
        "2025/4/1 0:00",
        "2025-04-01 00:00:00",
    ),
    *(45748, 45748.0, "45748", 20250401, 20250401.0, date(2025, 4, 1), datetime(2025, 4, 1)),
]


@pytest.mark.parametrize("raw", DAYS)
def test_a_day_as_people_write_it(raw):
    assert cells.day(raw) == APRIL


@pytest.mark.parametrize(
    ("raw", "meant"), [("H31.4.30", "2019-04-30"), ("令和元年5月1日", "2019-05-01"), ("平成12年1月1日", "2000-01-01")]
)
def test_an_era_and_its_first_year(raw, meant):
    assert cells.day(raw).isoformat() == meant


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "25/4/1",
            "4/1/2025",
            "2025/4",
            "2025年4月",
            "2025/4/31",
            "2025-02-29",
            "R7.4.31",
            "H31.5.1",
            "R1.4.30",
            "S63.1.1",
        ),
        *("2025/4/1(水)", "2025/4-1", "2025//4/1", "250401", "20251301", "未定", "来月", "②⓪25/4/1", "2025²/4/1"),
        *(
            "2025-04-01 09:00",
            datetime(2025, 4, 1, 9),
            "1999/12/31",
            "2200/1/1",
            1,
            45748.5,
            float("nan"),
            True,
            "9" * 5000,
        ),
    ],
)
def test_what_is_no_day(raw):
    with pytest.raises(CellError):
        cells.day(raw)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("2025-10-26 17:34", "2025-10-26 17:34"),
        ("2025-10-26T17:34:59", "2025-10-26 17:34"),
        ("2025/10/26 17:34", "2025-10-26 17:34"),
        ("2025/8/28 3:03", "2025-08-28 03:03"),
        ("2025年8月28日 午後3時5分", "2025-08-28 15:05"),
        ("令和7年8月28日 3時", "2025-08-28 03:00"),
        ("2025/10/26 24:00", "2025-10-27 00:00"),
        ("２０２５／１０／２６　１７：３４", "2025-10-26 17:34"),
        (date(2025, 10, 26), "2025-10-26 00:00"),
        (datetime(2025, 10, 26, 17, 33, 59, 999_600), "2025-10-26 17:34"),
        (45748.5, "2025-04-01 12:00"),
    ],
)
def test_a_moment_as_people_write_it(raw, meant):
    assert f"{cells.moment(raw):%Y-%m-%d %H:%M}" == meant


@pytest.mark.parametrize(
    "raw", ["2025/10/26", "17:34", "2025/10/26 25:00", "2025/10/26 24:01", "2025/10/26 12:60", "きのう 9:00"]
)
def test_what_is_no_moment(raw):
    """A time that is not written is not made up."""
    with pytest.raises(CellError):
        cells.moment(raw)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "480000",
            "480,000",
            "¥480,000",
            "￥480,000-",
            "\\480,000",
            "480,000円",
            "480,000 円",
            "金480,000円也",
            "４８０，０００",
        ),
        *("480000.00", "480000.0000000001", 480000, 480000.0, 480000.0000000001, 479999.9999999999, "JPY 480,000"),
    ],
)
def test_an_amount_as_people_write_it(raw):
    assert cells.whole(raw) == 480_000


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "480000.5",
            480000.5,
            "480.000",
            "4,80,000",
            "48万",
            "480千円",
            "-1",
            "△1",
            "(1)",
            "百円",
            "①",
            "480000税込",
            "",
            "円",
        ),
        *(float("nan"), float("inf"), True, 10**11, "9" * 5000, "480,000ドル"),
    ],
)
def test_what_is_no_amount(raw):
    with pytest.raises(CellError):
        cells.whole(raw)


@pytest.mark.parametrize(("raw", "meant"), [("3年", 3), ("1,200ライセンス", 1200), ("１０", 10), (5.0, 5)])
def test_a_count_may_have_its_unit(raw, meant):
    assert cells.count(raw) == meant


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("Ｃ５１９０００１", "C5190001"),
        ("c5190001", "C5190001"),
        (" C 519 ", "C519"),
        ("SOC‐1", "SOC-1"),
        ("SOCー1", "SOC-1"),
        (1001.0, "1001"),
    ],
)
def test_a_code_is_folded(raw, meant):
    assert cells.code(raw) == meant


def test_a_holder_is_folded_where_it_is_a_code_and_else_left_alone():
    assert cells.holder("ｃ５１９０００１") == "C5190001"
    assert cells.holder("株式会社 Ａｂｃ") == "株式会社 Ａｂｃ"


@given(
    st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    st.sampled_from(
        [
            "{0:%Y-%m-%d}",
            "{0.year}/{0.month}/{0.day}",
            "{0.year}年{0.month}月{0.day}日",
            "{0:%Y%m%d}",
            "{0.year}.{0.month}.{0.day}",
        ]
    ),
)
def test_every_day_is_read_as_it_is_written(day, pattern):
    assert cells.day(pattern.format(day)) == day


@given(st.integers(0, 10**10), st.sampled_from(["{0}", "{0:,}", "¥{0:,}", "{0:,}円", "￥{0}-"]))
def test_every_amount_is_read_as_it_is_written(yen, pattern):
    assert cells.whole(pattern.format(yen)) == yen


@given(
    st.text(max_size=80)
    | st.from_regex(re.compile(r"[0-9０-９/年月日.RH令和:時\- ,円¥]{1,20}"), fullmatch=True)
    | st.floats()
)
def test_anything_is_read_or_refused_in_words(raw):
    for parse in (cells.day, cells.moment, cells.whole, cells.count):
        value = None
        with suppress(CellError):
            value = parse(raw)
        assert value is None or isinstance(value, date | int)
        assert value is None or isinstance(cells.manner(parse, raw), str)


def test_how_it_was_written_is_one_word_a_kind():
    assert written.manner("2025/4/1") == written.manner("2025/12/31") != written.manner("令和7年4月1日")
    assert (
        cells.manner(cells.day, "2025-04-01") == cells.manner(cells.whole, 100) == cells.manner(cells.code, "C-1") == ""
    )
