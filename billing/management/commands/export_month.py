"""manage.py export_month YYYY-MM: a closed month's lines as CSV or as a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from billing.formats.csv_lines import write_csv
from billing.formats.xlsx_lines import write_xlsx
from billing.management.arguments import month
from billing.models import Month
from billing.queries import lines_of

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


class Command(BaseCommand):
    help = "締めた月の明細を書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM")
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言語（既定：日本語）")

    def handle(self, *args: Any, **options: Any) -> None:
        row = Month.objects.filter(month=options["month"]).first()
        if row is None or row.closed_at is None:
            raise CommandError(f"{options['month']:%Y-%m}はまだ締められていません。")
        output: Path = options["output"]
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            with transaction.atomic():
                written = WRITERS[options["format"]](output, lines_of(row), language=options["headings"])
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{row}の明細{written:,}行を{output}に書き出しました。")
