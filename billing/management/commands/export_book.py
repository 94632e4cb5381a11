"""manage.py export_book OUT: write the whole state back as a contract book.

Here, because the book has the billing groups too, and billing may know contracts.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.facts.recorded import OF_THE_BOOK
from contracts.facts.snapshot import one_moment
from contracts.intake.book.write import TooManyRowsError, write_book


class Command(BaseCommand):
    help = "登録されている事実と記録の全部を契約台帳（.xlsx、又は.csvのフォルダー）に書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help=".xlsx、又はフォルダー")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言葉")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            english = options["headings"] == "en"
            with one_moment():
                written = write_book(options["out"], english=english, recorded=OF_THE_BOOK)
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        except TooManyRowsError as error:
            raise CommandError(
                f"「{error}」の行がExcelのシートに入りません。フォルダーに書き出してください。"
            ) from None
        self.stdout.write(f"{written:,}行を{options['out']}に書き出しました。")
