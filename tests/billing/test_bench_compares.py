"""What the bench compares a close and a file with is still the same work: as many rows, by nothing but the database."""

import pytest

from billing.models import ChargeLine
from billing.operations.close_month import close_month
from billing.operations.export_report import CSV, Wanted
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

    of_files._export(Wanted(CSV), tmp_path / "report")
    of_files._bare_copy(tmp_path / "copied")
    _heading, *reported = (tmp_path / "report").read_bytes().splitlines()
    assert len(reported) == len((tmp_path / "copied").read_bytes().splitlines()) == ChargeLine.objects.count()
