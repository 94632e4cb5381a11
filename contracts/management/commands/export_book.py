"""manage.py export_book OUT: write the whole state back as a contract book."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from contracts.intake.book.write import write_book


class Command(BaseCommand):
    help = "登録されている事実の全部を契約台帳（.xlsx、又は.csvのフォルダー）に書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help=".xlsx、又はフォルダー")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言葉")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                written = write_book(options["out"], english=options["headings"] == "en")
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{written:,}行を{options['out']}に書き出しました。")
