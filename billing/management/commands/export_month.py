"""manage.py export_month YYYY-MM: a closed month's lines, or another report of it, as CSV or as a workbook."""

import shutil
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.formats.csv_file import CP932, UTF_8
from billing.management.arguments import month
from billing.models import Month
from billing.operations.export_report import CSV, XLSX, Wanted, export_report
from billing.reports import LINES, REPORTS, report_named
from contracts.operations.refusal import Refused

LAST = "last"


def month_or_last(text: str) -> date | str:
    """YYYY-MM as the month's first day, or LAST."""
    return LAST if text == LAST else month(text)


class Command(BaseCommand):
    help = "締めた月の明細又は他の帳票を書き出します。書出しは記録に残ります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month_or_last, metavar="YYYY-MM", help="月、又は last（締めた最後の月）")
        parser.add_argument("--format", choices=[CSV, XLSX], required=True)
        parser.add_argument("--output", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--report", choices=[report.name for report in REPORTS], default=LINES.name, help="帳票（既定：請求明細）"
        )
        parser.add_argument("--encoding", choices=[UTF_8, CP932], default=UTF_8, help="CSVの文字コード（既定：utf-8）")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言語（既定：日本語）")
        parser.add_argument("--by", default="コマンド", help="書き出す人（記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        closed = Month.objects.exclude(closed_at=None)
        if options["month"] != LAST:
            closed = closed.filter(month=options["month"])
        row = closed.order_by("-month").first()
        if row is None:
            name = "どの月も" if options["month"] == LAST else f"{options['month']:%Y-%m}は"
            raise CommandError(f"{name}まだ締められていません。")
        output: Path = options["output"]
        report = report_named(options["report"])
        wanted = Wanted(options["format"], options["encoding"], options["headings"])
        try:
            exported = export_report(report, {"month": str(row)}, wanted, by=options["by"])
            output.parent.mkdir(parents=True, exist_ok=True)
            with output.open("wb") as file:
                shutil.copyfileobj(exported.file, file)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        what = "明細" if report is LINES else str(report.title)
        self.stdout.write(f"{row}の{what}{exported.record.row_count:,}行を{output}に書き出しました。")
