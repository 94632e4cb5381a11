"""How people write a book, from ``people.toml``: words that are read otherwise than they stand, and what is passed over."""

import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

PEOPLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))


def plain(written: object) -> str:
    """A word for comparing: widths folded (NFKC), case and blanks dropped."""
    return "".join(unicodedata.normalize("NFKC", str(written)).casefold().split())


def words(section: str, name: str) -> frozenset[str]:
    """The words of that name in ``people.toml``, folded for comparing."""
    return frozenset(plain(word) for word in PEOPLE[section][name])


@lru_cache(8192)
def word(text: str) -> str:
    """A short text folded: what stands in one cell stands in many."""
    return plain(text)


EMPTY = words("cells", "empty")
ERRORS = words("cells", "errors")
SUMS = words("rows", "sums")
_ERRORS_BEGIN = frozenset(error[0] for error in ERRORS)


def stands_for_nothing(raw: Any) -> bool:
    """Whether the cell says that there is nothing: －, 未定, なし …"""
    return isinstance(raw, str) and len(raw) < 12 and word(raw) in EMPTY


def is_error(raw: Any) -> bool:
    """Whether the text is what a spreadsheet shows instead of a value: #N/A, #REF! …"""
    return isinstance(raw, str) and 0 < len(raw) < 20 and word(raw[:1]) in _ERRORS_BEGIN and word(raw) in ERRORS
