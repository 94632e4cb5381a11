"""The papers are true: what they name is there, what there is to name they name, and their links lead somewhere."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from contracts.terms.readings import READINGS
from tests.architecture.test_clause_map import resolve

ROOT = Path(__file__).resolve().parents[2]
APPS = ("contracts", "billing")
TOPS = ("contracts", "billing", "csoc_admin", "docs", "tests", "templates", "locale", "deploy")
DECISIONS = ROOT / "docs" / "decisions"
WORDS_OF_TWO_MINUTES = 500

DATED = {Path("CHANGELOG.md")}
"""Papers that tell of a day that is past: what they name may be gone."""
PAPERS = sorted(
    path.relative_to(ROOT)
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.relative_to(ROOT) not in DATED
)
TEXTS = {path: (ROOT / path).read_text(encoding="utf-8") for path in PAPERS}
BY_PAPER = [pytest.param(path, id=str(path)) for path in PAPERS]

BEGINS_LIKE_OURS = "|".join(TOPS)
A_PATH = re.compile(rf"(?<![\w./-])(?:{BEGINS_LIKE_OURS})/[\w./-]*\w/?")
A_NAME = re.compile(r"(?:contracts|billing|csoc_admin)(?:\.\w+)+")
A_LINK = re.compile(r"\]\(([^)\s]+)\)")


def in_backquotes(text: str) -> list[str]:
    """What stands between backquotes, blocks of code apart."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S))


def section(text: str, heading: str) -> str:
    """The text below a heading, up to the next of its depth."""
    depth = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^{depth} |\Z)", text, re.M | re.S)
    assert found, heading
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of each row of the text's tables, headings and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    heads = {number for number, line in enumerate(lines[1:]) if line.startswith("| ---")}
    kept = (line for number, line in enumerate(lines) if number not in heads and not line.startswith("| ---"))
    return [[cell.strip() for cell in line.strip().strip("|").split(" | ")] for line in kept]


def slug(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("paper", BY_PAPER)
def test_every_path_is_there(paper: Path) -> None:
    assert [found for found in A_PATH.findall(TEXTS[paper]) if not (ROOT / found).exists()] == []


@pytest.mark.parametrize("paper", BY_PAPER)
def test_every_name_of_the_code_is_there(paper: Path) -> None:
    for quoted in in_backquotes(TEXTS[paper]):
        if A_NAME.fullmatch(quoted):
            assert resolve(quoted) is not None


@pytest.mark.parametrize("paper", BY_PAPER)
def test_every_reading_is_known(paper: Path) -> None:
    assert set(re.findall(r"\bI-\d\d\b", TEXTS[paper])) <= set(READINGS)


@pytest.mark.parametrize("paper", BY_PAPER)
def test_every_link_leads_somewhere(paper: Path) -> None:
    for link in A_LINK.findall(TEXTS[paper]):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = (ROOT / paper).parent / file if file else ROOT / paper
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            assert anchor in map(slug, headings), link


@pytest.mark.parametrize("paper", BY_PAPER)
def test_every_command_is_there(paper: Path) -> None:
    for name in re.findall(r"manage\.py ([a-z_]+)", TEXTS[paper]):
        assert name in get_commands(), name
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    for name in re.findall(r"`make ([a-z]+)", TEXTS[paper]):
        assert name in targets, name


def test_the_readme_takes_two_minutes() -> None:
    prose = re.sub(r"^```.*?^```$", "", TEXTS[Path("README.md")], flags=re.M | re.S)
    assert len(re.sub(r"\]\([^)]*\)|[|`#*-]", " ", prose).split()) <= WORDS_OF_TWO_MINUTES


def read_from_environment(path: Path, reader: str) -> dict[str, ast.expr | None]:
    """What a file reads from the environment by calls of ``reader`` (``env``), with the default."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not re.fullmatch(rf"{reader}(\.\w+)?", ast.unparse(node.func)):
            continue
        if node.args and isinstance(node.args[0], ast.Constant):
            default = next((word.value for word in node.keywords if word.arg == "default"), None)
            found[str(node.args[0].value)] = default or (node.args[1] if len(node.args) > 1 else None)
    return found


SETTINGS = read_from_environment(ROOT / "csoc_admin" / "settings.py", "env")
OF_THE_WEB_SERVER = read_from_environment(ROOT / "deploy" / "gunicorn.conf.py", "env")
SETTINGS_PAGE = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def described(text: str) -> dict[str, str]:
    """Each setting of the page's tables, and its default as it is written."""
    return {cells[0].strip("`"): cells[1].strip("`") for cells in rows(text)}


def test_the_page_of_settings_has_those_that_are_read_and_no_others() -> None:
    assert set(described(SETTINGS_PAGE)) == {*SETTINGS, *OF_THE_WEB_SERVER}
    assert [name for name, count in Counter(cells[0] for cells in rows(SETTINGS_PAGE)).items() if count > 1] == []
    assert set(described(section(SETTINGS_PAGE, "## The web server"))) == set(OF_THE_WEB_SERVER)
    sample = re.findall(r"^# ?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.M)
    assert sorted(sample) == sorted(SETTINGS)


def written_default(default: ast.expr | None) -> str | None:
    """A default as the page writes it; None for one that the code works out."""
    if default is None:
        return None
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return None
    if isinstance(value, list):
        value = ",".join(value)
    return str(value) or "—"


@pytest.mark.parametrize("name", [*SETTINGS, *OF_THE_WEB_SERVER])
def test_a_default_is_the_one_on_the_page(name: str) -> None:
    expected = written_default((SETTINGS | OF_THE_WEB_SERVER)[name])
    if expected is not None:
        assert described(SETTINGS_PAGE)[name] == expected


COMMANDS = {name: app for name, app in get_commands().items() if app in APPS}
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def arguments(name: str) -> set[str]:
    """What a command takes beside what all commands take."""
    own = load_command_class(str(COMMANDS[name]), name).create_parser("manage.py", name)
    shared = BaseCommand().create_parser("manage.py", name)
    of_all = {action.dest for action in shared._actions}
    return {
        next(iter(action.option_strings), str(action.metavar or action.dest))
        for action in own._actions
        if action.dest not in of_all
    }


def test_the_page_of_commands_has_each_of_ours_and_no_other() -> None:
    assert sorted(re.findall(r"^## (.+)$", COMMANDS_PAGE, re.M)) == sorted(COMMANDS)
    listed = re.findall(r"\[`(\w+)`\]\(#\w+\)", COMMANDS_PAGE)
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_of_commands_has_each_argument_and_no_other(name: str) -> None:
    assert {cells[0].strip("`") for cells in rows(section(COMMANDS_PAGE, f"## {name}"))} == arguments(name)


GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TERMS, _, STATES = GLOSSARY.partition("\n## States\n")


def sources() -> Iterator[str]:
    for folder in ("contracts", "billing", "templates"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in {".py", ".html", ".md"}:
                yield path.read_text(encoding="utf-8")
    yield from (path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "terms").glob("*.txt"))


def test_a_term_of_the_glossary_has_its_japanese_its_code_and_its_meaning() -> None:
    everything = "\n".join(sources()).replace(" ", "")
    for term, japanese, code, *meaning in rows(TERMS):
        assert meaning, term
        assert any(A_NAME.fullmatch(name) for name in in_backquotes(code)), term
        assert "—" in japanese or all(word in everything for word in japanese.split("、")), term


def test_no_term_of_the_glossary_is_there_twice() -> None:
    terms = [cells[0] for cells in rows(TERMS)]
    assert sorted(terms) == sorted(set(terms))


def test_the_states_of_the_glossary_are_those_of_the_code() -> None:
    for of, states, code in rows(STATES):
        named = set(re.findall(r"[a-z]+", states))
        assert named == {str(value) for value, _said in resolve(code.strip("`"))}, of


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    files = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert [name[:4] for name in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    listed = rows((DECISIONS / "README.md").read_text(encoding="utf-8"))
    assert [re.sub(r".*\((.+)\)", r"\1", number) for number, _title in listed] == files
    for name, (_number, title) in zip(files, listed, strict=True):
        text = (DECISIONS / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {name[:4]} {title}\n"), name
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequence"], name


def test_the_changelog_tells_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\n## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
