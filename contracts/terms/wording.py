"""The terms' own words, clause by clause, read off the text as it was published (docs/terms)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

_ARTICLE = re.compile(r"第 ?(\d+) ?条（[^）]+）$")
_APPENDIX = re.compile(r"別紙 ?(\d+) .*\[第 ?\d+ ?条関係\]$")
_EDITION = re.compile(r"(平成|令和) ?(元|\d+)年 ?(\d+)月 ?(\d+)日(?:施行|変更)$")
_PARAGRAPH = re.compile(r"(\d+) ")
_ITEM = re.compile(r"[(（](\d)[)）]")
_SUB_ITEM = re.compile(r"[(（](i+)[)）]")
_ERAS = {"平成": 1988, "令和": 2018}
_FOOT = re.compile(r"IIJ-REG\d+-\d+$")
_BLANK = re.compile(r"(?<=[^\x00-\x7f]) (?=[!-~])|(?<=[!-~]) (?=[^\x00-\x7f])")
_NUMBERED = re.compile(r"(?:\d+|[(（][\di]+[)）]) ?(?=\D)")

FULL_LINE = 36
"""Letters from which on a line of the published text goes on in the next: a shorter one ends there, or is a cell of a table."""


LEAST_OF_A_CELL = 12
"""Letters of a line from which on it may be a broken cell of a table, not a name in one."""

_TABLES = re.compile(r"[1-4]-")
"""第1条〜第4条 are tables of names and what each is; their cells are narrow, and broken in the middle of a word."""

_WHOLE_CELL = re.compile(r"(?:。|モジュール|もの|関係|内容|仕様に基づくサービス)$")
_NEXT_CELL = re.compile(r"品目を|種類を|当社が提供する IIJ|契約者が指定する|タイプ|I[PD]S/タイプ|IIJ[^C]+モジュール$")


class Words(NamedTuple):
    """The words of one clause: what it stands under (第10条（オプションサービス）), and its lines."""

    under: str
    lines: tuple[str, ...]


class _Place:
    """Where in the text a line stands."""

    def __init__(self) -> None:
        self.head, self.paragraph, self.item, self.under, self.expected = "", "", "", "", 0

    def begins(self, line: str) -> str | None:
        """The clause that begins with the line; '' for the title of an appendix, None where the one before goes on."""
        if heading := _ARTICLE.match(line):
            # The paragraph of an article that stands first has no number in the text.
            self._begin(heading[1], line, paragraph="-1", expected=2)
            return self.head + self.paragraph
        if heading := _APPENDIX.match(line):
            self._begin(f"別紙{heading[1]}", line)
            return ""
        if heading := _EDITION.match(line):
            year = _ERAS[heading[1]] + (1 if heading[2] == "元" else int(heading[2]))
            self._begin(f"附則{date(year, int(heading[3]), int(heading[4]))}", line)
            return self.head
        return self._within(line) if self.head else None

    def _begin(self, head: str, under: str, *, paragraph: str = "", expected: int = 1) -> None:
        self.head, self.under, self.paragraph, self.item, self.expected = head, under, paragraph, "", expected

    def _within(self, line: str) -> str | None:
        if (numbered := _PARAGRAPH.match(line)) and int(numbered[1]) == self.expected:
            self.paragraph, self.item, self.expected = f"-{self.expected}", "", self.expected + 1
            return self.head + self.paragraph
        if numbered := _ITEM.match(line):
            self.item = f"({numbered[1]})"
            return self.head + self.paragraph + self.item
        if numbered := _SUB_ITEM.match(line):
            return f"{self.head}{self.paragraph}{self.item}({numbered[1]})"
        return None


def clauses_of(text: str) -> dict[str, Words]:
    """Every clause of a published text with its own words, in the order of the text: ``10-2(8)``, ``別紙4-1``, ``附則2021-05-01-3``.

    A clause's own words are those up to the next clause, also where that is one of its items: see ``words_of``.
    """
    place, lines, under = _Place(), dict[str, list[str]](), dict[str, str]()
    clause = ""
    for line in _lines(text):
        begun = place.begins(line)
        if begun is not None:
            clause = begun
        if not clause:
            continue
        if begun:
            under[clause] = _without_blanks(place.under)
            lines[clause] = []
        if line != place.under:
            lines[clause].append(line)
    return {
        clause: Words(under[clause], _joined(said, LEAST_OF_A_CELL if _TABLES.match(clause) else FULL_LINE))
        for clause, said in lines.items()
    }


def words_of(clauses: Mapping[str, Words], clause: str) -> Words | None:
    """The words of a clause with all that stands within it; an article or appendix as a whole by its number. None where there is none."""
    found = [words for of, words in clauses.items() if _within(of, full(clause))]
    if not found:
        found = [words for of, words in clauses.items() if _within(of, clause)]
    return Words(found[0].under, tuple(line for words in found for line in words.lines)) if found else None


def full(clause: str) -> str:
    """A clause of an article of one paragraph with that paragraph, as the text counts: ``3(1)`` → ``3-1(1)``."""
    return re.sub(r"^(\d+)(?=\()", r"\1-1", clause)


def _within(clause: str, other: str) -> bool:
    return clause == other or clause.startswith((f"{other}-", f"{other}("))


def _lines(text: str) -> Iterator[str]:
    lines = (line.strip() for line in text.splitlines())
    return (line for line in lines if line and line != "附則" and not _FOOT.match(line))


def _joined(lines: list[str], least: int) -> tuple[str, ...]:
    """Lines as sentences: what was broken only because the page, or the cell, was full goes on."""
    found: list[str] = []
    before = 0
    for line in lines:
        if found and before >= least and _goes_on(found[-1], line, cell=least < FULL_LINE):
            # A word of Latin letters is not broken where the page is full: the blank before the next is not in the text.
            found[-1] += f" {line}" if found[-1][-1].isascii() and line[0].isascii() else line
        else:
            found.append(line)
        before = len(line)
    return tuple(_without_blanks(line) for line in found)


def _goes_on(said: str, line: str, *, cell: bool) -> bool:
    if not cell:
        return not said.endswith("。")
    return not _WHOLE_CELL.search(said) and not _NEXT_CELL.match(line)


def _without_blanks(line: str) -> str:
    """As the terms are meant: without the blanks between Japanese and Latin letters in the published text, but behind a number."""
    numbered = _NUMBERED.match(line)
    if not numbered:
        return _BLANK.sub("", line)
    return f"{numbered[0].strip()} {_BLANK.sub('', line[numbered.end() :])}"
