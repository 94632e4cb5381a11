"""Texts that the cells of a workbook share: as they were added, whether in memory or in the scratch file."""

import tracemalloc

import pytest

from contracts.intake.book import texts
from contracts.intake.book.read import read_book
from contracts.intake.book.texts import Texts
from tests.contracts.book import hostile

SOME = ("契約番号", "", "a\nb", "\ud800", "𠮷野家" * 3_000, "C-1")


@pytest.mark.parametrize("held", range(len(SOME) + 1))
def test_each_is_found_by_its_number(held, monkeypatch):
    monkeypatch.setattr(texts, "IN_MEMORY", held)
    found = Texts()
    for text in SOME:
        found.append(text)
    assert len(found) == len(SOME)
    # In any order, and more than once.
    for number in (5, 0, 4, 3, 3, 2, 1, 0):
        assert found[number] == SOME[number]
    for number in (-1, len(SOME)):
        with pytest.raises(ValueError, match="text"):
            found[number]


def test_one_is_added_after_another_was_looked_at(monkeypatch):
    monkeypatch.setattr(texts, "IN_MEMORY", 0)
    found = Texts()
    for text in ("一", "二"):
        found.append(text)
    assert found[0] == "一"
    found.append("三")
    assert [found[number] for number in range(3)] == ["一", "二", "三"]


def test_memory_grows_by_a_number_a_text(monkeypatch):
    monkeypatch.setattr(texts, "IN_MEMORY", 100)

    def kept(many: int) -> int:
        tracemalloc.start()
        found = Texts()
        for number in range(many):
            found.append(f"契約番号{number}" * 10)
        used = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert len(found) == many
        return used

    assert kept(20_000) - kept(2_000) < 18_000 * 16


def test_a_workbook_of_shared_texts(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "IN_MEMORY", 1)
    book = read_book(hostile.unshared(tmp_path, 1))
    assert [row.values["name"] for row in book.rows["customers"]] == ["見本", "見本二"]
