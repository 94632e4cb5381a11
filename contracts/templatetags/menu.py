"""{% menu as sections %}: the menu for whoever looks at the page."""

from typing import Any

from django import template

from contracts.admin.kit.menu import Section, menu_of

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[Section]:
    """The works with their screens (contracts.admin.kit.menu); none where no page was asked for."""
    request = context.get("request")
    return list(menu_of(request)) if request is not None and hasattr(request, "user") else []
