"""A workbook (.xlsx, .xlsm) as tables, read as a stream: memory does not grow with what the file claims or where its cells lie.

Kept apart from a value: a cell with an error, and a formula of which the file stores no value (both are Unread).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from contracts.intake.book.bounds import Bounds
from contracts.intake.book.table import Line, Merged, Table, UnreadableError
from contracts.intake.book.texts import Texts
from contracts.intake.book.workbook_parts import Formats, Started, parse_part, shared_strings
from contracts.intake.book.workbook_sheet import lines_of
from contracts.intake.sentence import Sentence

WORKBOOK = "xl/workbook.xml"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    expat.ExpatError,
    KeyError,
    ValueError,
    NotImplementedError,
    OSError,
)
_NO_MEMORY = "Error -4 "
_MERGED = re.compile(rb'mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"')
_OLD, _OLD_PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")


def is_old_office_file(path: Path) -> bool:
    """Whether the file is of the older kind, in which also a workbook with a password is wrapped."""
    with path.open("rb") as file:
        return file.read(8) == _OLD


def why_not(path: Path) -> Sentence:
    """Why a file of the older kind is not read: it has a password, or it is an .xls."""
    with path.open("rb") as file:
        # The directory that names what is inside may stand at either end.
        size = path.stat().st_size
        ends = file.read(1 << 20)
        file.seek(max(0, size - (1 << 20)))
        ends += file.read(1 << 20)
    if _OLD_PROTECTED in ends:
        return Sentence("台帳はパスワードで保護されています。保護を外して保存し直してください（{path}）", path=path)
    return Sentence("古い形式のExcelファイルは読めません。.xlsxで保存し直してください（{path}）", path=path)


@dataclass(slots=True)
class _Sheets:
    """What the workbook's own part says: its sheets, and from which year its days are counted."""

    named: list[tuple[str, str, bool]] = field(default_factory=list)
    from_1904: bool = False

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "sheet":
            relation = next((value for key, value in values.items() if key.rpartition(":")[2] == "id"), "")
            self.named.append((values.get("name", ""), relation, values.get("state", "visible") != "visible"))
        elif name == "workbookPr":
            self.from_1904 = values.get("date1904") in ("1", "true")


@dataclass(slots=True)
class _Relations:
    targets: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "Relationship":
            target = values["Target"]
            place = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            self.targets[values["Id"]] = place
            self.kinds[values.get("Type", "").rpartition("/")[2]] = place


def tables(path: Path, parts: zipfile.ZipFile, bounds: Bounds) -> Iterator[Table]:
    """The sheets of a workbook in its order, each to be read before the next. Raises UnreadableError where it cannot be read."""
    try:
        if any(part.flag_bits & 1 for part in parts.infolist()):
            raise UnreadableError(
                Sentence("台帳はパスワードで保護されています。保護を外して保存し直してください（{path}）", path=path)
            )
        sheets, relations = _Sheets(), _Relations()
        _parse(parts, WORKBOOK, sheets.start, bounds)
        _parse(parts, "xl/_rels/workbook.xml.rels", relations.start, bounds)
        names = set(parts.namelist())
        formats = Formats(from_1904=sheets.from_1904)
        if relations.kinds.get("styles") in names:
            _parse(parts, relations.kinds["styles"], formats.start, bounds)
        strings = Texts()
        if relations.kinds.get("sharedStrings") in names:
            with parts.open(relations.kinds["sharedStrings"]) as part:
                strings = shared_strings(part, bounds)
    except _BROKEN as error:
        raise UnreadableError(_broken(error)) from None
    for name, relation, hidden in sheets.named:
        place = relations.targets.get(relation, "")
        # A sheet of a chart, or of an old macro, has no cells.
        if place in names and "worksheets/" in place:
            merged = Merged()
            lines = _lines(parts, place, formats, strings, merged, bounds)
            yield Table(name, lines, hidden=hidden, merged=merged)


def _parse(parts: zipfile.ZipFile, place: str, start: Started, bounds: Bounds) -> None:
    with parts.open(place) as part:
        parse_part(part, start, bounds)


def _lines(
    parts: zipfile.ZipFile, place: str, formats: Formats, strings: Texts, merged: Merged, bounds: Bounds
) -> Iterator[Line]:
    try:
        with parts.open(place) as part:
            _find_merged(part, merged, bounds)
        with parts.open(place) as part:
            yield from lines_of(part, formats, strings, merged, bounds)
    except _BROKEN as error:
        raise UnreadableError(_broken(error)) from None


def _find_merged(part: IO[bytes], found: Merged, bounds: Bounds) -> None:
    """The merged cells of a sheet. They stand behind its rows, and have to be known before."""
    rest, behind = b"", False
    while chunk := part.read(1 << 18):
        bounds.check(len(chunk))
        rest += chunk
        if not behind and (at := rest.find(b"sheetData>")) >= 0:
            behind, rest = True, rest[at:]
        if behind:
            last = 0
            for match in _MERGED.finditer(rest):
                found.add(match[1].decode(), match[2].decode())
                last = match.end()
            rest = rest[max(last, len(rest) - 256) :]
        else:
            rest = rest[-16:]


def _broken(error: Exception) -> Sentence:
    return Sentence("Excelのブックとして読めません（{error}）", error=shortly(error))


def shortly(error: Exception) -> str:
    """An error of the file in a few words, without what it quotes at length.

    Raises MemoryError for what is no fault of the file: zlib says by a number of its own that it was given no memory.
    """
    if isinstance(error, zlib.error) and str(error).startswith(_NO_MEMORY):
        raise MemoryError from error
    return " ".join(str(error).split())[:120] or type(error).__name__


def is_workbook(parts: zipfile.ZipFile) -> bool:
    """Whether the archive holds a workbook."""
    return WORKBOOK in {name.lstrip("/") for name in parts.namelist()}
