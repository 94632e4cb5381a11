"""Every Japanese string of a screen has its English, and the compiled catalogue is the written one."""

import ast
import gettext
import re
import string
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PO = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uff5e]")
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
ENTRY = re.compile(r'(?:^msgctxt "(?P<context>.*)"\n)?^msgid (?P<id>(?:".*"\n)+)msgstr (?P<str>(?:".*"\n?)+)', re.M)


def in_context(context: str | None, msgid: str) -> str:
    """A string as a catalogue keys it: one word may be a verb here and a state there."""
    return f"{context}\x04{msgid}" if context else msgid


def written() -> dict[str, str]:
    """The .po as msgid → msgstr, its header left out."""
    found = {}
    for entry in ENTRY.finditer(PO.read_text(encoding="utf-8")):
        msgid, msgstr = ("".join(ast.literal_eval(line) for line in entry[part].splitlines()) for part in ("id", "str"))
        found[in_context(entry["context"], msgid)] = msgstr
    found.pop("")
    return found


def strings_of_code() -> set[str]:
    found = set()
    for folder in ("contracts", "billing", "csoc_admin"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                    found |= {
                        arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                    }
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WITH_CONTEXT:
                    found.add(in_context(*(arg.value for arg in node.args)))  # type: ignore[attr-defined]
    return found


def strings_of_templates() -> set[str]:
    found = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"""{% translate ["'](.*?)["']""", text))
        blocks = re.findall(r"{% blocktranslate[^%]*%}(.*?){% endblocktranslate %}", text, re.S)
        found |= {re.sub(r"{{ (\w+) }}", r"%(\1)s", part) for block in blocks for part in block.split("{% plural %}")}
    return found


# Files whose sentences are kept apart from what fills them, and are said on screens with gettext(text).format(…).
SENTENCES = (
    "contracts/intake/*.py",
    "contracts/intake/book/*.py",
    "contracts/judge/*.py",
    "contracts/terms/art*.py",
    "contracts/terms/lives.py",
    "contracts/terms/remedies.py",
    "contracts/terms/readings.py",
    "contracts/terms/values.py",
)
# Japanese in them that nobody reads as a sentence: what a clause looks like, names of the catalogue, marks looked for.
NO_SENTENCES = {"一般規程28-2", "一般規程28-3", "別紙1-1(1)", "別紙1-2(1)", "別紙4-1", "別紙4-2", "、"}


def strings_of_sentences() -> set[str]:
    """What the book, the form and the terms say: every Japanese constant that is neither a comment nor part of an f-string."""
    found: set[str] = set()
    for path in (path for pattern in SENTENCES for path in ROOT.glob(pattern)):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        left_out: set[int] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                left_out.add(id(node.value))
            elif isinstance(node, ast.JoinedStr):
                left_out |= {id(value) for value in node.values}
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out
        }
    return {text for text in found if JAPANESE.search(text)} - NO_SENTENCES


def fields_of(text: str) -> list[tuple[str, str | None]]:
    """The ``{names}`` in a sentence, each with how it is written out."""
    return sorted((name, spec) for _text, name, spec, _as in string.Formatter().parse(text) if name is not None)


# On the command line a book's faults are Japanese, with their place; screens say the sentence alone.
IN_JAPANESE_ONLY = {"contracts/intake/faults.py"}
# Makers of what the terms say is wrong, and the file that defines them.
SAYING = {"broken", "_refused", "Violation", "ContradictionError"}
DEFINES_THEM = "contracts/terms/standing.py"


def test_no_sentence_is_put_together_where_it_cannot_be_translated() -> None:
    found = []
    for path in (path for pattern in SENTENCES for path in ROOT.glob(pattern)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr) and JAPANESE.search(ast.unparse(node)):
                found.append(path.relative_to(ROOT).as_posix())
    assert set(found) - IN_JAPANESE_ONLY == set()


def test_what_breaks_the_terms_is_said_only_where_sentences_are_looked_for() -> None:
    looked_at = {path for pattern in SENTENCES for path in ROOT.glob(pattern)} | {ROOT / DEFINES_THEM}
    for folder in ("contracts", "billing"):
        for path in set((ROOT / folder).rglob("*.py")) - looked_at:
            nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            called = {n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            assert called & SAYING == set(), path.relative_to(ROOT)


def test_every_japanese_string_has_its_english() -> None:
    found = strings_of_code() | strings_of_templates() | strings_of_sentences()
    asked = {text for text in found if JAPANESE.search(text)}
    assert len(asked) > 100
    assert asked - set(written()) == set()


def test_no_english_is_left_over() -> None:
    assert set(written()) - (strings_of_code() | strings_of_templates() | strings_of_sentences()) == set()


def test_the_english_is_english() -> None:
    for msgid, msgstr in written().items():
        assert msgstr, msgid
        assert not JAPANESE.search(msgstr), msgid
        assert sorted(re.findall(r"%\(\w+\)s", msgid)) == sorted(re.findall(r"%\(\w+\)s", msgstr))
        assert fields_of(msgid) == fields_of(msgstr), msgid


def test_templates_say_nothing_outside_the_catalogue() -> None:
    """Japanese in a template stands only in a translate tag (and the name of the language); an invoice is Japanese itself."""
    for path in (ROOT / "templates" / "admin").rglob("*.html"):
        text = re.sub(
            r"{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{#.*?#}",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.S,
        )
        assert JAPANESE.findall(text.replace("日本語", "")) == [], path.name


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with PO.with_suffix(".mo").open("rb") as compiled:
        messages = dict(gettext.GNUTranslations(compiled)._catalog)  # type: ignore[attr-defined]
    messages.pop("", None)
    assert messages == written()


def test_no_template_asks_for_a_plural() -> None:
    """Japanese has none, and a plural of the catalogue would be looked up otherwise: it would stay Japanese on English pages."""
    assert [path.name for path in Path("templates").rglob("*.html") if "{% plural %}" in path.read_text("utf-8")] == []
