"""manage.py issue_invoices YYYY-MM: the invoices of a closed month."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.management.arguments import month
from billing.models import Month
from billing.operations.invoices import issue_invoices
from contracts import clock
from contracts.operations.refusal import Refused


class Command(BaseCommand):
    help = "締めた月の請求書を発行します。発行済みの月には何もしません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month, nargs="?", metavar="YYYY-MM", help="月（既定：締めた最後の月）")
        parser.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="発行日（既定：今日）")

    def handle(self, *args: Any, **options: Any) -> None:
        closed = Month.objects.exclude(closed_at=None).order_by("-month")
        row = closed.filter(month=options["month"]).first() if options["month"] else closed.first()
        if row is None:
            name = f"{options['month']:%Y-%m}は" if options["month"] else "どの月も"
            raise CommandError(f"{name}まだ締められていません。")
        if options["on"] and options["on"] > clock.today():
            raise CommandError("発行日は、今日までの日にしてください。")
        try:
            issued = issue_invoices(row, on=options["on"] or clock.today(), by="コマンド")
        except Refused as refused:
            raise CommandError(refused.reason.message) from None
        self.stdout.write(f"{row}の請求書を{issued:,}通発行しました。" if issued else f"{row}の請求書は発行済みです。")
