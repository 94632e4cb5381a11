"""Lists of one sheet that were taken in before: how their columns were read and what was said of them, by their headings."""

from datetime import date

from contracts.intake.book.listed import Listed, Remembered
from contracts.models import ListReading

MOST_REMEMBERED = 200
"""Lists that are remembered; the one used longest ago is forgotten first. A firm keeps a handful."""


def remembered() -> dict[str, Remembered]:
    """Every list that is remembered, by the mark of its headings."""
    rows = ListReading.objects.order_by("-used_on", "-pk")[:MOST_REMEMBERED]
    return {row.key: Remembered(row.columns, row.said, f"{row.used_by}、{row.used_on}") for row in rows}


def remember(listed: Listed, *, by: str, on: date) -> None:
    """Remember how a list was read; the same headings read otherwise replace what was remembered of them."""
    how = {"headings": list(listed.headings), "columns": listed.columns, "said": dict(listed.said)}
    ListReading.objects.update_or_create(key=listed.key, defaults=how | {"used_by": str(by), "used_on": on})
    kept = ListReading.objects.order_by("-used_on", "-pk").values_list("pk", flat=True)[:MOST_REMEMBERED]
    ListReading.objects.exclude(pk__in=list(kept)).delete()
