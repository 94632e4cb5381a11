"""manage.py export_book OUT: write the whole state back as a contract book."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from contracts.intake.book.cells import CellError, code
from contracts.intake.book.narrowed import Narrowed
from contracts.intake.book.template import write_template
from contracts.intake.book.write import write_book


class Command(BaseCommand):
    help = "登録されている事実の全部を契約台帳（.xlsx、又は.csvのフォルダー）に書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("out", type=Path, help=".xlsx、又はフォルダー")
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--customer", default="", metavar="契約者コード", help="この契約者のものだけ")
        only.add_argument("--unit", default="", metavar="管理単位コード", help="この管理単位のものだけ")
        only.add_argument("--template", action="store_true", help="記入用のひな形（.xlsx）")
        parser.add_argument("--headings", choices=["ja", "en"], default="ja", help="見出しの言葉")

    def handle(self, *args: Any, **options: Any) -> None:
        out, english = options["out"], options["headings"] == "en"
        try:
            if options["template"]:
                if out.suffix.lower() != ".xlsx":
                    raise CommandError("ひな形は.xlsxのファイルです。")
                out.parent.mkdir(parents=True, exist_ok=True)
                with out.open("wb") as file:
                    write_template(file, english=english)
                self.stdout.write(f"ひな形を{out}に書き出しました。")
                return
            narrowed = Narrowed(customer=code(options["customer"]), unit=code(options["unit"]))
            if not narrowed.is_there():
                raise CommandError(f"「{narrowed.customer or narrowed.unit}」は登録されていません。")
            with transaction.atomic():
                written = write_book(out, english=english, narrowed=narrowed)
        except CellError as error:
            raise CommandError(f"コードが読めません：{error}") from None
        except OSError as error:
            raise CommandError(f"書き出せません：{error}") from None
        self.stdout.write(f"{written:,}行を{out}に書き出しました。")
