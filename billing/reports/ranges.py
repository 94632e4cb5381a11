"""帳票の期間: a report of several months is its months one after the other; in the order of one column, as far as that many rows can be."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from billing.reports.report import Computed, Kind, Queried, Report, ReportAsked, Row, Sums, Told

Rows = Queried | Computed | Told

MOST_SORTED, MOST_TOLD_SORTED = 20_000, 2_000
"""Rows that are put in the order of a column: all have to be read for it, and of a report of facts told one by one."""


@dataclass(frozen=True, slots=True)
class Months:
    """The rows of several months; those of each are made when they are come to."""

    of_month: tuple[Callable[[], Rows], ...]

    def stream(self) -> Iterator[Row]:
        """Every row, month after month."""
        for rows in self.of_month:
            yield from rows().stream()

    def sums(self, positions: list[int]) -> Sums:
        """The sums of all months."""
        return _added([rows().sums(positions) for rows in self.of_month], positions)

    def page(
        self, first: int, size: int, positions: list[int], known: Sequence[Sums | None] | None = None
    ) -> tuple[Sums, list[Row]]:
        """The sums of all rows, and the rows of one page. A month of which the sums are ``known`` is read where the page lies in it."""
        found: list[Row] = []
        sums: list[Sums] = []
        before = 0
        for rows, of_it in zip(self.of_month, known or [None] * len(self.of_month), strict=True):
            start, wanted = max(first - before, 0), size - len(found)
            if of_it is None or (wanted > 0 and start < of_it.count):
                of_it, some = rows().page(start, max(wanted, 0), positions, of_it)
                found += some
            sums.append(of_it)
            before += of_it.count
        return _added(sums, positions), found


def _added(sums: Sequence[Sums], positions: list[int]) -> Sums:
    return Sums(sum(one.count for one in sums), {at: sum(one.totals.get(at) or 0 for one in sums) for at in positions})


def rows_of(report: Report, asked: ReportAsked) -> Rows | Months:
    """The rows of a report: of its month, or of every month that was asked for."""
    if len(asked.each) <= 1:
        return report.rows(asked)
    return Months(tuple(_of(report, month) for month in asked.each))


def _of(report: Report, asked: Callable[[], ReportAsked]) -> Callable[[], Rows]:
    return lambda: report.rows(asked())


def most_sorted(rows: Rows | Months) -> int:
    """How many rows of this kind are put in order at most."""
    return MOST_TOLD_SORTED if isinstance(rows, Told) else MOST_SORTED


def in_order(report: Report, rows: Rows | Months, at: int, *, falling: bool) -> list[Row]:
    """All rows in the order of one column: by what its codes are called, what is empty last; of equal ones as they come."""
    column = report.columns[at]
    found = list(rows.stream())
    filled = [row for row in found if row[at] not in (None, "")]
    names = {code: str(name) for code, name in column.names.items()}

    def key(row: Row) -> Any:
        value = row[at]
        return str(names.get(value, value)) if column.kind in (Kind.TEXT, Kind.CLAUSE) else value

    return sorted(filled, key=key, reverse=falling) + [row for row in found if row[at] in (None, "")]
