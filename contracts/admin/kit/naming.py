"""What a contract or an option is called on a day: the terms' own names, and what tells it from others of its name."""

from datetime import date

from django.utils.translation import gettext

from contracts.terms.catalog import (
    CATEGORY_NAMES,
    LICENCE_NAMES,
    MODULE_TYPE_NAMES,
    OPTION_NAMES,
    PRODUCT_NAMES,
    Category,
)
from contracts.terms.timeline import Timeline
from contracts.terms.unit import Option, Target, What


def name_on(target: Target, timeline: Timeline, day: date) -> str:
    """The category, module type or option, as the terms write it."""
    if isinstance(target, Option):
        return OPTION_NAMES[target.option]
    if target.module:
        return MODULE_TYPE_NAMES[target.module.module_type]
    return CATEGORY_NAMES[Category(str(timeline.value(target, What.CATEGORY, day)))]


def detail_on(target: Target, timeline: Timeline, day: date) -> str:
    """Kind and item of a module; licence type, licences, years and product of an option; '' where it has none."""
    if isinstance(target, Option):
        said = (
            LICENCE_NAMES[target.licence_type] if target.licence_type else "",
            *(value_said(what, timeline.value(target, what, day)) for what in (What.QUANTITY, What.RETENTION_YEARS)),
            PRODUCT_NAMES[target.product] if target.product else "",
        )
    elif target.module:
        said = (target.module.kind, value_said(What.ITEM, timeline.value(target, What.ITEM, day)))
    else:
        return ""
    return " ".join(part for part in said if part)


def value_said(what: What, value: object) -> str:
    """A value that can be changed, as people read it: a category, an item, years, licences; '' for none."""
    if value is None or value == "":
        return ""
    if what is What.CATEGORY:
        return CATEGORY_NAMES[Category(str(value))]
    if what is What.RETENTION_YEARS:
        return gettext("%(years)s年") % {"years": value}
    if what is What.QUANTITY:
        return gettext("%(count)sライセンス") % {"count": f"{value:,}" if isinstance(value, int) else value}
    return str(value)
