"""No dead citation: every clause and reading cited in code, templates, messages and guides has words to be shown beside it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from contracts.terms.citations import READING, cited, clause_of
from contracts.terms.clause import spoken
from contracts.terms.readings import READINGS
from contracts.terms.wording import clauses_of, full, words_of
from tests.admin.test_translations import written as translated
from tests.architecture.test_clause_map import TEXT

ROOT = Path(__file__).resolve().parents[2]
CLAUSES = clauses_of(TEXT)
GENERAL = "一般規程"
"""The general terms are not at hand; a screen says so in their place."""

IN_DATA = re.compile(
    r"\d{1,2}-\d{1,2}(?:\(\d+\))?|\d{1,2}\(\d+\)|(?:別紙|一般規程)\d+(?:-\d+)?(?:\(\d+\))?|附則\d{4}-\d\d-\d\d(?:-\d)?"
)
"""A clause as data write it; an article by its number alone is known by the name ``clause``."""


def written() -> Iterator[tuple[str, str]]:
    """Every file that people read something of, and its text."""
    for folder in ("contracts", "billing", "csoc_admin", "templates", "locale", "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".po", ".md", ".toml", ".js") and "decisions" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def has_words(clause: str) -> bool:
    return clause.startswith(GENERAL) or words_of(CLAUSES, clause) is not None


def test_every_citation_in_a_sentence_has_its_words() -> None:
    dead, seen = set(), 0
    for name, text in written():
        for citation in cited(text):
            seen += 1
            known = citation in READINGS if READING.fullmatch(citation) else has_words(clause_of(citation))
            if not known:
                dead.add((name, citation))
    assert seen > 1000
    assert dead == set()


def clauses_in_data() -> Iterator[tuple[str, str]]:
    """Every clause that code names: what looks like one, and whatever is given under the name."""
    for folder in ("contracts", "billing"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_DATA.fullmatch(node.value):
                    yield name, node.value
                elif isinstance(node, ast.keyword) and node.arg == "clause" and isinstance(node.value, ast.Constant):
                    yield name, node.value.value


def test_every_clause_in_data_has_its_words_and_is_cited_as_people_write_it() -> None:
    found = [(name, clause) for name, clause in clauses_in_data() if clause]
    assert len(found) > 150
    assert [(name, clause) for name, clause in found if not has_words(clause)] == []
    shown = {clause for _, clause in found if not clause.startswith("附則")}
    assert [clause for clause in shown if list(cited(spoken(clause))) != [spoken(clause)]] == []


def means(text: str) -> set[str]:
    """What a text cites, in whatever language; an item of an article of one paragraph with or without that."""
    return {READING.fullmatch(said)[0] if READING.fullmatch(said) else full(clause_of(said)) for said in cited(text)}


def test_the_english_cites_what_the_japanese_does() -> None:
    apart = {
        japanese: (means(japanese), means(english))
        for japanese, english in translated().items()
        if means(japanese) - means(english)
    }
    assert apart == {}
