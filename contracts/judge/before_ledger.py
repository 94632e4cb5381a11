"""What falls due before the first month of the ledger: it is never billed, and said where it comes in."""

from dataclasses import dataclass
from datetime import date

from contracts.intake.book.read import Row
from contracts.intake.faults import Fault
from contracts.intake.sentence import Sentence


@dataclass(frozen=True, slots=True)
class BeforeLedger:
    """What of one target lies before the ledger: the months in which something falls due, and their sum in yen before tax.

    ``yen`` is None where a price is missing. ``unit`` is the id of the management unit.
    """

    number: str
    unit: int
    months: tuple[date, ...]
    yen: int | None


def before_ledger_said(row: Row, found: BeforeLedger, begins: date) -> Fault:
    """The warning at the row that brings the target; ``begins`` is the first month of the ledger."""
    values = {"number": found.number, "first": f"{found.months[0]:%Y-%m}", "last": f"{found.months[-1]:%Y-%m}"}
    values["begins"] = f"{begins:%Y-%m}"
    if found.yen is None:
        text = "{number}の{first}から{last}までの分は、台帳の最初の月（{begins}）より前なので請求されません（料金がないので額は分かりません）"
        message = Sentence(text, **values)
    else:
        text = "{number}の{first}から{last}までの{yen:,}円は、台帳の最初の月（{begins}）より前なので請求されません"
        message = Sentence(text, **values, yen=found.yen)
    column = {"prices": "from_on", "changes": "effective_on"}.get(row.sheet, "billing_starts_on")
    return Fault(row.sheet, row.number, column, message, "13")
