"""manage.py export_journal YYYY-MM: the invoices of a month as a file for an accounting package."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from billing.management.arguments import month
from billing.models import Month
from billing.operations.export_journal import export_journal
from billing.terms.packages import NAMES
from contracts.operations.refusal import Refused


class Command(BaseCommand):
    help = "請求書を発行した月の仕訳を、会計ソフトのファイルに書き出します。同じ請求書は一度だけ書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM", help="月")
        parser.add_argument("--package", choices=list(NAMES), required=True, help="会計ソフト")
        parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="ファイルを置くフォルダ")
        parser.add_argument("--by", default="コマンド", help="書き出す人（記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        row = Month.objects.filter(month=options["month"]).first()
        if row is None:
            raise CommandError(f"{options['month']:%Y-%m}は台帳にありません。")
        output: Path = options["output"]
        try:
            output.mkdir(parents=True, exist_ok=True)
            # What could not be written was not taken out.
            with transaction.atomic():
                out = export_journal(row, options["package"], by=options["by"])
                file = output / out.name
                with file.open("xb") as to:
                    shutil.copyfileobj(out.file, to)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        counts = f"新しい伝票{out.record.slip_count:,}、取消{out.record.reversal_count:,}、{out.record.row_count:,}行"
        self.stdout.write(f"{row}の{NAMES[out.record.package]}の仕訳（{counts}）を{file}に書き出しました。")
