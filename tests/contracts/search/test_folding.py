"""What is typed is likened to names whatever its width, case, kana, hyphens and blanks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.facts.folding import LONGEST, fold, tails, wanted
from tests.effort import examples

LETTERS = st.text("ｱﾊﾞァアャヤーabcＡＢ12１２土佐髙高-－ 　・株式会社㈱()（）", max_size=30)


def found_by(name: str, term: str) -> bool:
    keys = list(tails(name))
    return any(key.startswith(part[:LONGEST]) for part in wanted(term) for key in keys)


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("土佐水産株式会社", "土佐"),
        ("土佐水産株式会社", "水産"),
        ("土佐水産株式会社", "土佐　水産"),
        ("土佐水産株式会社", "㈱土佐水産"),
        ("㈱土佐水産", "株式会社土佐"),
        ("(株)土佐水産", "土佐水産(株)"),
        ("土佐水産株式会社", "土佐水産株式"),
        ("トサ水産", "とさ"),
        ("ﾄｻ水産", "トサ"),
        ("とさ水産", "ﾄｻ"),
        ("とさ水産", "tosa"),
        ("トサ水産", "ＴＯＳＡ"),
        ("キヤノン", "キャノン"),
        ("サーバー管理", "さば"),
        ("とうきょう支社", "tokyo"),
        ("とうきょう支社", "toukyou"),
        ("さっぽろ", "sapporo"),
        ("しんばし", "shimbashi"),
        ("ほんしゃ", "honsha"),
        ("じゅうたく", "jutaku"),
        ("ＮＥＴ-ワン", "net ワン"),
        ("Planet", "net"),
        ("髙橋商店", "高橋"),
        ("一ノ瀬・田中", "田中"),
    ],
)
def test_it_is_found(name: str, term: str) -> None:
    assert found_by(name, term)


@pytest.mark.parametrize(
    ("name", "term"), [("土佐水産株式会社", "佐土"), ("とさ", "toso"), ("とさ", "株式会社"), ("土佐", "－ 　")]
)
def test_it_is_not(name: str, term: str) -> None:
    assert not found_by(name, term)


def test_what_is_no_syllables_is_no_kana() -> None:
    assert wanted("xyz1") == ["xyz1"]
    assert wanted("-") == []


@given(LETTERS)
@settings(max_examples=examples(60))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(LETTERS, st.integers(0, 29), st.integers(1, 30))
@settings(max_examples=examples(100))
def test_any_part_of_a_folded_name_finds_it(name: str, first: int, letters: int) -> None:
    part = fold(name)[first : first + letters]
    if part and part == wanted(part)[0]:
        assert found_by(name, part)
