"""A new edition told in a file: read whole, every fault told at once."""

from decimal import Decimal

import pytest

from contracts.intake.edition_file import EditionError, read_edition
from contracts.terms.editions import Edition, Renaming, with_edition
from tests.terms.build import day

WHOLE = """
first = 2026-04-01

[values]
contract_months = 12
uptime_percent = 99.95
most_retention_years = 15

[[renamings]]
old = "アンチウイルス:Cylance"
new = "アンチウイルス:Aurora"
clause = "附則2026-04-01-2"

[[renamings]]
old = "タイプA"
new = "タイプアルファ"
of = "firewall"
"""


def faults(text):
    with pytest.raises(EditionError) as caught:
        read_edition(text)
    return caught.value.faults


def test_an_edition_is_read_as_it_is_told():
    assert read_edition(WHOLE) == Edition(
        first=day("2026-04-01"),
        renamings=(
            Renaming("アンチウイルス:Cylance", "アンチウイルス:Aurora", "附則2026-04-01-2"),
            Renaming("タイプA", "タイプアルファ", "", "firewall"),
        ),
        changes={"contract_months": 12, "uptime_percent": Decimal("99.95"), "most_retention_years": 15},
    )
    assert read_edition("first = 2026-04-01\n[values]\nuptime_percent = 99").changes == {"uptime_percent": Decimal(99)}
    assert read_edition("first = 2025-04-02") == Edition(first=day("2025-04-02"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("first = ", ["TOMLとして読めません"], id="no TOML"),
        pytest.param("", ["版の初日（first）を、2026-04-01のように書いてください"], id="no day"),
        pytest.param("first = 2026-04-01T00:00:00", ["版の初日（first）を"], id="a moment is no day"),
        pytest.param(
            "first = 2025-04-01", ["版の初日（2025-04-01）が、最後の版の初日（2025-04-01）以前です"], id="too early"
        ),
        pytest.param(
            "first = 2025-04-01\ncolour = 3\nvalues = 1\nrenamings = 2",
            [
                "「colour」という項目はありません",
                "版の初日（2025-04-01）が",
                "値は[values]の下に",
                "名称の変更は[[renamings]]の下に",
            ],
            id="all faults of a file",
        ),
        pytest.param(
            'first = 2026-04-01\n[values]\ncontract_month = 1\ncontract_months = 0\nnotified_minutes = 1.5\noption_months = "6"\n'
            "term_months = true\nuptime_percent = 100.1\nbreach_claim_day = 29",
            [
                "「contract_month」という値はありません",
                "contract_months（契約の最低利用期間）は1から120までです（0）",
                "notified_minutes（通知の保証基準）は数で書いてください（1.5）",
                "option_months（オプションの最低利用期間）は数で書いてください（6）",
                "term_months（期間ライセンスの契約期間）は数で書いてください（True）",
                "uptime_percent（稼働率の保証基準）は0から100までです（100.1）",
                "breach_claim_day（品質保証の違背の減額の請求期限（翌月の日））は1から28までです（29）",
            ],
            id="all faults of the values",
        ),
        pytest.param(
            "first = 2026-04-01\n[values]\nleast_retention_years = 11",
            ["保管年数の最短（11）が最長（10）を超えています"],
            id="more than the most there are",
        ),
        pytest.param(
            'first = 2026-04-01\n[[renamings]]\nold = "タイプZ"\nnew = "タイプA"\n[[renamings]]\nold = "タイプA"\n'
            '[[renamings]]\nold = "アドバンスト"\nnew = "上級"\nwhy = "x"\n[[renamings]]\nold = "アンチウイルス:BlackBerry"\nnew = "X"',
            [
                "「タイプZ」という名称は、2026-04-01のカタログにありません",
                "「タイプA」という名称は、既にカタログにあります",
                "名称の変更には、前の名称（old）と新しい名称（new）を書いてください",
                "「why」という項目はありません",
                "「アンチウイルス:BlackBerry」という名称は、2026-04-01のカタログにありません",
            ],
            id="all faults of the names",
        ),
        pytest.param(
            'first = 2026-04-01\n[[renamings]]\nold = "タイプ1"\nnew = "タイプX"\nof = "waf"',
            ["「タイプ1」という名称は、2026-04-01のカタログにありません"],
            id="not of that module type",
        ),
    ],
)
def test_every_fault_is_told(text, told):
    found = faults(text)
    assert len(found) == len(told), found
    for fault, beginning in zip(found, told, strict=True):
        assert fault.startswith(beginning)


def test_an_edition_follows_the_last_also_where_that_is_made_up():
    with with_edition(Edition(first=day("2027-01-01"))):
        assert faults("first = 2026-04-01") == ["版の初日（2026-04-01）が、最後の版の初日（2027-01-01）以前です"]
