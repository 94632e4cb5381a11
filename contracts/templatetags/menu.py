"""{% menu %}: the menu for whoever looks at the page."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from contracts.admin.kit.menu import here, menu_of, permitted

register = template.Library()

DRAWN = 256
"""Menus that a process keeps: one for each screen, language, and what somebody may see. Each is some ten thousand characters."""


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> SafeString:
    """The works with their screens (contracts.admin.kit.menu); none where no page was asked for."""
    request = context.get("request")
    asked = request is not None and hasattr(request, "user")
    may = permitted(request.user) if request is not None and asked else frozenset()
    at = here(request) if request is not None else ""
    at_home = request is not None and request.path == reverse("admin:index")
    return _drawn(get_language() or "", get_script_prefix(), may, at, at_home)


@lru_cache(DRAWN)
def _drawn(language: str, below: str, may: frozenset[str], at: str, at_home: bool) -> SafeString:
    """The menu in the language that is spoken, of a site that is found below an address."""
    return render_to_string("admin/menu.html", {"sections": list(menu_of(may, at)), "at_home": at_home})
