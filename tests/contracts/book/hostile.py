"""Files that are broken or meant to do harm, made where they are needed: none is kept."""

import os
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADINGS = ("契約者コード", "契約者名")


def workbook(
    path: Path, rows: str, *, before: str = "", behind: str = "", sheet: str = "契約者", packed: int = 6, **parts: str
) -> Path:
    """A workbook of one sheet, from the XML of its rows; packed tightly, or sooner."""
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=packed) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {NAMESPACE} xmlns:r="{relations}"><sheets><sheet name="{sheet}" r:id="a"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="b" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"{before}<worksheet {NAMESPACE}><sheetData>{rows}</sheetData>{behind}</worksheet>",
        )
        for name, text in parts.items():
            archive.writestr(f"xl/{name}.xml", text)
    return path


def text(address: str, value: str) -> str:
    """A cell of text."""
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'


def row(number: int, *cells: str) -> str:
    """A row."""
    return f'<row r="{number}">{"".join(cells)}</row>'


HEAD = row(1, *(text(f"{letter}1", name) for letter, name in zip("AB", HEADINGS, strict=True)))
ONE = HEAD + row(2, text("A2", "C-1"), text("B2", "見本"))


def far_cell(folder: Path) -> Path:
    """A value in the farthest corner."""
    return workbook(folder / "far.xlsx", ONE + row(1048576, text("XFD1048576", "x")))


def far_blanks(folder: Path) -> Path:
    """A blank in the farthest corner, and a merge over everything."""
    merged = '<mergeCells><mergeCell ref="A2:XFD1048576"/><mergeCell ref="C3:C1048576"/></mergeCells>'
    return workbook(folder / "blank.xlsx", ONE + row(1048576, text("XFD1048576", " ")), behind=merged)


def lying_dimension(folder: Path) -> Path:
    """A sheet that claims to be as large as can be, and strings that claim to be four thousand million."""
    strings = f'<sst {NAMESPACE} count="4294967295" uniqueCount="4294967295"><si><t>見本</t></si></sst>'
    rows = HEAD + '<dimension ref="A1:XFD1048576"/>' + row(2, text("A2", "C-1"), '<c r="B2" t="s"><v>0</v></c>')
    return workbook(folder / "lying.xlsx", rows, sharedStrings=strings)


@cache
def _bomb() -> bytes:
    """Packing so much takes seconds: it is done once a process."""
    with TemporaryDirectory() as folder:
        cells = text("B3", "x" * (128 << 20))
        return workbook(Path(folder) / "bomb.xlsx", ONE + row(3, cells), packed=1).read_bytes()


def bomb(folder: Path) -> Path:
    """A small file that unpacks to more than is read of any small file, whatever it says of itself."""
    path = folder / "bomb.xlsx"
    path.write_bytes(_bomb())
    return path


def lying_bomb(folder: Path) -> Path:
    """The same, and the archive says that it is small."""
    path = bomb(folder)
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    path = folder / "lying_bomb.xlsx"
    path.write_bytes(bytes(raw).replace(size, (1000).to_bytes(4, "little")))
    return path


def laughs(folder: Path) -> Path:
    """Entities that are made of entities."""
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return workbook(
        folder / "laughs.xlsx", row(1, text("A1", "&a11;")), before=f'<!DOCTYPE w [<!ENTITY a0 "ha">{entities}]>'
    )


def endless_faults(folder: Path) -> Path:
    """Rows without end, each with two faults: ten times as many faults as after which reading stops."""
    rows = "".join(row(number, text(f"C{number}", "#")) for number in range(2, 50_000))
    return workbook(folder / "endless.xlsx", HEAD + rows)


def many_cells(folder: Path) -> Path:
    """One row of more cells than a row has."""
    return workbook(folder / "cells.xlsx", HEAD + row(2, "<c><v>1</v></c>" * 1_000_000))


def deep(folder: Path) -> Path:
    """Elements in elements in elements."""
    return workbook(folder / "deep.xlsx", "<a>" * 1_000_000)


def wide_merges(folder: Path) -> Path:
    """More merged cells than anybody merges."""
    merged = "".join(f'<mergeCell ref="A{n}:A{n + 1000}"/>' for n in range(2, 200_000))
    return workbook(folder / "merges.xlsx", ONE, behind=f"<mergeCells>{merged}</mergeCells>")


def broken_workbook(folder: Path) -> Path:
    """The first half of a workbook."""
    whole = far_cell(folder).read_bytes()
    path = folder / "half.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    return path


def broken_inside(folder: Path) -> Path:
    """A workbook whose bytes were changed inside."""
    whole = bytearray(workbook(folder / "inside.xlsx", ONE * 1).read_bytes())
    at = whole.index(b"sheet1.xml") + 30
    whole[at : at + 20] = b"\xff" * 20
    (folder / "inside.xlsx").write_bytes(whole)
    return folder / "inside.xlsx"


def wrong_places(folder: Path) -> Path:
    """Cells at addresses that no sheet has."""
    return workbook(folder / "places.xlsx", ONE + row(3, text("ZZZZ99999999999", "x")))


def unshared(folder: Path, number: int = 2) -> Path:
    """A cell with a shared text of a number that none has."""
    shared = f"<sst {NAMESPACE}><si><t>C-2</t></si><si><t>見本二</t></si></sst>"
    rows = ONE + row(3, '<c r="A3" t="s"><v>0</v></c>', f'<c r="B3" t="s"><v>{number}</v></c>')
    return workbook(folder / "unshared.xlsx", rows, sharedStrings=shared)


def shared_before_the_first(folder: Path) -> Path:
    """The same before the first."""
    return unshared(folder, -1)


def nested(folder: Path) -> Path:
    """An archive in an archive in an archive."""
    inner = folder / "inner.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("customers.csv", "code,name\nC-1,a\n")
    outer = folder / "outer.zip"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "inner.zip")
    return outer


def csv_bomb(folder: Path) -> Path:
    """An archive of one line without end."""
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("customers.csv", "code,name\n" + "x" * (128 << 20))
    return path


def long_line(folder: Path) -> Path:
    """A file of one line of nothing, longer than the memory that a reader has."""
    path = folder / "line.csv"
    with path.open("wb") as file:
        file.write("契約番号,顧客名\n".encode())
        file.truncate(600 << 20)
    return path


def pipe(folder: Path) -> Path:
    """A pipe that nobody writes to."""
    path = folder / "book.xlsx"
    os.mkfifo(path)
    return path


def pipe_within(folder: Path) -> Path:
    """A folder with a pipe in it."""
    (folder / "in").mkdir()
    os.mkfifo(folder / "in" / "customers.csv")
    return folder / "in"


def loop(folder: Path) -> Path:
    """A link to itself."""
    path = folder / "loop.xlsx"
    path.symlink_to(path)
    return path


def loop_within(folder: Path) -> Path:
    """A folder with a link to itself in it."""
    (folder / "in").mkdir()
    (folder / "in" / "customers.csv").symlink_to(folder / "in" / "customers.csv")
    return folder / "in"


def many_files(folder: Path) -> Path:
    """A folder of a hundred thousand files; ten thousand names are of one, which is made sooner."""
    (folder / "in").mkdir()
    within = os.open(folder / "in", os.O_RDONLY)
    for first in range(0, 100_000, 10_000):
        os.close(os.open(f"{first}.csv", os.O_CREAT | os.O_WRONLY, dir_fd=within))
        for number in range(first + 1, first + 10_000):
            os.link(f"{first}.csv", f"{number}.csv", src_dir_fd=within, dst_dir_fd=within)
    os.close(within)
    return folder / "in"


def many_sheets(folder: Path) -> Path:
    """A workbook of three hundred sheets that nobody knows."""
    path = folder / "sheets.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for number in range(300):
            book.add_worksheet(f"s{number}").write_string(0, 0, "x")
    return path


def device(_folder: Path) -> Path:
    """A file without end."""
    return Path("/dev/zero")


BROUGHT = (
    *(far_cell, lying_dimension, bomb, lying_bomb, laughs, endless_faults, many_cells, deep, wide_merges),
    *(broken_workbook, broken_inside, wrong_places, unshared, nested, csv_bomb, long_line, many_sheets),
)
ON_A_DISK = (pipe, pipe_within, loop, loop_within, many_files, device)
"""What can lie on a disk, and cannot be brought by a browser."""
