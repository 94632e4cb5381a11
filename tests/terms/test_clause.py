"""How a clause is written, and said."""

import pytest

from contracts.terms.clause import parts, spoken, spoken_in_english


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("13", "第13条"),
        ("7-2", "第7条第2項"),
        ("10-2(8)", "第10条第2項第8号"),
        ("別紙3-1", "別紙3第1項"),
        ("別紙2-1(2)", "別紙2第1項第2号"),
        ("一般規程28-2", "一般規程第28条第2項"),
        pytest.param("", "", id="no clause, nothing to say"),
    ],
)
def test_spoken(written, said):
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("13", "Art. 13"),
        ("7-2", "Art. 7, para. 2"),
        ("10-2(8)", "Art. 10, para. 2, item 8"),
        ("別紙2-1(2)", "Appendix 2, para. 1, item 2"),
        ("一般規程28-2", "General Terms, Art. 28, para. 2"),
        pytest.param("", "", id="no clause, nothing to say"),
    ],
)
def test_spoken_in_english(written, said):
    assert spoken_in_english(written) == said


@pytest.mark.parametrize("text", ["第7条", "7-", "7-2(", "x", "7-2(8)(i)", "10-2 (8)"])
def test_what_is_not_a_clause_is_refused(text):
    with pytest.raises(ValueError, match="not a clause"):
        parts(text)


def test_parts():
    assert parts("10-2(8)") == ("10", "2", "8")
    assert parts("13") == ("13", "", "")
