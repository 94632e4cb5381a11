"""The 「?」 of the screen that somebody stands on."""

from typing import Any

from django import template
from django.template.context import Context

from contracts.admin.kit.help import Help, help_of
from contracts.admin.kit.language import clause_said

register = template.Library()


def _found(context: Context) -> Help | None:
    request, opts = context.get("request"), context.get("opts")
    match = getattr(request, "resolver_match", None)
    return help_of(getattr(match, "url_name", None) or "", opts.label_lower if opts else "")


@register.simple_tag(takes_context=True)
def help_said(context: Context) -> Any:
    """What the screen is for, in its two sentences; '' where nothing is said of it."""
    found = _found(context)
    return found.text if found else ""


@register.inclusion_tag("admin/help.html", takes_context=True)
def help_here(context: Context) -> dict[str, Any]:
    """What the screen is for; nothing where nothing is said of it."""
    found = _found(context)
    if found is None:
        return {}
    return {"text": found.text, "clauses": [clause_said(clause) for clause in found.clauses]}
