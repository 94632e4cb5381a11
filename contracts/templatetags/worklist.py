"""The worklist where a page asks for it: the first page is Django's own, and has no view of ours to hand it down."""

from typing import Any

from django import template
from django.template.context import Context

from contracts.admin.work.job import not_run
from contracts.admin.work.worklist import worklist_of

register = template.Library()


@register.inclusion_tag("admin/worklist.html", takes_context=True)
def worklist(context: Context) -> dict[str, Any]:
    """The worklist of whoever asks; nothing for who may not see it."""
    request = context["request"]
    page = {"request": request, "perms": context["perms"], "user": request.user, "not_run": not_run(request)}
    return page | worklist_of(request)
