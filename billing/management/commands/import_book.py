"""manage.py import_book BOOK: take a contract book in, whole or not at all.

Here, because billing may know contracts: what a book brings that lies before the ledger is said with its yen.
"""

import getpass
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.operations.before_ledger import warns_of_books
from contracts import clock
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import BookError, Fault
from contracts.operations.import_book import Taken, import_book


class Command(BaseCommand):
    help = "契約台帳（.xlsx、又は.csvのフォルダー）を取り込みます。一件でも誤りがあれば何も登録しません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("book", type=Path, help=".xlsx、又は.csvのフォルダー")
        parser.add_argument("--dry-run", action="store_true", help="調べるだけで登録しない")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="結果の形式")
        parser.add_argument("--by", default="", help="取り込む人（記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        by = options["by"] or _system_user()
        try:
            taken = import_book(
                options["book"],
                by=by,
                dry_run=options["dry_run"],
                progress=self._say,
                on=clock.today(),
                warns=warns_of_books(),
            )
        except BookError as refused:
            if as_json:
                self._print_json(status="refused", faults=refused.faults, warnings=[])
            else:
                for fault in refused.faults:
                    self.stderr.write(str(fault))
            raise CommandError(f"誤りが{len(refused.faults)}件あります。何も登録していません。") from None
        if as_json:
            status = "checked" if taken.dry_run else "taken"
            self._print_json(status=status, faults=[], warnings=taken.warnings, added=taken.added, known=taken.known)
        else:
            self._report(taken)

    def _say(self, message: str) -> None:
        self.stderr.write(f"… {message}")

    def _report(self, taken: Taken) -> None:
        for warning in taken.warnings:
            self.stdout.write(f"警告 {warning}")
        verb = "登録できます" if taken.dry_run else "登録しました"
        total = sum(taken.added.values())
        sheets = "、".join(f"{BY_NAME[sheet].label} {count:,}" for sheet, count in taken.added.items())
        detail = f"（{sheets}）" if sheets else ""
        self.stdout.write(f"{total:,}行を{verb}{detail}。既に同じ行が{taken.known:,}行あります。")

    def _print_json(self, *, status: str, faults: list[Fault], warnings: list[Fault], **counts: Any) -> None:
        answer = {
            "status": status,
            "faults": [fault.as_dict() for fault in faults],
            "warnings": [warning.as_dict() for warning in warnings],
            **counts,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))


def _system_user() -> str:
    try:
        return f"{getpass.getuser()}（コマンド）"
    except (KeyError, OSError):
        return "コマンド"
