"""What a new edition would move, on facts in the database: every unit, end, condition and yen that moves, and nothing else."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.operations.rehearse_edition import Looked, rehearse_edition
from contracts.models import Entry, FactsRevision, Notice, Target
from contracts.terms.editions import Edition, in_force
from tests.contracts.book.build import (
    book,
    customer,
    edr,
    licence,
    module,
    must_take,
    notice,
    outage,
    premium,
    priced,
    tier,
    unit,
)
from tests.terms.build import day

pytestmark = pytest.mark.django_db

NEW = {"of": "U-2", "application": "A-2", "accepted": "2025-07-01", "starts": "2025-07-01"}
LICENCE = {"application": "A-3", "accepted": "2025-07-02", "starts": "2025-07-10"}
FACTS = [
    *(customer(), unit(), premium(), module(), *priced("T-1", 300_000), *priced("M-1", 100_000)),
    *(edr(), *priced("O-EDR", 50_000), licence("期間ライセンス"), *priced("O-LIC", 100)),
    *(unit("U-2"), tier(number="T-2", **NEW), module(number="M-2", **NEW)),
    *(*priced("T-2", 300_000, from_on="2025-07-01"), *priced("M-2", 100_000, from_on="2025-07-01")),
]
ENDS = [notice("T-2", "2025-08-01"), notice("M-2", "2025-08-01")]


@pytest.fixture
def taken(tmp_path):
    def take(*more):
        must_take(book(*FACTS, *more), tmp_path / "book")

    return take


def moved(**changes):
    """What an edition of 2025-07-01 with those numbers moves: (target, what, before, after) each."""
    looked = Looked()
    found = list(rehearse_edition(Edition(first=day("2025-07-01"), changes=changes), looked))
    assert (looked.units, looked.targets, looked.contradictions) == (2, 6, 0)
    return [(one.number, one.what, _told(one.before), _told(one.after)) for one in found]


def _told(value):
    if hasattr(value, "violation"):
        return value.violation.code
    return value if isinstance(value, int | None) else f"{value}"


def test_an_edition_that_changes_nothing_moves_nothing(taken):
    taken(*ENDS, outage("M-1", "2025-07-10 10:00", "2025-07-11 12:00", "2025-08-02"))
    assert moved() == []


def test_a_longer_minimum_term_moves_what_was_concluded_since_and_its_settlement(taken):
    taken(*ENDS)
    assert moved(contract_months=12) == [
        ("M-2", "minimum_term", "2025-12-31", "2026-06-30"),
        ("M-2", "settlement", 400_000, 1_000_000),
        ("T-2", "minimum_term", "2025-12-31", "2026-06-30"),
        ("T-2", "settlement", 1_200_000, 3_000_000),
    ]


def test_a_longer_notice_moves_the_end_the_fees_until_it_and_the_settlement_after_it(taken):
    """Thirty days to 08-31, sixty to 09-30: a month's fee more, a month's settlement less."""
    taken(*ENDS)
    assert moved(contract_notice_days=60) == [
        ("M-2", "end", "2025-08-31", "2025-09-30"),
        ("M-2", "monthly", 100_000, 200_000),
        ("M-2", "settlement", 400_000, 300_000),
        ("T-2", "end", "2025-08-31", "2025-09-30"),
        ("T-2", "monthly", 300_000, 600_000),
        ("T-2", "settlement", 1_200_000, 900_000),
    ]


def test_a_term_licence_moves_with_the_term_that_begins_after(taken):
    taken()
    assert moved(term_months=24, renewal_notice_months=6) == [
        ("O-LIC", "term", "2027-03-31", "2028-03-31"),
        ("O-LIC", "deadline", "2026-12-31", "2027-09-30"),
    ]


def test_what_is_agreed_since_may_break_a_new_least_number(taken):
    taken(licence("期間ライセンス", number="O-NEW", **LICENCE), *priced("O-NEW", 100))
    found = list(rehearse_edition(Edition(first=day("2025-07-01"), changes={"term_licences": 2000}), Looked()))
    assert [(one.number, one.what, _told(one.after), one.clause) for one in found] == [
        ("O-NEW", "broken", "licences_too_few", "10-2(8)")
    ]


def test_a_reduction_moves_by_the_day_of_what_happened(taken):
    taken(
        outage("M-1", "2025-06-10 10:00", "2025-06-11 12:00", "2025-07-02"),
        outage("T-1", "2025-07-10 10:00", "2025-07-11 12:00", "2025-08-02"),
    )
    assert moved(outage_parts=10) == [("T-1", "reductions", -10_000, -30_000)]


def test_what_cannot_be_billed_is_told_where_it_moves_and_nowhere_else(tmp_path):
    facts = [fact for fact in FACTS if fact[0] != "prices" or fact[1]["target"] != "T-2"]
    must_take(book(*facts, *ENDS), tmp_path / "book")
    assert [one for one in moved(contract_notice_days=60) if one[0] == "T-2"] == [
        ("T-2", "end", "2025-08-31", "2025-09-30")
    ]


def test_nothing_is_written_and_nothing_is_left_of_the_edition(taken):
    taken(*ENDS)
    before = [*FactsRevision.objects.values_list("revision", flat=True)]
    before += [Entry.objects.count(), Notice.objects.count(), sorted(Target.objects.values_list("number", "ends_on"))]
    assert moved(contract_notice_days=60)
    after = [*FactsRevision.objects.values_list("revision", flat=True)]
    after += [Entry.objects.count(), Notice.objects.count(), sorted(Target.objects.values_list("number", "ends_on"))]
    assert after == before
    assert len(in_force().all) == 18


def test_a_set_of_units_costs_a_fixed_number_of_queries(taken, django_assert_max_num_queries):
    taken(*ENDS)
    with django_assert_max_num_queries(45):
        assert moved(contract_notice_days=60)


def told(path, *arguments):
    out = StringIO()
    call_command("rehearse_edition", str(path), *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_tells_all_of_it_in_japanese_and_in_a_file(taken, tmp_path):
    taken(*ENDS)
    file, rows = tmp_path / "edition.toml", tmp_path / "moved.csv"
    file.write_text("first = 2025-07-01\n[values]\ncontract_notice_days = 60\n", encoding="utf-8")
    said = told(file, "--csv", str(rows), "--most", "2")
    assert "契約の解除の効力まで（第12条第1項）：30 → 60日" in said
    table = [line for line in said.splitlines() if line.startswith(("管理単位", "U-2"))]
    assert [line.split() for line in table] == [
        ["管理単位", "契約者", "対象", "内容", "前", "後", "差額（円）", "条項"],
        ["U-2", "C-1", "M-2", "終了日", "2025-08-31", "2025-09-30", "第12条第1項"],
        ["U-2", "C-1", "M-2", "月額費用（終了日が動く月）", "100,000", "200,000", "100,000", "第13条"],
    ]
    assert "… ほかに4行" in said
    assert "動く管理単位：1" in said
    assert "月額費用（終了日が動く月）：2件、差額 +400,000円" in said
    assert "解除調定金：2件、差額 -400,000円" in said
    written = list(csv.reader(rows.read_text(encoding="utf-8-sig").splitlines()))
    assert written[0] == ["管理単位", "契約者", "対象", "内容", "前", "後", "差額（円）", "条項"]
    assert len(written) == 7
    assert written[2] == ["U-2", "C-1", "M-2", "月額費用（終了日が動く月）", "100000", "200000", "100000", "第13条"]


def test_the_command_says_where_nothing_moves(taken, tmp_path):
    taken()
    file = tmp_path / "edition.toml"
    file.write_text("first = 2025-07-01\n", encoding="utf-8")
    assert "動くものはありません。" in told(file)


def test_a_file_with_faults_is_told_whole_and_nothing_is_rehearsed(tmp_path):
    file, errors = tmp_path / "edition.toml", StringIO()
    file.write_text("first = 2020-01-01\ncolour = 1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="2件の誤り"):
        call_command("rehearse_edition", str(file), stdout=StringIO(), stderr=errors)
    assert len(errors.getvalue().splitlines()) == 2
    with pytest.raises(CommandError, match="読めません"):
        call_command("rehearse_edition", str(tmp_path / "none.toml"), stdout=StringIO(), stderr=errors)
