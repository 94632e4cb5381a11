"""Facts put otherwise than an operation would: another row says it, since the database lets nobody overwrite one.

The history tells of it, as it tells of every write: by it a close knows what has moved.
"""

from collections.abc import Iterable
from typing import Any

from contracts import clock
from contracts.facts import history
from contracts.facts.writing import Writing
from contracts.models import Notice
from contracts.models.fact import Fact


def rewrite(rows: Iterable[Fact], **values: Any) -> None:
    """Replace every row that stands by one with those values, in one revision."""
    writing = Writing.begin(by="試験", on=clock.today())
    for row in [row for row in rows if row.stands]:
        about = {"withdrawal": "試験"} if isinstance(row, Notice) else {}
        writing.replace(row, because="試験", about=about, **values)
        target = getattr(row, "target", None) or getattr(getattr(row, "contract", None), "target", None)
        if target is not None:
            history.record("correct", row._meta.model_name or "", target.number, by="試験", unit_id=target.unit_id)
