"""The 「?」 of the screen that somebody stands on."""

from typing import Any

from django import template
from django.template.context import Context

from contracts.admin.kit.help import help_of
from contracts.admin.kit.language import clause_said

register = template.Library()


@register.inclusion_tag("admin/help.html", takes_context=True)
def help_here(context: Context) -> dict[str, Any]:
    """What the screen is for; nothing where nothing is said of it."""
    request, opts = context.get("request"), context.get("opts")
    match = getattr(request, "resolver_match", None)
    found = help_of(getattr(match, "url_name", None) or "", opts.label_lower if opts else "")
    if found is None:
        return {}
    return {"text": found.text, "clauses": [clause_said(clause) for clause in found.clauses]}
