"""The map of the terms against the terms: no clause forgotten, none invented, and every row true."""

import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from contracts.terms.editions import EDITIONS

ROOT = Path(__file__).resolve().parents[2]
TERMS = ROOT / "docs/terms/iij-c-soc-20250401.txt"
MAP = ROOT / "contracts/terms/README.md"

ARTICLE = re.compile(r"第 ?(\d+) ?条（[^）]+）$")
APPENDIX = re.compile(r"別紙 ?(\d+) .*\[第 ?\d+ ?条関係\]$")
EDITION = re.compile(r"(平成|令和) ?(元|\d+)年 ?(\d+)月 ?(\d+)日(?:施行|変更)$")
PARAGRAPH = re.compile(r"(\d+) ")
ITEM = re.compile(r"[(（](\d)[)）]")
SUB_ITEM = re.compile(r"[(（](i+)[)）]")
ERAS = {"平成": 1988, "令和": 2018}


def clauses_of_the_text(text):
    """Every clause of the terms, read off the text: its paragraphs and items, in its order."""
    found, head, paragraph, item, expected = [], "", "", "", 0
    for line in (line.strip() for line in text.splitlines()):
        if heading := ARTICLE.match(line):
            # The paragraph of an article that stands first has no number in the text.
            head, paragraph, expected = heading[1], "-1", 2
            found.append(head + paragraph)
        elif heading := APPENDIX.match(line):
            head, paragraph, expected = f"別紙{heading[1]}", "", 1
        elif heading := EDITION.match(line):
            year = ERAS[heading[1]] + (1 if heading[2] == "元" else int(heading[2]))
            head, paragraph, expected = f"附則{date(year, int(heading[3]), int(heading[4]))}", "", 1
            found.append(head)
        elif head and (numbered := PARAGRAPH.match(line)) and int(numbered[1]) == expected:
            paragraph, expected = f"-{expected}", expected + 1
            found.append(head + paragraph)
        elif numbered := ITEM.match(line):
            item = f"({numbered[1]})"
            found.append(head + paragraph + item)
        elif numbered := SUB_ITEM.match(line):
            found.append(f"{head}{paragraph}{item}({numbered[1]})")
    return found


def full(clause):
    """A clause with its paragraph: ``13`` → ``13-1``, ``3(1)`` → ``3-1(1)``."""
    return re.sub(r"^(\d+)(?=\(|$)", r"\1-1", clause)


def rows(text, first_column):
    """The cells of every table row whose first cell looks like that."""
    lines = (line.strip().strip("|") for line in text.splitlines() if line.startswith("| "))
    cells = ([cell.strip() for cell in line.split(" | ")] for line in lines)
    return [row for row in cells if re.fullmatch(first_column, row[0])]


def cited(cell):
    """What a cell names between backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def resolve(dotted):
    """What a dotted name names. Raises where it names nothing."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)


TEXT = TERMS.read_text(encoding="utf-8")
PAGE = MAP.read_text(encoding="utf-8")
CLAUSES = rows(PAGE, "`[^`]+`")
LEDGER = rows(PAGE, r"I-\d\d")
BY_CLAUSE = [pytest.param(*row, id=row[0].strip("`")) for row in CLAUSES]


def test_the_text_is_read_as_it_is_written():
    found = clauses_of_the_text(TEXT)
    articles = {clause.split("-")[0] for clause in found if clause[0].isdigit()}
    assert articles == {str(number) for number in range(1, 20)}
    assert len(found) == len(set(found))
    paragraphs = {
        article: sum(1 for clause in found if re.fullmatch(rf"{article}-\d+", clause)) for article in range(1, 20)
    }
    assert {article: number for article, number in paragraphs.items() if number > 1} == {
        **{6: 2, 7: 13, 8: 2, 10: 11, 11: 2, 12: 4, 14: 3},
        **{15: 2, 16: 2, 17: 2},
    }
    appendices = [clause for clause in found if re.fullmatch(r"別紙\d-\d", clause)]
    assert appendices == [f"別紙{n}" for n in ("1-1", "1-2", "2-1", "2-2", "2-3", "3-1", "3-2", "4-1", "4-2")]
    assert [clause for clause in found if re.fullmatch(r"10-2\(8\).+", clause)] == ["10-2(8)(i)", "10-2(8)(ii)"]


def test_the_editions_are_those_of_the_text():
    found = [
        clause.removeprefix("附則") for clause in clauses_of_the_text(TEXT) if re.fullmatch(r"附則[\d-]{10}", clause)
    ]
    assert found == [str(edition.first) for edition in EDITIONS]


def test_every_clause_has_its_row_and_every_row_its_clause():
    mapped = [full(row[0].strip("`")) for row in CLAUSES]
    written = clauses_of_the_text(TEXT)
    assert [clause for clause in written if clause not in mapped] == []
    assert [clause for clause in mapped if clause not in written] == []
    assert mapped == written


@pytest.mark.parametrize(("clause", "says", "standing", "functions", "tests"), BY_CLAUSE)
def test_a_row_is_true(clause, says, standing, functions, tests):
    assert says
    assert standing in {"coded", "person", "outside"}
    if standing != "coded":
        assert (functions, tests) == ("—", "—")
        return
    assert cited(functions)
    assert cited(tests)
    for name in cited(functions):
        assert name.split(".")[:2] in (["contracts", "terms"], ["billing", "terms"])
        assert resolve(name) is not None
    for path in cited(tests):
        assert "def test_" in (ROOT / path).read_text(encoding="utf-8")


def test_the_ledger_has_no_gap_and_leaves_nothing_unsaid():
    assert [row[0] for row in LEDGER] == [f"I-{number:02}" for number in range(1, len(LEDGER) + 1)]
    for row in LEDGER:
        assert len(row) == 5, row[0]
        assert all(row), row[0]
        assert cited(row[4]), row[0]
        for name in cited(row[4]):
            assert resolve(name) is not None


def test_every_reading_cited_anywhere_is_in_the_ledger():
    known = {row[0] for row in LEDGER}
    for root in ("contracts", "billing"):
        for path in (ROOT / root).rglob("*.py"):
            for number in re.findall(r"\bI-\d+", path.read_text(encoding="utf-8")):
                assert number in known, f"{path.relative_to(ROOT)} cites {number}"
    for number in re.findall(r"\bI-\d+", PAGE):
        assert number in known
