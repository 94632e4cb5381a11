"""manage.py check_ledger: whether the ledger still is what was closed, and with --recompute what the facts make of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Sum

from billing.models import Month
from billing.operations.check_ledger import check_ledger
from billing.operations.recompute import Tally


class Command(BaseCommand):
    help = "締めた月の台帳を検査します。誤りがあれば1行ずつ述べ、終了コード1で終わります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--recompute", action="store_true", help="締めた月を事実から計算し直し、請求済みと訂正の和と照らし合わせる"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        faults, tally = 0, Tally()
        for fault in check_ledger(recompute=options["recompute"], tally=tally):
            faults += 1
            self.stdout.write(fault)
        if faults:
            raise CommandError(f"台帳に{faults:,}件の誤りがあります。")
        closed = Month.objects.exclude(closed_at=None)
        lines = closed.aggregate(lines=Sum("line_count"))["lines"] or 0
        self.stdout.write(f"台帳に誤りはありません：{closed.count()}か月、明細 {lines:,}行。")
        if options["recompute"]:
            self._vouch(tally)

    def _vouch(self, tally: Tally) -> None:
        """Say what was computed anew, and what was not."""
        self.stdout.write(
            f"各月が締めた時に見た事実から計算し直し、一致しました：{tally.months:,}か月、"
            f"延べ{tally.targets:,}対象。終了日・課金開始日 {tally.derived:,}対象も事実のとおりです。"
        )
        if tally.not_computed:
            total = sum(tally.not_computed.values())
            self.stdout.write(f"計算し直せなかったもの（確かめていません）：延べ{total:,}対象")
        for reason, count in sorted(tally.not_computed.items()):
            self.stdout.write(f"  {count:,}対象：{reason}")
