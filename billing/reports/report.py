"""帳票: what one is — its columns, its filters, and its rows, which stream."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db.models import Count, QuerySet, Sum

from billing.models import Month

ROWS_AT_ONCE = 5000
"""Rows read from the database together."""

Row = tuple[Any, ...]

AS_CORRECTED = "corrected"


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    DAY = "day"
    YEN = "yen"
    NUMBER = "number"
    CLAUSE = "clause"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """One column: its name for machines, its heading, what stands in it. ``width`` is that of a sheet, in characters.

    ``names`` says what a code is called; ``totalled`` columns have their sum below them; ``leads`` is the screen
    (``contracts.customer``) on which a number or code of the column is found; ``beneath``: on screen and paper it stands below the
    column before it, so that the table fits.
    """

    name: str
    label: Any
    kind: Kind = Kind.TEXT
    width: int = 14
    names: Mapping[str, Any] = field(default_factory=dict)
    totalled: bool = False
    leads: str = ""
    beneath: bool = False


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a report is asked for: a month, its row in the ledger (None where it has none), and what narrows the rows.

    ``given`` are the filters' values; ``narrow`` applies those to a query that its columns alone can answer.
    """

    month: date
    row: Month | None
    given: Mapping[str, Any]
    narrow: Callable[[QuerySet[Any]], QuerySet[Any]]
    otherwise: dict[tuple[str, int | None], bool] = field(default_factory=dict)
    """Whether any customer or unit is called otherwise than it stands, by the revision that counts: asked once a report."""
    known: dict[str, bool] = field(default_factory=dict)
    """What was asked of the month itself, once a report."""
    each: "tuple[Callable[[], ReportAsked], ...]" = ()
    """Where more than one month is asked for: each of them, made when it is come to; ``month`` is the first."""
    until: date | None = None
    """The last month asked for, where it is not the only one."""
    closed: bool = False
    """Whether every month is closed, and what was corrected counts in the month that billed it: then lines can never change."""

    @property
    def as_corrected(self) -> bool:
        """Whether a correction counts in the month that it corrects, not in the one that billed it."""
        return self.given.get("counted") == AS_CORRECTED

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the months was asked for."""
        return any(value not in (None, "") for name, value in self.given.items() if name not in ("month", "until"))

    @property
    def is_issued(self) -> bool:
        """Whether the month's invoices are issued."""
        if "issued" not in self.known:
            self.known["issued"] = self.row is not None and self.row.invoices.exists()
        return self.known["issued"]

    @property
    def named_in(self) -> int | None:
        """The revision of the facts by which customers and units are named: that of a closed month, whose report never changes
        (I-52); None: as the names stand now.
        """
        return self.row.facts_revision if self.row is not None and self.row.closed_at is not None else None


@dataclass(frozen=True, slots=True)
class Sums:
    """How many rows, and the sum of each totalled column by its position."""

    count: int
    totals: dict[int, int]


@dataclass(frozen=True, slots=True)
class Queried:
    """Rows that one query answers: ``query`` gives tuples in the order of the columns, by those ``paths``."""

    query: QuerySet[Any, Any]
    paths: tuple[str, ...]
    of_page: Callable[[int, int], list[Row]] | None = None
    """A page's rows alone, by the first row and how many: where the query would add up all lines for it."""
    beside: Callable[[QuerySet[Any, Any]], QuerySet[Any, Any]] | None = None
    """What stands beside the rows, and their order, put to the query where they are read: to count them, to sum them and to tell them
    apart joins nothing."""

    @property
    def whole(self) -> QuerySet[Any, Any]:
        """The rows with all that they show."""
        return self.query if self.beside is None else self.beside(self.query)

    def stream(self) -> Iterator[Row]:
        """Every row; memory does not grow with them."""
        return self.whole.values_list(*self.paths).iterator(chunk_size=ROWS_AT_ONCE)

    def sums(self, positions: list[int]) -> Sums:
        """Counted and summed by the database."""
        sums = {f"sum_{position}": Sum(self.paths[position]) for position in positions}
        found = self.query.order_by().aggregate(rows=Count("*"), **sums)
        return Sums(found["rows"], {position: found[f"sum_{position}"] or 0 for position in positions})

    def told_apart(self, position: int) -> list[Any]:
        """The values of a column, each once."""
        return list(self.query.order_by().values_list(self.paths[position], flat=True).distinct())

    def page(self, first: int, size: int, positions: list[int], known: Sums | None = None) -> tuple[Sums, list[Row]]:
        """The sums of all rows, ``known`` already or summed up, and the rows of one page."""
        sums = known or self.sums(positions)
        if self.of_page is not None:
            return sums, self.of_page(first, size)
        return sums, list(self.whole.values_list(*self.paths)[first : first + size])


@dataclass(frozen=True, slots=True)
class Computed:
    """Rows that are computed one after the other."""

    stream: Callable[[], Iterator[Row]]
    added: Callable[[list[int]], Sums] | None = None
    """The sums of all rows, where the database adds them up without one of them."""
    of_page: Callable[[int, int], list[Row]] | None = None
    """A page's rows alone, by the first row and how many: where they are found without those before them."""

    def sums(self, positions: list[int]) -> Sums:
        """Counted and summed as they stream by."""
        return self.page(0, 0, positions)[0]

    def page(self, first: int, size: int, positions: list[int], known: Sums | None = None) -> tuple[Sums, list[Row]]:
        """The sums of all rows, and the rows of one page; computed once. Where the sums are ``known``, not beyond the page."""
        if known is None and self.added is not None:
            known = self.added(positions)
        if known is not None:
            of_page = self.of_page or (lambda first, size: list(islice(self.stream(), first, first + size)))
            return known, of_page(first, size)
        found: list[Row] = []
        count, totals = 0, dict.fromkeys(positions, 0)
        for row in self.stream():
            if first <= count < first + size:
                found.append(row)
            count += 1
            for position in positions:
                totals[position] += row[position] or 0
        return Sums(count, totals), found


@dataclass(frozen=True, slots=True)
class Told:
    """Rows of which finding is cheap and telling is not: ``found`` gives what there is in order, all of it or so many from a first
    one on; ``counted`` says how much there is; ``tell`` makes rows of some of it.

    A page finds and tells its own rows alone; nothing of them is summed, but how many there are.
    """

    found: Callable[[], Iterator[Any]]
    found_of_page: Callable[[int, int], Iterable[Any]]
    counted: Callable[[], int]
    tell: Callable[[Iterable[Any]], Iterator[Row]]

    def stream(self) -> Iterator[Row]:
        """Every row, told as it streams by."""
        return self.tell(self.found())

    def sums(self, positions: list[int]) -> Sums:
        """Counted; none is told."""
        assert not positions, "what is told one by one has no sums"
        return Sums(self.counted(), {})

    def page(self, first: int, size: int, positions: list[int], known: Sums | None = None) -> tuple[Sums, list[Row]]:
        """How many rows there are, and the rows of one page."""
        return known or self.sums(positions), list(self.tell(self.found_of_page(first, size))) if size else []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report:
    """帳票: its name in addresses and records, its title, what it is for, its columns, filters and rows.

    ``amount`` is the column whose total stands for the report in the record of an export; '' where nothing is summed.
    ``of_ledger`` says that its rows are lines of the ledger: once the month is closed they never change;
    ``by_invoice``, that they are put together by invoice, which may still be grouped otherwise until the invoices are issued.
    """

    name: str
    title: Any
    about: Any
    columns: tuple[ReportColumn, ...]
    filters: Any
    rows: Callable[[ReportAsked], Queried | Computed | Told]
    amount: str = ""
    of_ledger: bool = True
    by_invoice: bool = False
    span: int = 1
    """So many months, up to the last, are shown where none was asked for."""
    begins: Callable[[], str] | None = None
    """The month (2025-04) that is shown where none is asked for; None: the last closed one."""
    at_once: Callable[[Sequence[Month]], dict[int, list[Row]]] | None = None
    """Of a report of few rows a month: those of many months together, by the month's id, which are kept of closed ones. They rest on the
    lines and on what was ever changed of tiers and items."""
    state: Callable[[ReportAsked], str] | None = None
    """What has to be known of its rows, where they are not those of a month of the ledger."""

    @property
    def totalled(self) -> list[int]:
        """The positions of the columns that are summed."""
        return [position for position, column in enumerate(self.columns) if column.totalled]

    @property
    def amount_at(self) -> int | None:
        """The position of the column whose total is recorded."""
        return next((at for at, column in enumerate(self.columns) if column.name == self.amount), None)
