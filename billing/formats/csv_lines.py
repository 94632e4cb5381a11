"""A month's lines as CSV: UTF-8, with a BOM under Japanese headings, so that a spreadsheet reads them by itself."""

import csv
from collections.abc import Iterable
from pathlib import Path

from billing.formats.columns import harmless, headings
from billing.queries import ExportedLine


def write_csv(path: Path, lines: Iterable[ExportedLine], *, language: str) -> int:
    """Write the lines, one a row; how many. Machines that ask for English headings get no BOM."""
    written = 0
    with path.open("w", encoding="utf-8" if language == "en" else "utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(headings(language))
        for line in lines:
            writer.writerow([harmless(value) for value in line])
            written += 1
    return written
