"""これまでの記録: what a fact said before it was replaced, and what a row that stands no more says on its page."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contracts.admin.kit.columns import day, iso, minute, own_page, page_of, plain, who
from contracts.admin.kit.following import standing_of
from contracts.models.fact import Fact

MOST_TIMES = 200
"""How many times a fact may have been replaced for all of it to be shown."""

COLUMNS = (
    own_page("recorded_at", _("記録日時"), lambda row: minute(row.recorded_at)),
    who("recorded_by", _("記録者")),
    day("withdrawn_on", _("置き換えた日")),
    who("withdrawn_by", _("置き換えた者")),
    plain("withdrawn_because", _("理由")),
)


def gone(row: Any) -> dict[str, str] | None:
    """What the page of a row that counts no more says first, and the address of what stands in its place; None where it counts."""
    if not isinstance(row, Fact) or row.stands:
        return None
    said = {"day": iso(row.withdrawn_on), "who": row.withdrawn_by or "—", "why": row.withdrawn_because or "—"}
    now = standing_of(row)
    if now is row:
        return {
            "sentence": gettext("この記録は%(day)sに%(who)sが取り消しました（理由：%(why)s）。") % said,
            "address": "",
        }
    sentence = gettext("この記録は%(day)sに%(who)sにより置き換えられています（理由：%(why)s）。") % said
    return {"sentence": sentence, "address": page_of(now)}


def rows_before(row: Any) -> QuerySet[Any] | None:
    """What was said in the place of a fact before it, newest first; None for what is no fact, or was never replaced."""
    if not isinstance(row, Fact):
        return None
    rows = type(row)._default_manager
    found: list[int] = []
    newest = [row.pk]
    while newest and len(found) < MOST_TIMES:
        newest = list(rows.filter(replaced_by__in=newest).values_list("pk", flat=True))
        found += newest
    return rows.filter(pk__in=found).order_by("-pk") if found else None
