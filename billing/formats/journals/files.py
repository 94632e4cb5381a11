"""Slips written into a file; into several in a ZIP where a package takes only so many rows at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from billing.formats.journals.layout import BOM, MOST_TOLD, Cells, Layout, Unwritable, UnwritableSlipsError, write
from billing.formats.spooled import KEPT_IN_MEMORY
from billing.terms.slip import Slip


@dataclass
class _Part:
    """One file on its way: its rows so far, the header among them, and the next number of a slip."""

    file: Any
    rows: int = 0
    numbers: Any = field(default_factory=lambda: count(1))


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, from its beginning: a CSV file or a ZIP of some, and the rows without headers."""

    file: BinaryIO
    extension: str
    rows: int


def write_slips(slips: Iterable[Slip], layout: Layout, name: str) -> Written:
    """Write the slips; none is split over two files. Memory does not grow with them.

    Raises UnwritableSlipsError with the characters that the encoding lacks, of all slips.
    """
    parts, rows = [_begun(layout)], 0
    found: list[Unwritable] = []
    faults = 0
    for slip in slips:
        of_slip = list(layout.rows(slip, parts[-1].numbers))
        if layout.most_rows is not None and parts[-1].rows > bool(layout.header) and _over(parts[-1], of_slip, layout):
            parts.append(_begun(layout))
            of_slip = list(layout.rows(slip, parts[-1].numbers))
        try:
            write(parts[-1].file.write, layout, of_slip, parts[-1].rows + 1, of=slip.number)
        except UnwritableSlipsError as fault:
            found, faults = [*found, *fault.found][:MOST_TOLD], faults + fault.count
        parts[-1].rows, rows = parts[-1].rows + len(of_slip), rows + len(of_slip)
    if faults:
        raise UnwritableSlipsError(found, faults)
    for part in parts:
        part.file.seek(0)
    if len(parts) == 1:
        return Written(parts[0].file, "csv", rows)
    return Written(_zipped(parts, name), "zip", rows)


def _over(part: _Part, rows: list[Cells], layout: Layout) -> bool:
    return part.rows + len(rows) > (layout.most_rows or 0)


def _begun(layout: Layout) -> _Part:
    part = _Part(SpooledTemporaryFile(max_size=KEPT_IN_MEMORY))  # noqa: SIM115 (whoever takes the file closes it)
    if layout.bom:
        part.file.write(BOM.encode())
    if layout.header:
        write(part.file.write, layout, [list(layout.header)], 1)
        part.rows = 1
    return part


def _zipped(parts: list[_Part], name: str) -> BinaryIO:
    """The same bytes whenever the same parts are zipped: ZipInfo's own moment, the first that a ZIP can say."""
    out: Any = SpooledTemporaryFile(max_size=KEPT_IN_MEMORY)  # noqa: SIM115
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        for number, part in enumerate(parts, 1):
            entry = ZipInfo(f"{name}_{number:02}.csv")
            entry.compress_type = ZIP_DEFLATED
            with part.file, zipped.open(entry, "w") as file:
                while block := part.file.read(1 << 20):
                    file.write(block)
    out.seek(0)
    return out  # type: ignore[no-any-return]
