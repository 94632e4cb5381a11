"""The parts of a workbook that its sheets lean on: the strings they share, and the formats that make a number a day."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from contracts.intake.book.bounds import LONGEST_TEXT, Bounds
from contracts.intake.book.texts import Texts

Started = Callable[[str, dict[str, str]], None]
_CHUNK = 1 << 16


def new_parser() -> expat.XMLParserType:
    """A parser whose texts come whole."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = _CHUNK
    return parser


def local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]


def parse_part(part: IO[bytes], start: Started, bounds: Bounds) -> None:
    """Tell ``start`` of every element of a part."""
    parser = new_parser()
    parser.StartElementHandler = lambda name, values: start(local(name), values)
    while chunk := part.read(_CHUNK):
        bounds.check(len(chunk))
        parser.Parse(chunk)
    parser.Parse(b"", True)


DAY, MOMENT = "day", "moment"
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58), DAY),
    **dict.fromkeys((22,), MOMENT),
}
"""Formats of a day and of a moment that a file does not spell out."""
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h|m|s)[^\]]*\]', re.I)


@dataclass(slots=True)
class Formats:
    """Which styles of cells show a day or a moment."""

    from_1904: bool = False
    of_style: list[str] = field(default_factory=list)
    _spelt: dict[int, str] = field(default_factory=dict)
    _in_cells: bool = False

    def start(self, name: str, values: dict[str, str]) -> None:
        """Take in an element of the part of styles."""
        if name == "numFmt":
            self._spelt[int(values["numFmtId"])] = _kind(values.get("formatCode", ""))
        elif name in ("cellXfs", "cellStyleXfs"):
            self._in_cells = name == "cellXfs"
        elif name in ("cellStyles", "dxfs"):
            self._in_cells = False
        elif name == "xf" and self._in_cells:
            number = int(values.get("numFmtId", 0))
            self.of_style.append(self._spelt.get(number, _BUILT_IN.get(number, "")))

    def kind(self, style: str | None) -> str:
        """``day``, ``moment``, or '' for a number that is one."""
        number = int(style) if style else 0
        return self.of_style[number] if number < len(self.of_style) else ""


def _kind(format_code: str) -> str:
    code = _QUOTED.sub("", format_code.split(";")[0]).lower()
    if not re.search(r"[ydeg]", re.sub("general|e[+-]", "", code)):
        return ""
    return MOMENT if "h" in code else DAY


@dataclass(slots=True)
class _Strings:
    found: Texts = field(default_factory=Texts)
    text: list[str] = field(default_factory=list)
    length: int = 0
    in_text: bool = False
    in_reading: bool = False

    def start(self, name: str, _values: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            self.text, self.length = [], 0
        elif name == "rPh":  # how the characters are read aloud is no part of the text
            self.in_reading = True
        self.in_text = name == "t" and not self.in_reading

    def end(self, name: str) -> None:
        name = local(name)
        if name == "si":
            self.found.append(unescaped("".join(self.text)))
        elif name == "rPh":
            self.in_reading = False
        self.in_text = False

    def data(self, text: str) -> None:
        if self.in_text and self.length < LONGEST_TEXT:
            self.text.append(text)
            self.length += len(text)


def shared_strings(part: IO[bytes], bounds: Bounds) -> Texts:
    """The strings that cells refer to by number."""
    strings, parser = _Strings(), new_parser()
    parser.StartElementHandler, parser.EndElementHandler = strings.start, strings.end
    parser.CharacterDataHandler = strings.data
    while chunk := part.read(_CHUNK):
        bounds.check(len(chunk))
        parser.Parse(chunk)
    parser.Parse(b"", True)
    return strings.found


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A text whose control characters are written as _x000D_."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
