"""附則: editions, and the names they gave."""

import pytest

from contracts.terms.editions import EDITIONS, edition_on
from contracts.terms.supplementary import name_on
from tests.terms.build import day


def test_eighteen_editions_in_order():
    assert len(EDITIONS) == 18
    assert [edition.first for edition in EDITIONS] == sorted({edition.first for edition in EDITIONS})
    assert (EDITIONS[0].first, EDITIONS[-1].first) == (day("2017-03-01"), day("2025-04-01"))


@pytest.mark.parametrize(
    ("on", "edition"),
    [
        pytest.param("2017-02-28", None, id="before the first edition"),
        pytest.param("2017-03-01", "2017-03-01", id="an edition applies from its day"),
        pytest.param("2018-02-28", "2017-03-01", id="until the day before the next"),
        pytest.param("2019-06-30", "2019-04-01", id="平成31年4月1日"),
        pytest.param("2019-07-01", "2019-07-01", id="令和元年7月1日"),
        pytest.param("2026-11-23", "2025-04-01", id="the last one goes on"),
    ],
)
def test_the_edition_of_a_day(on, edition):
    assert edition_on(day(on)) == day(edition)


@pytest.mark.parametrize(
    ("name", "on", "then"),
    [
        pytest.param("アドバンスト", "2021-04-30", "IIJ C-SOCサービス", id="2021-05-01 第3項: the day before"),
        pytest.param("アドバンスト", "2021-05-01", "アドバンスト", id="2021-05-01 第3項: the day"),
        pytest.param("ベーシック", "2021-04-30", "IIJ C-SOCサービス ベーシック", id="2021-05-01 第4項"),
        pytest.param("ベーシック", "2021-05-01", "ベーシック", id="2021-05-01 第4項: the day"),
        pytest.param("プレミアム", "2021-04-30", "プレミアム", id="プレミアム was not renamed"),
        pytest.param(
            "アンチウイルス:Cylance", "2021-09-30", "アンチウイルス:Cylance", id="2021-10-01 第2項: the day before"
        ),
        pytest.param(
            "アンチウイルス:Cylance", "2021-10-01", "アンチウイルス:BlackBerry", id="2021-10-01 第2項: the day"
        ),
        pytest.param(
            "アンチウイルス:Cylance", "2022-08-31", "アンチウイルス:BlackBerry", id="2022-09-01 第2項: the day before"
        ),
        pytest.param("アンチウイルス:Cylance", "2022-09-01", "アンチウイルス:Cylance", id="2022-09-01 第2項: the day"),
        pytest.param(
            "アンチウイルス:Symantec", "2021-12-01", "アンチウイルス:Symantec", id="another item was not renamed"
        ),
    ],
)
def test_the_name_an_edition_gave(name, on, then):
    assert name_on(name, day(on)) == then
