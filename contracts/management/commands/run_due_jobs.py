"""manage.py run_due_jobs: what beat would ask for, by hand or by any other clock. Catches up whatever was missed."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts import clock
from contracts.operations.jobs import run_due
from contracts.operations.refusal import Refused
from contracts.operations.rehearsal import not_to_come


class Command(BaseCommand):
    help = "その日までの定時処理（効力の記録、作業一覧の更新、期限のお知らせ）を実行します。何度実行しても同じ結果になります。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="対象日（既定：今日）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = not_to_come(options["on"] or clock.today())  # once it is done, no day before it would run any more
        except Refused as refused:
            raise CommandError(refused.reason.message) from None
        stopped = []
        for job in run_due(on):
            self.stdout.write(f"{job.on} {job.get_name_display()}：{job.get_state_display()}（{job.count:,}件）")
            for failure in job.failed:
                self.stdout.write(f"  {failure['what']}：{failure['why']}")
            if job.error:
                stopped.append(f"{job.get_name_display()}：{job.error}")
        if stopped:
            raise CommandError("\n".join(stopped))
