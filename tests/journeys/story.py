"""A dated story: facts in by the book, months closed one after the other, and then every line there is."""

from datetime import date
from io import StringIO

from django.core.management import call_command
from django.test import override_settings

from billing.models import ChargeLine, HeldSettlement, Month
from tests.contracts.book.build import take

_NAMES = ["target__number", "fee", "from_on", "to_on", "quantity", "unit_price_yen", "amount_yen"]


class Story:
    """What the ledger of one book says; ``nothing_more`` at its end says that no line was left untold."""

    def __init__(self, path):
        self.path, self.books, self.untold = path, 0, []

    def facts(self, rows, *, warns=()):
        """Take a book in; the clauses that its notices break are told too."""
        self.books += 1
        answer = take(rows, self.path / str(self.books))
        assert answer.faults == []
        assert sorted({warning["clause"] for warning in answer.warnings}) == sorted(warns)

    def close(self, first, last=None):
        """Close the months from first to last."""
        arguments = [first, "--on", "2029-01-01", *(["--until", last] if last else [])]
        with override_settings(REHEARSAL=True):
            call_command("close_month", *arguments, stdout=StringIO(), stderr=StringIO())
        wanted = date.fromisoformat(f"{first}-01")
        lines = ChargeLine.objects.filter(month__month__gte=wanted).order_by("month__month", "pk")
        self.untold += [(f"{month:%Y-%m}", *_told(row)) for month, *row in lines.values_list("month__month", *_NAMES)]

    def month(self, month, *told):
        """The lines of a month: (target, fee, from, to, yen) each, with quantity and unit price where they are told."""
        found = [line for line in self.untold if line[0] == month]
        assert sorted(_as_told(line, told) for line in found) == sorted(told)
        self.untold = [line for line in self.untold if line[0] != month]

    def months_alike(self, first, last, *told):
        """Months in which the same monthly fees are charged for all their days: (target, yen) each."""
        for month in Month.objects.filter(month__gte=f"{first}-01", month__lte=f"{last}-01"):
            found = [line for line in self.untold if line[0] == f"{month}"]
            assert sorted((line[1], line[7]) for line in found) == sorted(told), f"{month}"
            assert {line[2] for line in found} <= {"monthly"}
            self.untold = [line for line in self.untold if line[0] != f"{month}"]

    def held(self, *told):
        """The settlements held for finance: (target, from, to, yen) each."""
        rows = HeldSettlement.objects.order_by("pk").values_list("target__number", "from_on", "to_on", "amount_yen")
        assert sorted((number, f"{first}", f"{last}", yen) for number, first, last, yen in rows) == sorted(told)

    def nothing_more(self):
        """Every line has been told."""
        assert self.untold == []


def _told(row):
    return [f"{value}" if isinstance(value, date) else value for value in row]


def _as_told(line, told):
    _, number, fee, first, last, quantity, price, amount = line
    long = any(len(each) == 7 and each[:3] == (number, fee, first) for each in told)
    return (number, fee, first, last, quantity, price, amount) if long else (number, fee, first, last, amount)
