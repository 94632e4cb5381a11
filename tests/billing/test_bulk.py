"""The text of a line: made at once, to the byte what the plain way gives, which escapes every value by itself."""

from datetime import date
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from billing.models.bulk import LineRow, WholeMonth, _blocks, _copied, text_of
from billing.terms.account import Fee, Line, TaxCategory
from billing.terms.art13_charges import whole_month_line
from contracts.terms.days import month_period

SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

TEXTS = st.text(alphabet=st.sampled_from("月額円（）　 \\\t\n\r\x85\u2028a,'\""), max_size=12)
LINES = st.builds(
    Line,
    *(st.sampled_from(Fee), st.dates(), st.dates(), st.integers(0, 10**6), st.integers(-(10**12), 10**12)),
    *(st.integers(-(10**12), 10**12), st.sampled_from(TaxCategory), st.sampled_from(["13", "10-2(8)"]), TEXTS, TEXTS),
)


def plain(line: Line) -> str:
    """COPY's text format, value by value."""
    return "\t".join(str(value).translate(SPECIAL) for value in line)


@given(LINES)
def test_a_line_is_written_as_the_plain_way_writes_it(line: Line) -> None:
    assert _copied(line) == plain(line)
    assert text_of((1, 2, 3, 4), line, "2025") == f"1\t2\t3\t4\t{plain(line)}\t2025\n".encode()
    assert b"".join(_blocks([LineRow(1, 2, 3, 4, line)], "2025")) == text_of((1, 2, 3, 4), line, "2025")


@given(LINES)
def test_a_line_read_back_has_the_same_text(line: Line) -> None:
    """A check reads codes as plain texts: they are the same line."""
    stored = line._replace(fee=str(line.fee), tax_category=str(line.tax_category))  # type: ignore[arg-type]
    assert _copied(stored) == _copied(line)


@given(st.lists(st.integers(1, 10**9), min_size=1), st.dates(date(2019, 1, 1), date(2040, 12, 31)), LINES)
def test_what_differs_by_its_price_alone_is_written_as_the_rules_write_it(
    prices: list[int], day: date, other: Line
) -> None:
    month = month_period(day.replace(day=1))
    whole = WholeMonth(7, partial(whole_month_line, month))
    rows = [(2, 3, target, price) for target, price in enumerate(prices)]
    lines = [LineRow(7, 2, 3, target, whole_month_line(month, price)) for target, price in enumerate(prices)]
    assert list(whole.lines(rows)) == lines
    between = LineRow(7, 2, 3, len(rows), other)
    wanted = b"".join(text_of(row[:4], row.line, "2025") for row in (*lines, between, *lines))
    assert b"".join(_blocks([rows, between, rows], "2025", whole)) == wanted


def test_a_common_line_to_the_byte() -> None:
    line = Line(
        *(Fee.MONTHLY, date(2025, 4, 1), date(2025, 4, 30), 1, 98_000, 98_000),
        *(TaxCategory.TAXABLE, "13", "月額 98,000円", "service"),
    )
    assert _copied(line) == "monthly\t2025-04-01\t2025-04-30\t1\t98000\t98000\ttaxable\t13\t月額 98,000円\tservice"
