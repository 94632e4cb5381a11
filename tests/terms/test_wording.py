"""The terms' own words: every clause of the text, each with its lines, found by whatever way it is cited."""

import pytest

from contracts.terms.citations import cited, clause_of
from contracts.terms.clause import spoken, spoken_in_english
from contracts.terms.wording import clauses_of, words_of
from tests.architecture.test_clause_map import TEXT, clauses_of_the_text

CLAUSES = clauses_of(TEXT)


def test_every_clause_of_the_text_has_its_words():
    assert list(CLAUSES) == clauses_of_the_text(TEXT)
    assert [clause for clause, words in CLAUSES.items() if not words.lines and not clause.startswith("附則")] == []


def test_no_word_is_lost_and_none_is_told_twice():
    told = "".join(line for words in CLAUSES.values() for line in words.lines)
    assert told.count("30日を経過する日") == TEXT.count("30日を経過する日") == 2
    assert told.count("いずれか遅い日") == 3
    assert "IIJ-REG" not in told
    for line in ("バイパスオプション", "翌月15日", "15分以内", "10分の1"):
        assert line in told


@pytest.mark.parametrize(
    ("clause", "under", "first", "last"),
    [
        ("12-1", "第12条（解除の効力が生ずる日）", "IIJ C-SOCサービスにおいて、契約者が", "効力が生じるものとします。"),
        ("12-2", "第12条（解除の効力が生ずる日）", "2 クラウドログ監視オプション", "同日に停止されるものとします。"),
        ("10-2(5)", "第10条（オプションサービス）", "(5) ログ保管オプション", "1年から10年のタイプがあります。"),
        ("10-2(8)", "第10条（オプションサービス）", "(8) EDRライセンス", "EDR運用オプションで利用するもの"),
        ("9(1)", "第9条（契約内容の変更）", "(1) IIJ C-SOCサービスのカテゴリ", "変更に限ります。）"),
        ("15", "第15条（料金の減額）", "当社の責に帰すべき事由により", "その権利を失うものとします。"),
        ("別紙4-1", "別紙4料金の減額[第15条関係]", "1 利用不能時の減額", "減額するものとする。"),
        ("別紙1-1(1)", "別紙1 IIJ C-SOCサービスにおける品質保証[第11条関係]", "(1) 保証基準", "99.9%以上であること。"),
        ("附則2021-05-01-3", "令和3年5月1日変更", "3 令和3年4月30日以前", "存続するものとします。"),
    ],
)
def test_the_words_of_a_clause(clause, under, first, last):
    words = words_of(CLAUSES, clause)
    assert words.under == under
    assert words.lines[0].startswith(first)
    assert words.lines[-1].endswith(last)


def test_a_table_is_read_cell_by_cell():
    assert words_of(CLAUSES, "1").lines[2:6] == (
        "プレミアム",
        "IIJ C-SOCサービスを統合的に管理する機能を提供する、当社が定める仕様に基づくサービス",
        "アドバンスト",
        "IIJ C-SOCサービスを統合的に管理する機能（プレミアムより限定された機能とします。）を提供する、当社が定める仕様に基づくサービス",
    )
    for article, least in (("2", 20), ("3", 18), ("4", 100)):
        cells = words_of(CLAUSES, article).lines
        described = [
            line for line in cells if line.startswith(("当社が提供する", "契約者が指定する", "種類を", "品目を"))
        ]
        assert len(described) * 2 >= least
        assert [line for line in described if not line.endswith(("もの", "モジュール"))] == []


def test_a_clause_has_what_stands_within_it_and_no_more():
    assert len([line for line in words_of(CLAUSES, "12").lines if line[0].isdigit()]) == 3
    assert any("MSSPライセンス" in line for line in words_of(CLAUSES, "10-2(8)").lines)
    assert not any("ログ保管" in line for line in words_of(CLAUSES, "10-2(8)").lines)
    assert len(words_of(CLAUSES, "1").lines) < len(words_of(CLAUSES, "10").lines)
    assert words_of(CLAUSES, "1").under == "第1条（カテゴリ）"
    # A sentence that ends where the page is full ends there.
    assert [line[:6] for line in words_of(CLAUSES, "10-10").lines] == ["10 契約者", "ただし、種類"]
    assert words_of(CLAUSES, "20") is None
    assert words_of(CLAUSES, "10-2(9)") is None


SPOKEN = [clause for clause in CLAUSES if not clause.startswith("附則") and "(i" not in clause]


@pytest.mark.parametrize("clause", SPOKEN)
def test_a_clause_is_found_as_people_write_it(clause):
    for said in (spoken(clause), spoken_in_english(clause)):
        assert list(cited(f"理由は{said}です。")) == [said]
        assert words_of(CLAUSES, clause_of(said)) == words_of(CLAUSES, clause)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第10条第9項、I-10", ["第10条第9項", "I-10"]),
        ("（第15条第2項、I-26）", ["第15条第2項", "I-26"]),
        ("民法第143条、消費税法第57条", []),
        ("一般規程第28条第2項又は第3項", ["一般規程第28条第2項"]),
        ("第9条第1号、第2号", ["第9条第1号"]),
        ("Art. 12, para. 1 and Appendix 3", ["Art. 12, para. 1", "Appendix 3"]),
        ("別紙に定める、第3項、2025-04-01、I-1", []),
    ],
)
def test_a_citation_is_seen_and_nothing_else(text, found):
    assert list(cited(text)) == found


def test_what_is_no_clause_is_none():
    assert [clause_of(text) for text in ("I-38", "第10条のとおり", "", "10-2")] == [""] * 4
    assert clause_of("一般規程第28条第2項") == "一般規程28-2"
