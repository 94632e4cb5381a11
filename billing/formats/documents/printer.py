"""紙にする: a plain value into a PDF, by a template of this folder. The same value makes the same bytes, whenever and wherever it is set.

Archivable (PDF/A-2b): the fonts are within, nothing is asked of the reader's machine. The document's own date is what the value says.
A character that the fonts have not is set as 〓, as printers do: one name must not keep a whole month's papers from being made.
"""

import json
import re
import threading
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).resolve().parent
FONTS = ("noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold")
STANDARD = "a-2b"

NOT_IN_THE_FONTS = "〓"
_NAMED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")

_ALONE = threading.Lock()
"""A compiler keeps what it was handed last: one document at a time in each process."""


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the house, read once a process."""
    folders = [Path(found.origin).parent for name in FONTS if (found := find_spec(name)) and found.origin]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=FOLDER, font_paths=_fonts(), ignore_system_fonts=True)


def printed(template: str, told: Mapping[str, Any]) -> bytes:
    """The PDF of the value by the template of that name (``invoice``, ``letter``)."""
    made: bytes = _made(template, told, format="pdf", pdf_standards=STANDARD, pdf_tags=False)
    return made


def pictured(template: str, told: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The same as pictures, a PNG a page: to be looked at."""
    made = _made(template, told, format="png", ppi=ppi)
    return made if isinstance(made, list) else [made]


def _made(template: str, told: Any, **wanted: Any) -> Any:
    while True:
        said = {"told": json.dumps(told, ensure_ascii=False, sort_keys=True)}
        try:
            with _ALONE:
                return _compiler().compile(FOLDER / f"{template}.typ", sys_inputs=said, **wanted)
        except typst.TypstError as error:
            # Only who sets the text knows what the fonts have; it names one at a time.
            named = _NAMED.search(str(error))
            without = _without(told, _ESCAPED.sub(lambda one: chr(int(one[1], 16)), named[1])) if named else told
            if without == told:
                raise
            told = without


def _without(value: Any, text: str) -> Any:
    """The value with 〓 for that text, wherever it says it."""
    if isinstance(value, str):
        return value.replace(text, NOT_IN_THE_FONTS)
    if isinstance(value, Mapping):
        return {name: _without(one, text) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one, text) for one in value]
    return value
