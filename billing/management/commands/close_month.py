"""manage.py close_month YYYY-MM: compute, store and close a month of the ledger."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.management.arguments import day, month
from billing.operations.before_ledger import first_month, summary
from billing.operations.close_month import ClosedMonth, MonthRefusedError, close_month
from contracts.clock import today
from contracts.operations.refusal import Refused
from contracts.operations.rehearsal import not_to_come
from contracts.terms.clause import spoken
from contracts.terms.days import month_of, next_month, previous_month


class Command(BaseCommand):
    help = "月次を締めます。最初に締めた月から台帳が始まり、その後は順に締めます。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("month", type=month, metavar="YYYY-MM")
        parser.add_argument("--on", type=day, default=None, metavar="YYYY-MM-DD", help="締める日（既定：今日）")
        parser.add_argument("--until", type=month, default=None, metavar="YYYY-MM", help="この月まで続けて締める")
        parser.add_argument("--until-last", action="store_true", help="終わっている最後の月まで続けて締める")
        parser.add_argument(
            "--leave-out", nargs="+", default=[], metavar="番号", help="計算できない対象を、名指しで除外して締める"
        )
        parser.add_argument("--by", default="コマンド", help="締める人（記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on: date = not_to_come(options["on"] or today())
        except Refused as refused:
            raise CommandError(refused.reason.message) from None
        current: date = options["month"]
        last = options["until"] or current
        if options["until_last"]:
            last = previous_month(month_of(on))
        while True:
            self._close(current, on, options)
            if current >= last:
                return
            current = next_month(current)

    def _close(self, current: date, on: date, options: dict[str, Any]) -> None:
        try:
            outcome = close_month(
                current, on=on, by=options["by"], leave_out=options["leave_out"], progress=self._progress
            )
        except MonthRefusedError as refused:
            raise CommandError(str(refused)) from None
        self._report(outcome)
        if outcome.closed and not outcome.already and first_month() == current:
            self._say_before(current)
        if not outcome.closed:
            raise CommandError(
                f"{current:%Y-%m}は締めていません。{len(outcome.parked)}件を直すか、--leave-outで名指しして除外してください。"
            )

    def _say_before(self, begins: date) -> None:
        """What fell due before the ledger began, once, as it begins."""
        before = summary(begins)
        for found in before.shown:
            months = f"{found.months[0]:%Y-%m}〜{found.months[-1]:%Y-%m}"
            said = "額は料金がないので分かりません" if found.yen is None else f"{found.yen:,}円"
            self.stdout.write(f"台帳の前 {found.number}：{months}、{said}")
        if before.count:
            yen = "" if before.yen is None else f"、{before.yen:,}円（税抜）"
            self.stdout.write(
                f"台帳の最初の月（{begins:%Y-%m}）より前に生じた{before.count:,}件{yen}は請求されません。"
            )

    def _progress(self, done: int, total: int) -> None:
        if total > done or total > 5000:
            self.stderr.write(f"… {done:,} / {total:,}範囲")

    def _report(self, outcome: ClosedMonth) -> None:
        for parked in outcome.parked:
            self.stderr.write(f"計算できません {parked.number}：{parked.reason}（{spoken(parked.clause)}）")
        state = "は既に締めています" if outcome.already else "を締めました" if outcome.closed else "を計算しました"
        held = f"、保留の解除調定金 {outcome.held_count:,}件" if outcome.held_count else ""
        self.stdout.write(
            f"{outcome.month:%Y-%m}{state}：明細 {outcome.line_count:,}行、合計 {outcome.total_yen:,}円（税抜）{held}"
        )
