"""What is written of the format of the book names every sheet of the record, in both languages and in their order."""

from pathlib import Path

import pytest

from billing.facts.recorded import OF_THE_BOOK

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.mark.parametrize("name", ["book-format.md", "book-format.ja.md"])
def test_every_sheet_of_the_record_is_named(name):
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| 記録_")]
    assert [tuple(row[:2]) for row in cells] == [(f"記録_{of.label}", f"`recorded_{of.name}`") for of in OF_THE_BOOK]
    assert all(row[2] for row in cells)
