"""No number of the terms stands anywhere but in the list of values, and no sentence types one: what a clause says is said once."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from contracts.terms.values import AT_HAND, NUMBERS

ROOT = Path(__file__).resolve().parents[2]

RULES = (*(ROOT / "contracts" / "terms").glob("*.py"), *(ROOT / "billing" / "terms").glob("*.py"))
LISTED = {"contracts/terms/values.py"}

OF_ARITHMETIC = {0, 1, 2}
"""Nothing, the first, the one before: of counting, not of the terms. A second of something is taken by its place too."""

NOT_OF_THE_TERMS = {
    ("contracts/terms/days.py", 12): "months a year",
    ("contracts/terms/art15_claims.py", 7): "a week's reminder before a deadline, which no clause knows",
    ("contracts/terms/catalog.py", 3): "the place of a tier among three",
    ("contracts/terms/catalog.py", 8): "sets of editions kept at hand",
    ("contracts/terms/days.py", 2023): "four years, one of them a leap year, in which any month begins that ever does",
    ("contracts/terms/days.py", 2027): "the end of those four years",
    ("contracts/terms/days.py", 13): "the end of the months of a year",
    ("contracts/terms/wording.py", 3): "the place of a month in a date as it is written",
    ("contracts/terms/wording.py", 4): "the place of a day in a date as it is written",
    ("contracts/terms/wording.py", 12): "letters of a cell of a table in the published text",
    ("contracts/terms/wording.py", 36): "letters of a line of the published text",
    ("contracts/terms/wording.py", 1988): "the year before 平成元年",
    ("contracts/terms/wording.py", 2018): "the year before 令和元年",
    ("billing/terms/packages.py", 24): "half widths of a master in 弥生会計",
    ("billing/terms/tax.py", 8): "rates of the consumption tax: law, and dated there",
    ("billing/terms/tax.py", 10): "rates of the consumption tax: law, and dated there",
    ("billing/terms/tax.py", 100): "percent",
    ("billing/terms/registration.py", 9): "the check digit of a registration number",
    ("billing/terms/registration.py", 13): "the digits of a registration number",
}
"""Numbers in the rules that no clause gives, and what they are."""

UNITS = "日|か月|ヶ月|時間|分|年|ライセンス|%|％"
TYPED = re.compile(
    rf"(?<![\d第{{%,.-])(?P<number>\d[\d,]*(?:\.\d+)?) ?(?P<unit>{UNITS})(?!条|項|号|月|度|Mbps|\}}| \}})|(?P<part>\d+)分の1"
)
SAID = (ROOT / "contracts", ROOT / "billing", ROOT / "templates", ROOT / "csoc_admin")
SAYS_SOMETHING_ELSE = {
    "1か月の月額を超えています": "what a month costs",
    "減額が1か月の月額": "what a month costs",
    "1か月分": "what a month costs",
    "1か月より前": "a question about a day far off, which no clause knows",
    "1年より先": "a question about a day far off, which no clause knows",
    "1ライセンス": "a price for one",
    '10%"': "the end of a tax's name in an accounting package: its rate is law",
    '8%"': "the end of a tax's name in an accounting package: its rate is law",
    "7日以内": "a filter of the worklist",
    "1日を加えて": "of I-33: the day of the arrival, counted or not",
    "5分の1": "a bound above which a price is unusual",
    "10分の1に満ちません": "a bound below which a price is unusual",
    "2000年から2199年": "the days that people can mean",
    "令和7年": "a day as people write it, or the text's own day",
    "4月1日": "a day as people write it, or the text's own day",
}
"""Sentences with a number that no clause gives, by what is said in them."""


def numbers_of(path: Path) -> Iterator[tuple[int, float]]:
    """Every number written in a file, with its line; days of the calendar (``date(2017, 3, 1)``) left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    of_days = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "date"
        for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and id(node) not in of_days:
            yield node.lineno, node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("Decimal", "int", "float")
        ):
            written = [each.value for each in node.args if isinstance(each, ast.Constant)]
            yield from ((node.lineno, float(value)) for value in written if isinstance(value, str))


def test_no_rule_writes_a_number_of_the_terms_down() -> None:
    found = [
        f"{name}:{line} {number}"
        for path in RULES
        if (name := path.relative_to(ROOT).as_posix()) not in LISTED
        for line, number in numbers_of(path)
        if number not in OF_ARITHMETIC and (name, number) not in NOT_OF_THE_TERMS
    ]
    assert found == []


def test_what_is_let_pass_is_still_there() -> None:
    written = {(path.relative_to(ROOT).as_posix(), number) for path in RULES for _line, number in numbers_of(path)}
    assert set(NOT_OF_THE_TERMS) - written == set()


def test_every_number_of_the_terms_would_be_found() -> None:
    """1 is the least of years and licences: what is counted once cannot be told from it."""
    assert {getattr(AT_HAND, name) for name in NUMBERS} & OF_ARITHMETIC == {1}


def said_in(path: Path) -> Iterator[str]:
    """What a file says in Japanese: the constants of code but for what only readers of the code see, the lines of a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from text.splitlines()
        return
    tree = ast.parse(text)
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
            yield node.value


def test_no_sentence_types_a_number_of_the_terms() -> None:
    found = []
    for folder in SAID:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix not in (".py", ".html", ".toml") or "/migrations/" in name or name in LISTED:
                continue
            for text in said_in(path):
                for words in SAYS_SOMETHING_ELSE:
                    text = text.replace(words, "")
                found += [f"{name}: {typed[0]} in {text[:60]}" for typed in TYPED.finditer(text)]
    assert found == []


def test_a_typed_number_is_seen() -> None:
    for text in (
        "到達日から30日を経過",
        "6か月です",
        "99.9%以上",
        "15分以内",
        "1,000ライセンス",
        "30分の1",
        "24時間未満",
    ):
        assert TYPED.search(text), text
    for text in ("第15条第1項", "%(wait)s日を経過", "{most}年まで", "別紙4第1項", "2025-04-01"):
        assert not TYPED.search(text), text


SPANS_OF_OUR_OWN = {
    "billing/operations/ledger_checks.py": {6},
    "contracts/admin/work/desk.py": {7, 14},
    "contracts/judge/outcomes.py": {7, 30},
    "contracts/judge/points.py": {30, 31, 366},
    "contracts/judge/work.py": {30, 100},
    "contracts/operations/told_by_mail.py": {7},
}
"""Spans of time outside the rules that no clause gives: reminders, filters, questions. A bound of what a clause gives is none."""


def spans_of(path: Path) -> set[int]:
    """The lengths that a file gives to spans of time (``timedelta(days=30)``, ``months=3``), but for a day or two."""
    return {
        said.value.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for said in node.keywords
        if said.arg in ("days", "hours", "minutes", "months", "weeks")
        and isinstance(said.value, ast.Constant)
        and type(said.value.value) is int
        and said.value.value not in OF_ARITHMETIC
    }


def test_no_span_of_time_beside_the_rules_is_a_copy_of_a_clause() -> None:
    found = {}
    for folder in ("contracts", "billing"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and path not in RULES and (spans := spans_of(path)):
                found[name] = spans
    assert found == SPANS_OF_OUR_OWN
