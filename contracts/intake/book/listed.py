"""How a list of one sheet is to be read: what is said of all its rows, which of its columns is what, and what is remembered of both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from contracts.intake.book.headings import bare, is_added
from contracts.intake.book.people import PEOPLE, plain
from contracts.intake.book.table import Line

NAMES: dict[str, list[str]] = PEOPLE["flat"]["headings"]
FIELDS = {plain(name): at for at, names in NAMES.items() for name in names}
NEEDED = frozenset(PEOPLE["flat"]["needed"])
PASSED_OVER = ""
"""The field of a column that is not to be read."""
SAYABLE = (
    *("kind", "holder", "applied_on", "accepted_on", "billing_starts_on", "premium_consent_on", "ready_on"),
    *("linked_from_on", "module_consent_on", "linked_consent_on", "bypass_option_on", "advanced_support_on"),
)
"""The fields that may be said of all rows at once."""
FEWEST_HEADINGS = 3
"""With fewer headings a sheet that is none of ours is no list either."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """How a list with the same headings was read when it was taken in: its columns by heading, what was said, and by whom when."""

    columns: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever hands a list over says of it.

    ``said``: by heading, what all rows have (種類=FireWall-1). ``columns``: by heading, the name of what the column is, or ''
    where it is not to be read. ``remembered``: by ``key_of`` their headings, lists that were read before; what is said now goes
    before it.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Remembered] = field(default_factory=dict)

    def of(self, heading: Line) -> "Reading":
        """How the list with these headings is to be read."""
        known = self.remembered.get(key_of(heading[1].values()))
        columns = {bare(name): meant for name, meant in self.columns.items()}
        said = dict(self.said)
        if known is not None:
            columns = {**{bare(name): meant for name, meant in known.columns.items()}, **columns}
            now = {FIELDS.get(bare(name)) for name in said}
            said |= {name: value for name, value in known.said.items() if FIELDS.get(bare(name)) not in now}
        return Reading(said, columns, known.by if known is not None else "")

    def headings(self) -> frozenset[str]:
        """Every heading that somebody has said something of, folded."""
        of_all = (self.columns, *(known.columns for known in self.remembered.values()))
        return frozenset(bare(name) for columns in of_all for name in columns)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one list is read: ``columns`` by heading, folded, to fields (or '' for not at all); what is said; who read it so before."""

    said: Mapping[str, str]
    columns: Mapping[str, str]
    by: str = ""

    def field_of(self, heading: object) -> str | None:
        """The field that a column of that heading is; '' where it is not to be read, None where nobody knows."""
        if not isinstance(heading, str) or len(heading) > 64:
            return None
        name = bare(heading)
        if name in self.columns:
            said = self.columns[name]
            return said if said == PASSED_OVER or said in NAMES else FIELDS.get(bare(said))
        return FIELDS.get(name)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was met: its sheet, its headings and the field that each was read as (None: nobody knows), what was said of it.

    ``is_list`` is False for a sheet that is none of ours and could be one, were its columns known.
    """

    table: str
    headings: tuple[str, ...]
    fields: tuple[str | None, ...]
    said: Mapping[str, str]
    by: str
    is_list: bool

    @property
    def key(self) -> str:
        """What tells lists of the same headings from others."""
        return key_of(self.headings)

    @property
    def columns(self) -> dict[str, str]:
        """Its columns by heading, as they are remembered."""
        return {heading: meant for heading, meant in zip(self.headings, self.fields, strict=True) if meant is not None}


def listed(table: str, heading: Line, reading: Reading, *, is_list: bool) -> Listed | None:
    """What is to be known of a list; None for a sheet that can be none."""
    texts = [cell.strip() for _at, cell in sorted(heading[1].items()) if isinstance(cell, str) and len(cell) <= 64]
    if not is_list and len(texts) < FEWEST_HEADINGS:
        return None
    fields = tuple(_read_as(text, reading) for text in texts)
    return Listed(table, tuple(texts), fields, dict(reading.said), reading.by, is_list)


def _read_as(heading: str, reading: Reading) -> str | None:
    """The field that a column is read as; what people add for themselves (備考, No.) is not read."""
    found = reading.field_of(heading)
    return PASSED_OVER if found is None and is_added(bare(heading)) else found


def key_of(headings: Iterable[object]) -> str:
    """The mark of a set of headings, whatever their order, width and case."""
    names = sorted({bare(name) for name in headings if isinstance(name, str) and len(name) <= 64})
    return sha256("\n".join(names).encode()).hexdigest()
