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
from contracts.intake.book.headings import bare
from contracts.intake.book.listed import FIELDS, PASSED_OVER, Asked
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import BookError, Fault, Note
from contracts.operations.import_book import Taken, import_book
from contracts.operations.listed_before import remembered


class Command(BaseCommand):
    help = "契約台帳（.xlsx、.csvのフォルダー又はその.zip、一枚の一覧）を取り込みます。一件でも誤りがあれば何も登録しません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("book", type=Path, help=".xlsx、.xlsm、.csvのフォルダー、その.zip、又は一枚の一覧")
        parser.add_argument("--dry-run", action="store_true", help="調べるだけで登録しない")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="結果の形式")
        parser.add_argument(
            "--say",
            action="append",
            default=[],
            metavar="列=値",
            help="一枚の一覧にない列の値（種類=FireWall-1、特則同意日=申込日 など）。何度でも指定できます",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="見出し=項目",
            help="一枚の一覧の見出しが何の項目か（客先=契約者名 など。「客先=」なら読みません）。何度でも指定できます",
        )
        parser.add_argument("--afresh", action="store_true", help="前に取り込んだ一覧の読み方を使わない")
        parser.add_argument("--by", default="", help="取り込む人（記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["format"] == "json"
        by = options["by"] or _system_user()
        try:
            taken = import_book(
                options["book"],
                by=by,
                dry_run=options["dry_run"],
                asked=Asked(
                    said=_said(options["say"]),
                    columns=_columns(options["column"]),
                    remembered={} if options["afresh"] else remembered(),
                ),
                progress=self._say,
                on=clock.today(),
                warns=warns_of_books(),
            )
        except BookError as refused:
            if as_json:
                untold = {"untold": refused.untold} if refused.untold else {}
                self._print_json("refused", refused.faults, [], refused.notes, **untold)
            else:
                self._tell_refused(refused)
            count = len(refused.faults) + refused.untold
            raise CommandError(f"誤りが{count:,}件あります。何も登録していません。") from None
        if as_json:
            status = "checked" if taken.dry_run else "taken"
            self._print_json(status, [], taken.warnings, taken.notes, added=taken.added, known=taken.known)
        else:
            self._report(taken)

    def _say(self, message: str) -> None:
        self.stderr.write(f"… {message}")

    def _tell_refused(self, refused: BookError) -> None:
        for note in refused.notes:
            self.stderr.write(f"読替え {note}")
        for fault in refused.faults:
            self.stderr.write(str(fault))
        if refused.untold:
            self.stderr.write(f"ほかに{refused.untold:,}件の誤りがあります。")

    def _report(self, taken: Taken) -> None:
        for note in taken.notes:
            self.stdout.write(f"読替え {note}")
        for warning in taken.warnings:
            self.stdout.write(f"警告 {warning}")
        verb = "登録できます" if taken.dry_run else "登録しました"
        total = sum(taken.added.values())
        sheets = "、".join(f"{BY_NAME[sheet].label} {count:,}" for sheet, count in taken.added.items())
        detail = f"（{sheets}）" if sheets else ""
        self.stdout.write(f"{total:,}行を{verb}{detail}。既に同じ行が{taken.known:,}行あります。")

    def _print_json(
        self, status: str, faults: list[Fault], warnings: list[Fault], notes: list[Note], **counts: Any
    ) -> None:
        answer = {
            "status": status,
            "faults": [fault.as_dict() for fault in faults],
            "warnings": [warning.as_dict() for warning in warnings],
            "notes": [note.as_dict() for note in notes],
            **counts,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))


def _said(written: list[str]) -> dict[str, str]:
    said = {}
    for each in written:
        heading, equals, value = each.partition("=")
        if not equals or not value.strip():
            raise CommandError(f"--sayは「列=値」で書いてください（{each}）")
        said[heading] = value.strip()
    return said


def _columns(written: list[str]) -> dict[str, str]:
    columns = {}
    for each in written:
        heading, equals, meant = each.partition("=")
        if not equals or not heading.strip() or (meant.strip() and bare(meant) not in FIELDS):
            raise CommandError(f"--columnは「見出し=項目」で、項目は一覧の項目の名で書いてください（{each}）")
        columns[heading.strip()] = FIELDS.get(bare(meant), PASSED_OVER)
    return columns


def _system_user() -> str:
    try:
        return f"{getpass.getuser()}（コマンド）"
    except (KeyError, OSError):
        return "コマンド"
