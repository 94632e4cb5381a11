"""A book that was brought as its page draws it: what would come in, what was read otherwise, faults and warnings by their kind."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from billing.operations.book_result import CHECKED, NOTHING_NEW, REFUSED, kind, kind_said, said
from billing.operations.book_uploads import is_kept, same_bytes, taken_before
from billing.operations.take_book import UNFINISHED
from contracts.admin.kit.columns import minute, page_of, thousands
from contracts.admin.kit.language import clause_said
from contracts.intake.book.listed import NAMES
from contracts.intake.book.sheets import BY_NAME
from contracts.intake.faults import labels
from contracts.models import BookUpload, FactsRevision

SHOWN_OF_A_KIND = 20
"""Cells of one kind that the page lists; all of them are marked in the workbook."""
SHOWN_SAME = 5


def page(row: BookUpload) -> dict[str, Any]:
    """The context of the page."""
    result = row.result
    context: dict[str, Any] = {
        "unfinished": row.state in UNFINISHED,
        "done": thousands(row.done),
        "same": [_same(other) for other in same_bytes(row).select_related("brought_by")[:SHOWN_SAME]],
        "before": _before(row),
        "result": None,
    }
    if not result or row.state in ("waiting", "running"):
        return context
    faults, warnings = len(result["faults"]) + result["untold"], len(result["warnings"]) + result["untold_warnings"]
    stale = row.state in ("tried", "sent") and row.facts_revision != FactsRevision.current()
    return context | {
        "result": result,
        "checked": result["status"] == CHECKED,
        "refused": result["status"] == REFUSED,
        "nothing_new": result["status"] == NOTHING_NEW,
        "stale": stale,
        "differs": result.get("differs") and row.state in ("tried", "sent"),
        "new_rows": thousands(sum(new or 0 for _sheet, new, _known in result["rows"])),
        "known_rows": thousands(result["known"]),
        "fault_count": thousands(faults),
        "warning_count": thousands(warnings),
        "rows": [
            {"sheet": BY_NAME[sheet].label, "new": thousands(new), "known": thousands(known)}
            for sheet, new, known in result["rows"]
        ],
        "notes": _noted(result["notes"]),
        "note_count": thousands(len(result["notes"])),
        "kinds": [
            (gettext("誤り"), "faults", kinds(result["faults"])),
            (gettext("警告"), "warnings", kinds(result["warnings"])),
        ],
        "untold": result["untold"],
        "untold_warnings": result["untold_warnings"],
        "can_be_marked": bool(faults or warnings) and is_kept(row) and any(_is_marked(result)),
        "listed": _listed(result["listed"]),
    }


def kinds(told: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Faults or warnings by kind, in the order in which each kind was first met: what it says, its clause, its cells."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in told:
        found.setdefault((kind(one), one["clause"]), []).append(one)
    return [
        {
            "said": kind_said(cells),
            "clause": clause_said(clause),
            "count": thousands(len(cells)),
            "cells": [_cell(one) for one in cells[:SHOWN_OF_A_KIND]],
            "more": len(cells) - SHOWN_OF_A_KIND if len(cells) > SHOWN_OF_A_KIND else 0,
        }
        for (_kind, clause), cells in found.items()
    ]


def _cell(one: Mapping[str, Any]) -> dict[str, Any]:
    sheet, column = labels(one["sheet"], one["column"])
    return {"sheet": one["table"] or sheet, "cell": one["cell"], "row": one["row"], "column": column, "said": said(one)}


def _noted(notes: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was read otherwise, what holds for several sheets or columns once."""
    found: dict[str, list[str]] = {}
    for note in notes:
        place = " ".join(part for part in labels(note["sheet"], note["column"]) if part)
        found.setdefault(said(note), []).append(place)
    return [{"places": gettext("、").join(filter(None, places)), "said": text} for text, places in found.items()]


def _is_marked(result: Mapping[str, Any]) -> Iterable[bool]:
    return (bool(one["table"]) for name in ("faults", "warnings") for one in result[name])


def _same(other: BookUpload) -> dict[str, Any]:
    return {
        "address": page_of(other),
        "name": other.name,
        "by": other.brought_by,
        "at": minute(other.brought_at),
        "state": other.get_state_display(),
    }


def _before(row: BookUpload) -> dict[str, Any] | None:
    """The import of the same bytes, unless it is this file's own."""
    found = taken_before(row)
    if found is None or found.pk == row.book_import_id:
        return None
    return {"address": page_of(found), "by": found.imported_by, "at": minute(found.imported_at)}


def _listed(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """How a list was read: its headings, each with what it was taken for."""
    if found is None:
        return None
    columns = [
        {
            "heading": heading,
            "field": NAMES[meant][0] if meant else gettext("読みません") if meant == "" else "",
            "unknown": meant is None,
        }
        for heading, meant in zip(found["headings"], found["fields"], strict=True)
    ]
    return {**found, "columns": columns, "said": list(found["said"].items())}


def found(term: str) -> Q:
    """Files by a part of their name, or by the beginning of their SHA-256."""
    return Q(name__contains=term) | Q(sha256__startswith=term.lower())
