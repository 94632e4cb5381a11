"""条項の本文: the terms' own words, for whoever meets a clause or a reading on a screen (contracts/static/contracts/cited.js)."""

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.language import clause_said
from contracts.terms.citations import READING, clause_of
from contracts.terms.clause import spoken
from contracts.terms.readings import READINGS
from contracts.terms.wording import Words, clauses_of, words_of

TEXTS = Path(settings.BASE_DIR) / "docs" / "terms"
_NAMED = re.compile(r"-(\d{4})(\d{2})(\d{2})$")
GENERAL = "一般規程"


@cache
def published() -> tuple[date, dict[str, Words]]:
    """The newest text of the terms that is at hand: the day of its edition, and its clauses."""
    texts = {
        date(*map(int, found.groups())): path for path in TEXTS.glob("*.txt") if (found := _NAMED.search(path.stem))
    }
    newest = max(texts)
    return newest, clauses_of(texts[newest].read_text(encoding="utf-8"))


def meant(citation: str) -> dict[str, Any] | None:
    """What a citation says in its own words: its name, what it stands under, its lines; None where nothing is cited."""
    if READING.fullmatch(citation):
        said = READINGS.get(citation)
        return {"name": citation, "under": gettext("解釈"), "lines": [gettext(said)]} if said else None
    clause = clause_of(citation)
    if clause.startswith(GENERAL):
        missing = gettext("一般規程の本文は、このシステムにありません。")
        return {"name": clause_said(clause), "under": gettext("IIJインターネットサービス一般規程"), "lines": [missing]}
    edition, clauses = published()
    words = words_of(clauses, clause) if clause else None
    if words is None:
        return None
    return {"name": clause_said(clause), "under": words.under, "lines": words.lines, "edition": edition, "own": True}


def clauses(request: HttpRequest) -> HttpResponse:
    """The terms as published; with ``said`` the words of one citation, as the popover beside it shows them.

    For who may view contracts.
    """
    if not request.user.has_perm("contracts.view_contract"):
        raise PermissionDenied
    if "said" in request.GET:
        said = request.GET["said"]
        return TemplateResponse(request, "admin/clause_words.html", {"words": meant(said), "said": said})
    edition, found = published()
    rows = [(clause, spoken(clause) if _spoken(clause) else clause, words) for clause, words in found.items()]
    context = admin.site.each_context(request) | {"title": _("規程の本文"), "rows": rows, "edition": edition}
    return TemplateResponse(request, "admin/clauses.html", context)


def _spoken(clause: str) -> bool:
    return not clause.startswith("附則") and "(i" not in clause
