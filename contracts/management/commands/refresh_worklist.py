"""manage.py refresh_worklist: bring every row of the worklist to what the facts come to."""

from typing import Any

from django.core.management.base import BaseCommand

from contracts.operations.worklist import refresh_whole_worklist


class Command(BaseCommand):
    help = "作業一覧を、今の事実から作り直します。引受けとメモは残ります。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"作業一覧は{refresh_whole_worklist():,}行です。")
