"""manage.py export_month YYYY-MM: a closed month's lines as CSV or as a workbook."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from billing.formats.csv_lines import write_csv
from billing.formats.xlsx_lines import write_xlsx
from billing.management.arguments import month
from billing.models import Month
from billing.queries import lines_of

LAST = "last"
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}


def month_or_last(text: str) -> date | str:
    """YYYY-MM as the month's first day, or LAST."""
    return LAST if text == LAST else month(text)


class Command(BaseCommand):
    help = "締めた月の明細を書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month_or_last, metavar="YYYY-MM", help="月、又は last（締めた最後の月）")
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言語（既定：日本語）")

    def handle(self, *args: Any, **options: Any) -> None:
        closed = Month.objects.exclude(closed_at=None)
        if options["month"] != LAST:
            closed = closed.filter(month=options["month"])
        row = closed.order_by("-month").first()
        if row is None:
            name = "どの月も" if options["month"] == LAST else f"{options['month']:%Y-%m}は"
            raise CommandError(f"{name}まだ締められていません。")
        output: Path = options["output"]
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            with transaction.atomic():
                written = WRITERS[options["format"]](output, lines_of(row), language=options["headings"])
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{row}の明細{written:,}行を{output}に書き出しました。")
