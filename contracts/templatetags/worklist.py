"""The first page's work where the page asks for it: the page is Django's own, and has no view of ours to hand it down."""

from typing import Any

from django import template
from django.template.context import Context

from contracts.admin.kit.columns import thousands
from contracts.admin.work.first_page import first_page_of
from contracts.admin.work.job import not_run

register = template.Library()


@register.inclusion_tag("admin/worklist.html", takes_context=True)
def worklist(context: Context) -> dict[str, Any]:
    """The work of whoever asks; nothing for who may not see it."""
    request = context["request"]
    page = {"request": request, "perms": context["perms"], "user": request.user, "not_run": not_run(request)}
    return page | first_page_of(request)


@register.filter
def yen(amount: int | None) -> str:
    """An amount with its commas; '' for none."""
    return thousands(amount) or ""
