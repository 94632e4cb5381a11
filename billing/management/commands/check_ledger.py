"""manage.py check_ledger: whether the ledger still is what was closed, and with --recompute what the facts make of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from billing.models import Month
from billing.operations.check_ledger import check_ledger


class Command(BaseCommand):
    help = "締めた月の台帳を検査します。誤りがあれば1行ずつ述べ、終了コード1で終わります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recompute", action="store_true", help="締めた月を事実から計算し直し、請求済みと訂正の和と照らし合わせる"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for fault in check_ledger(recompute=options["recompute"]):
            faults += 1
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"台帳に{faults:,}件の誤りがあります。")
        closed = Month.objects.exclude(closed_at=None)
        lines = closed.aggregate(lines=Sum("line_count"))["lines"] or 0
        anew = "計算し直した金額とも一致します。" if options["recompute"] else ""
        self.stdout.write(f"台帳に誤りはありません：{closed.count()}か月、明細 {lines:,}行。{anew}")
