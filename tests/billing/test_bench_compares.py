"""What the bench compares a close and a file with is still the same work: as many rows, by nothing but the database."""

import pytest

from billing.models import ChargeLine, ExportRecord
from billing.operations.close_month import close_month
from billing.operations.export_report import CSV, Wanted, export_report
from tests.bench import close_month as of_close
from tests.bench import export_lines as of_files
from tests.bench.book import fill

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_the_rows_that_are_copied_are_those_of_the_month(tmp_path):
    fill(40, mixed=True)
    assert close_month(of_close.MONTH, on=of_close.ON, by="bench").closed
    lines = ChargeLine.objects.exclude(fee="correction").count()
    assert lines > 40

    file = tmp_path / "rows"
    seconds, _cpu = of_close._bare_copy(file, of_close.MONTH)
    assert seconds > 0
    assert len(file.read_bytes().splitlines()) == lines

    with export_report(of_files.LINES, of_files.GIVEN, Wanted(CSV), by="試験").file as file:
        _heading, *reported = file.read().splitlines()
    of_files._export(Wanted(CSV))
    assert ExportRecord.objects.count() == 2
    of_files._bare_copy(tmp_path / "copied")
    assert len(reported) == len((tmp_path / "copied").read_bytes().splitlines()) == ChargeLine.objects.count()
