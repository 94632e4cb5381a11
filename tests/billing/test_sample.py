"""The sample book, month by month, against an independent reading of what it comes to."""

import csv
from collections import Counter
from datetime import datetime
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from billing.models import HeldSettlement, Month
from contracts.intake.book import cells
from contracts.terms.clause import spoken
from tests.billing.ledger import close, exported, summed
from tests.conftest import EXPECTED, SAMPLE
from tests.contracts.book.build import customer, must_take, priced, sound, take_path
from tests.worlds import world

pytestmark = pytest.mark.django_db

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]


def expected():
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        return {(row["month"], row["target"], row["fee"]): int(row["yen"]) for row in csv.DictReader(file)}


def _closed():
    assert take_path(SAMPLE).faults == []
    close("2025-01", until="2026-12")


closed_sample = world("the sample with two years closed", _closed)


def test_every_month_of_the_sample_is_what_an_independent_reading_says(closed_sample, tmp_path):
    rows = [row for month in MONTHS for row in exported(month, tmp_path)]
    wanted = expected()
    got = summed(rows)
    assert {
        key: (got.get(key), wanted.get(key)) for key in got.keys() | wanted.keys() if got.get(key) != wanted.get(key)
    } == {}
    assert len(wanted) > 1000
    assert all(int(row["amount_yen"]) for row in rows)


def test_every_line_carries_its_clause_and_its_sentence(closed_sample, tmp_path):
    for month in MONTHS:
        for row in exported(month, tmp_path):
            assert spoken(row["clause"]).startswith("第")
            assert any(ord(character) > 0x3000 for character in row["basis"])
            assert row["tax_category"] == {
                **{"settlement": "out_of_scope", "outage": "taxable_return", "sla": "taxable_return"},
            }.get(row["fee"], "taxable")


def test_the_months_keep_count_of_their_lines(closed_sample, tmp_path):
    for month in Month.objects.order_by("month"):
        rows = exported(f"{month}", tmp_path)
        assert month.line_count == len(rows)
        assert month.total_yen == sum(int(row["amount_yen"]) for row in rows)


def test_held_settlements_are_not_exported(closed_sample, tmp_path):
    """I-18; the independent reading leaves them out too."""
    assert HeldSettlement.objects.exists()
    for held in HeldSettlement.objects.select_related("target", "month"):
        assert not [
            row
            for row in exported(f"{held.month}", tmp_path)
            if row["fee"] == "settlement" and row["option"] == held.target.number
        ]


def test_the_workbook_has_typed_cells_a_frozen_heading_and_the_same_sums(closed_sample, tmp_path):
    for month in ("2025-07", "2026-12"):
        out = tmp_path / f"{month}.xlsx"
        arguments = ["--format", "xlsx", "--output", str(out), "--headings", "en"]
        call_command("export_month", month, *arguments, stdout=StringIO())
        workbook = openpyxl.load_workbook(out)
        table = workbook.worksheets[0]
        assert table.freeze_panes == "A2"
        head = [cell.value for cell in table[1]]
        rows = [dict(zip(head, row, strict=True)) for row in table.iter_rows(min_row=2, values_only=True)]
        lines, total = rows[:-1], rows[-1]
        assert all(isinstance(row["amount_yen"], int) for row in lines)
        assert all(isinstance(row["from_on"], datetime) for row in lines)
        assert all(cell.data_type != "f" for row in table.iter_rows() for cell in row)
        of_csv = exported(month, tmp_path)
        assert len(lines) == len(of_csv)
        sums = Counter()
        for row in lines:
            sums[row["option"] or row["contract"], row["fee"]] += row["amount_yen"]
        assert dict(sums) == {key[1:]: yen for key, yen in summed(of_csv).items()}
        assert total["amount_yen"] == sum(sums.values())


def test_last_is_the_last_closed_month(closed_sample, tmp_path):
    out = tmp_path / "last.csv"
    call_command("export_month", "last", "--format", "csv", "--output", str(out), stdout=StringIO())
    text = out.read_text(encoding="utf-8-sig")
    assert text.startswith("月,契約者コード,")
    assert "\n2026-12," in text
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("month", ["2025-04", "last"])
def test_a_month_that_is_not_closed_is_not_exported(month, tmp_path):
    with pytest.raises(CommandError, match="まだ締められていません"):
        call_command("export_month", month, "--format", "csv", "--output", str(tmp_path / "x.csv"), stdout=StringIO())
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1", "@x", "＝SUM(A1)"])
def test_no_exported_text_is_a_formula(text, tmp_path):
    """A code that a spreadsheet would take for a formula is quoted in the file, not in the book. Codes are stored folded."""
    code = cells.code(text)
    rows = sound(customer(text), *priced("T-1", 100), *priced("M-1", 100))
    rows["units"] = [{"code": text, "customer": text, "name": "本社"}]
    for contract in rows["contracts"]:
        contract["unit"] = text
    must_take(rows, tmp_path / "book")
    close("2025-04")
    for row in exported("2025-04", tmp_path):
        assert (row["customer"], row["unit"]) == (f"'{code}", f"'{code}")
    out = tmp_path / "x.xlsx"
    call_command("export_month", "2025-04", "--format", "xlsx", "--output", str(out), stdout=StringIO())
    assert all(c.data_type != "f" for row in openpyxl.load_workbook(out).worksheets[0].iter_rows() for c in row)
