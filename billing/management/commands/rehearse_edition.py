"""manage.py rehearse_edition: what a new edition of the terms would move on the facts on record; nothing is written."""

import csv
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.core.management.base import BaseCommand, CommandError

from billing.formats.columns import harmless
from billing.operations import rehearse_edition as moving
from contracts.intake.edition_file import EditionError, read_edition
from contracts.terms.clause import spoken
from contracts.terms.editions import Edition, terms_on
from contracts.terms.timeline import Finding
from contracts.terms.values import NUMBERS

WHAT = {
    moving.END: "終了日",
    moving.MINIMUM_TERM: "最低利用期間の満了日",
    moving.TERM: "契約期間の満了日",
    moving.DEADLINE: "更新を止める通知の期限",
    moving.BROKEN: "満たさなくなる条件",
    moving.KEPT: "満たすようになる条件",
    moving.MONTHLY: "月額費用（終了日が動く月）",
    moving.SETTLEMENT: "解除調定金",
    moving.HELD: "解除調定金（保留）",
    moving.REDUCTIONS: "減額",
    moving.UNBILLABLE: "計算できない対象",
}
AMOUNTS = (moving.MONTHLY, moving.SETTLEMENT, moving.HELD, moving.REDUCTIONS)
HEADINGS = ("管理単位", "契約者", "対象", "内容", "前", "後", "差額（円）", "条項")
TO_THE_RIGHT = {"前", "後", "差額（円）"}
SHOWN = 100

Cell = str | int


class Command(BaseCommand):
    help = "新しい版の規程（TOMLのファイル）で、登録されている事実の何が動くかを示します。何も書き込みません。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("edition", type=Path, help="版のファイル：初日、値、名称の変更")
        parser.add_argument("--csv", type=Path, help="動くものをすべて、このファイルへ書き出す（UTF-8）")
        parser.add_argument("--most", type=int, default=SHOWN, help=f"画面に示す行数（既定 {SHOWN}）")

    def handle(self, *args: Any, **options: Any) -> None:
        edition = self._read(options["edition"])
        self._tell(edition)
        looked, moved, yen = moving.Looked(), Counter[str](), Counter[str]()
        units: set[str] = set()
        shown: list[list[str]] = []
        with ExitStack() as opened:
            write = _writer(options["csv"], opened)
            for count, one in enumerate(moving.rehearse_edition(edition, looked), 1):
                if count <= options["most"]:
                    shown.append([_shown(cell) for cell in _row(one)])
                write([harmless(cell) if isinstance(cell, str) else cell for cell in _row(one)])
                moved[one.what] += 1
                yen[one.what] += one.yen
                units.add(one.unit)
        for line in _table(shown):
            self.stdout.write(line)
        if left := sum(moved.values()) - len(shown):
            self.stdout.write(f"… ほかに{left:,}行")
        self._sum_up(looked, moved, yen, len(units))

    def _read(self, path: Path) -> Edition:
        try:
            return read_edition(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}を読めません：{error}") from error
        except EditionError as error:
            for fault in error.faults:
                self.stderr.write(fault)
            raise CommandError(f"版のファイルに{len(error.faults)}件の誤りがあります。") from error

    def _tell(self, edition: Edition) -> None:
        """What the edition says, beside what it takes the place of."""
        self.stdout.write(
            f"{edition.first}からの版：値の変更 {len(edition.changes)}、名称の変更 {len(edition.renamings)}"
        )
        for name, value in edition.changes.items():
            number, before = NUMBERS[name], getattr(terms_on(edition.first), name)
            self.stdout.write(f"  {number.label}（{spoken(number.clause)}）：{before} → {value}{number.unit}")
        for renaming in edition.renamings:
            self.stdout.write(f"  {renaming.old} → {renaming.new}")

    def _sum_up(self, looked: moving.Looked, moved: Counter[str], yen: Counter[str], units: int) -> None:
        self.stdout.write(f"確かめたもの：管理単位 {looked.units:,}、対象 {looked.targets:,}")
        if looked.contradictions:
            self.stdout.write(f"  事実が互いに矛盾し、確かめられない管理単位：{looked.contradictions:,}")
        if not moved:
            self.stdout.write("動くものはありません。")
            return
        self.stdout.write(f"動く管理単位：{units:,}")
        for what, label in WHAT.items():
            if moved[what]:
                amount = f"、差額 {yen[what]:+,}円" if what in AMOUNTS else ""
                self.stdout.write(f"  {label}：{moved[what]:,}件{amount}")


def _writer(path: Path | None, opened: ExitStack) -> Callable[[list[Cell]], object]:
    """What writes a row of the CSV; nothing where no file is asked for."""
    if path is None:
        return lambda row: None
    try:
        file = opened.enter_context(path.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise CommandError(f"{path}に書けません：{error}") from error
    rows = csv.writer(file)
    rows.writerow(HEADINGS)
    return rows.writerow


def _table(rows: list[list[str]]) -> Iterator[str]:
    """Rows below their headings in columns that line up: a Japanese letter is as wide as two of others; amounts to the right."""
    table = [list(HEADINGS), *rows] if rows else []
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (
            " " * (width - _width(cell)) + cell if label in TO_THE_RIGHT else cell + " " * (width - _width(cell))
            for cell, width, label in zip(row, widths, HEADINGS, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _row(one: moving.MovedBy) -> list[Cell]:
    amount = one.yen if one.what in AMOUNTS else ""
    clause = spoken(one.clause) if one.clause else ""
    return [one.unit, one.customer, one.number, WHAT[one.what], _said(one.before), _said(one.after), amount, clause]


def _said(value: date | int | Finding | None) -> Cell:
    if value is None:
        return "なし"
    if isinstance(value, Finding):
        return f"{value.violation}（{value.first}〜{value.last or ''}）"
    return value if isinstance(value, int) else value.isoformat()


def _shown(cell: Cell) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell
