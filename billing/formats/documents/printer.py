"""紙にする: a plain value into a PDF, by a template of this folder. The same value makes the same bytes, whenever and wherever it is set.

Archivable (PDF/A-2b): the fonts are within, nothing is asked of the reader's machine. The document's own date is what the value says.
"""

import json
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


def _made(template: str, told: Mapping[str, Any], **wanted: Any) -> Any:
    said = {"told": json.dumps(told, ensure_ascii=False, sort_keys=True)}
    with _ALONE:
        return _compiler().compile(FOLDER / f"{template}.typ", sys_inputs=said, **wanted)
