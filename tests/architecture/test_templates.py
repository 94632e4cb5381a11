"""Templates are read in diffs: no line of theirs is longer than one shows."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_CHARACTERS_OF_A_LINE = 160


def test_no_line_is_too_long():
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert templates
    assert [
        f"{path.relative_to(ROOT)}:{number} ({len(line)} characters)"
        for path in templates
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > MOST_CHARACTERS_OF_A_LINE
    ] == []
