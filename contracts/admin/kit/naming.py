"""What a contract or an option of a unit of the terms is called on a day (contracts.facts.names)."""

from datetime import date
from typing import Any

from contracts.facts.names import Content
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Option, Target, What


def name_on(target: Target, timeline: Timeline, day: date) -> str:
    """The category, module type or option, as the terms write it."""
    return content_on(target, timeline, day).name


def detail_on(target: Target, timeline: Timeline, day: date) -> str:
    """Kind and item of a module; licence type, licences, years and product of an option; '' where it has none."""
    return content_on(target, timeline, day).detail


def content_on(target: Target, timeline: Timeline, day: date) -> Content:
    """What a target is for on a day."""

    def value(what: What) -> Any:
        return timeline.value(target, what, day)

    if isinstance(target, Option):
        return Content(
            option=target.option,
            licence_type=target.licence_type or "",
            product=target.product or "",
            retention_years=value(What.RETENTION_YEARS),
            quantity=value(What.QUANTITY),
        )
    if target.module:
        module = target.module
        return Content(module_type=module.module_type, kind=module.kind, item=value(What.ITEM))
    return Content(category=value(What.CATEGORY))
