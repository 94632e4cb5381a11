"""What the trial of a book came to, as it is kept with the file and drawn by its page: plain values, no row of the book itself."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext

from contracts.intake.book.marking import Marks
from contracts.intake.book.places import Cell, Place, cell_of
from contracts.intake.book.read import Book
from contracts.intake.book.sheets import SHEETS
from contracts.intake.faults import BookError, Fault, Note
from contracts.intake.sentence import Sentence
from contracts.operations.import_book import Taken

CHECKED, REFUSED, NOTHING_NEW = "checked", "refused", "nothing_new"
MOST_KEPT = 1_000
"""Warnings that are kept; how many more there are is counted."""

Result = dict[str, Any]
_FILLED = re.compile(r"\{(\w+)[^}]*\}")


def counted(book: Book) -> dict[str, int]:
    """How many rows of each sheet could be read."""
    return dict(book.rows.by_sheet)


def of_taken(taken: Taken, book: Book, rows: Mapping[str, int]) -> Result:
    """The result of a book that would come in, or did; ``rows`` are those that were read, by sheet."""
    warnings = [_told(warning, book.places) for warning in taken.warnings]
    return _marked(
        {
            "status": CHECKED if taken.added else NOTHING_NEW,
            "rows": _by_sheet(taken.added, rows),
            "known": taken.known,
            "notes": [_noted(note) for note in taken.notes],
            "warnings": warnings[:MOST_KEPT],
            "untold_warnings": max(0, len(warnings) - MOST_KEPT),
            "faults": [],
            "untold": 0,
            "listed": _listed(book),
        }
    )


def of_refused(refused: BookError, book: Book, rows: Mapping[str, int]) -> Result:
    """The result of a book that would not come in, with every fault that is told."""
    return _marked(
        {
            "status": REFUSED,
            "rows": [[sheet.name, count, None] for sheet in SHEETS if (count := rows.get(sheet.name))],
            "known": 0,
            "notes": [_noted(note) for note in refused.notes],
            "warnings": [],
            "untold_warnings": 0,
            "faults": [_told(fault, book.places) for fault in refused.faults],
            "untold": refused.untold,
            "listed": _listed(book),
        }
    )


def marks_of(result: Result) -> Marks:
    """What to say at which cells of the book."""
    marks = Marks()
    for name in ("faults", "warnings"):
        for one in result[name]:
            if one["table"]:
                cell = Cell(one["table"], one["row"] if one["at"] is not None else None, one["at"])
                marks.add(cell, one["message"], fault=name == "faults")
    return marks


def said(kept: Mapping[str, Any]) -> str:
    """A sentence that was kept, in the language of the screen."""
    sentence = kept.get("said")
    return _said(sentence) if sentence else str(kept["message"])


def kind(kept: Mapping[str, Any]) -> str:
    """The kind of a sentence that was kept: its text, whatever fills it."""
    sentence = kept.get("said")
    return _pattern(sentence) if sentence else str(kept["message"])


def kind_said(kept: Sequence[Mapping[str, Any]]) -> str:
    """What sentences of one kind say in common, in the language of the screen, with … for what differs between them."""
    first = kept[0].get("said")
    if not first:
        return str(kept[0]["message"])
    return _common([one["said"] for one in kept])


def _pattern(sentence: Mapping[str, Any]) -> str:
    inner = [_pattern(value) for value in sentence["values"].values() if isinstance(value, dict)]
    return "\n".join([sentence["text"], *inner])


def _common(sentences: Sequence[Mapping[str, Any]]) -> str:
    def filled(match: re.Match[str]) -> str:
        values = [sentence["values"].get(match[1]) for sentence in sentences]
        if isinstance(values[0], dict):
            return _common(values)
        return match[0] if all(value == values[0] for value in values) else "…"

    same = {name: value for name, value in sentences[0]["values"].items() if not isinstance(value, dict)}
    return _said({"text": _FILLED.sub(filled, gettext(sentences[0]["text"])), "values": same})


def _said(sentence: Mapping[str, Any]) -> str:
    made = _sentence(sentence)
    return made.said() if isinstance(made, Sentence) else gettext(made)


def _by_sheet(added: Mapping[str, int], rows: Mapping[str, int]) -> list[list[Any]]:
    """By sheet: its name, how many rows are new, and how many were there already."""
    return [
        [sheet.name, added.get(sheet.name, 0), rows.get(sheet.name, 0) - added.get(sheet.name, 0)]
        for sheet in SHEETS
        if rows.get(sheet.name)
    ]


def _marked(result: Result) -> Result:
    """With a mark: the same mark means that the same would happen."""
    what = {name: value for name, value in result.items() if name != "listed"}
    what["warnings"] = sorted(_texts(result["warnings"]))
    what["notes"] = sorted(_texts(result["notes"]))
    return result | {"mark": sha256(json.dumps(what, ensure_ascii=False, sort_keys=True).encode()).hexdigest()}


def _texts(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    return [f"{one['sheet']} {one.get('row')} {one['message']}" for one in kept]


def _told(fault: Fault, places: Mapping[str, Place]) -> dict[str, Any]:
    cell = cell_of(fault, places)
    return {
        "sheet": fault.sheet,
        "row": fault.row if cell is None or cell.row is None else cell.row,
        "column": fault.column,
        "clause": fault.clause,
        "message": str(fault.message),
        "said": _kept(fault.message),
        "table": cell.table if cell else "",
        "at": cell.column if cell else None,
        "cell": cell.address if cell else "",
    }


def _noted(note: Note) -> dict[str, Any]:
    return {"sheet": note.sheet, "column": note.column, "message": str(note.message), "said": _kept(note.message)}


def _kept(message: str) -> Any:
    """A sentence as text and what fills it, where plain values say the same; None where they do not."""
    if not isinstance(message, Sentence):
        return {"text": message, "values": {}}
    values = {
        name: _kept(value) if isinstance(value, Sentence) else _plain(value) for name, value in message.values.items()
    }
    kept = {"text": message.text, "values": values}
    try:
        same = str(_sentence(kept)) == str(message)
    except (ValueError, KeyError, TypeError):
        same = False
    return kept if same else None


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | bool) else str(value)


def _sentence(kept: Any) -> str:
    """The sentence made anew; a plain text where nothing fills it, which may hold braces of its own."""
    values = {name: _sentence(value) if isinstance(value, dict) else value for name, value in kept["values"].items()}
    return Sentence(kept["text"], **values) if values else str(kept["text"])


def _listed(book: Book) -> dict[str, Any] | None:
    found = book.listed
    if found is None:
        return None
    return {
        "table": found.table,
        "headings": list(found.headings),
        "fields": list(found.fields),
        "said": dict(found.said),
        "by": found.by,
        "is_list": found.is_list,
    }
