"""Codes: what is broken, and what is to be done, is told by a code and never by the words of a sentence."""

import ast
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from contracts.judge.work import work_of
from contracts.terms.art07_eligibility import _MONITORED
from contracts.terms.art10_options import _ON_TIER
from contracts.terms.remedies import REMEDIES, WITHOUT_REMEDY, remedy
from contracts.terms.standing import Violation
from contracts.terms.timeline import judge
from tests.terms.build import change, edr, ips, module, notice, tier, unit

ROOT = Path(__file__).resolve().parents[2]
MAKERS = {"broken", "_refused", "Violation"}
TABLES = {code for code, *_rest in (*_MONITORED.values(), *_ON_TIER.values())}
"""Codes that a table gives, beside the clause."""


def sentences() -> dict[str, set[str]]:
    """Every code of a violation with the sentences that are said by it: read off the code of the terms."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "contracts" / "terms").glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef) or function.name in MAKERS:
                continue
            said: dict[str, str] = {}
            nodes = [node for node in ast.walk(function) if isinstance(node, ast.Assign | ast.Call)]
            for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    said |= {t.id: str(node.value.value) for t in node.targets if isinstance(t, ast.Name)}
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                    code, text = node.args[0], node.args[3 if node.func.id == "_refused" else 4]
                    words = said[text.id] if isinstance(text, ast.Name) else ast.literal_eval(text)
                    if isinstance(code, ast.Constant):
                        found[str(code.value)].add(words)
    return found


def test_a_code_is_for_one_sentence_and_a_sentence_has_one_code() -> None:
    found = sentences()
    assert len(found) > 30
    assert {code: words for code, words in found.items() if len(words) > 1} == {}
    said = [next(iter(words)) for words in found.values()]
    assert [words for words in said if said.count(words) > 1] == []


def test_every_code_has_a_remedy_or_is_known_to_have_none() -> None:
    codes = set(sentences()) | TABLES
    assert codes == set(REMEDIES) | WITHOUT_REMEDY
    assert not set(REMEDIES) & WITHOUT_REMEDY
    assert all(remedy(Violation(code, "7-1", ("T-1",), "to", "")) for code in REMEDIES)


BROKEN = unit(
    tier(),
    tier(number="T-2"),
    module(),
    module(number="M-2"),
    ips(),
    edr(),
    notice("T-1", "2025-05-01"),
    change("T-1", "category", "basic", "2025-06-01"),
)


def test_a_sentence_said_otherwise_is_the_same_violation() -> None:
    findings = judge(BROKEN)
    assert len({finding.violation.code for finding in findings}) > 5
    for finding in findings:
        violation = finding.violation
        assert replace(violation, text="別の言い方", values=()).key == violation.key
        assert remedy(replace(violation, text="別の言い方")) == remedy(violation)


def test_work_said_otherwise_is_the_same_work() -> None:
    works = work_of(BROKEN, waiting=(), untold=(), within=None)  # type: ignore[arg-type]
    assert len({work.code for work in works}) > 5
    assert all(replace(work, text="別の言い方", values=()).key == work.key for work in works)
